//! Lexi.
