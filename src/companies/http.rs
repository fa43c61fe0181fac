//! Routes of companies.
