//! Understanding: plain words become a request. Pure, no input or output.

mod abbreviations;
mod filed;
pub mod levels;
mod location;
pub mod markets;
pub mod phrases;
pub mod places;
mod plain_titles;
mod rows;
pub mod titles;
pub mod words;
