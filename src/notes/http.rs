//! Routes of notes.
