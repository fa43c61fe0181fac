//! What questions ask, as a table.
