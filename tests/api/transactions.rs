//! The rules of `src/db`.
