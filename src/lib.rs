//! Lexi.
pub mod understand;
