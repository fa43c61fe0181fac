//! The server: who is asking, JSON in and out, paging, idempotency, errors, and the table of all routes.

pub mod answer;
pub mod body;
pub mod caller;
pub mod identify;
pub mod paging;
pub mod server;
mod store;
pub mod write;

pub use answer::{Answer, Data, Json, Meta, Page, data};
pub use body::{Id, JsonBody, Query};
pub use caller::{Asked, Can};
pub use paging::{PageParams, Paging};
pub use write::{read, write, write_once_shown};
