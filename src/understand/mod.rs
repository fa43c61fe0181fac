//! Understanding: plain words become a request. Pure, no input or output.

pub mod phrases;
pub mod words;
