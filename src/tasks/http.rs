//! Routes of Lexi's tasks.
