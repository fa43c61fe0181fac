//! Understanding: plain words become a request. Pure, no input or output.

pub mod abbreviations;
pub mod filed;
pub mod levels;
pub mod location;
pub mod markets;
pub mod phrases;
pub mod places;
pub mod rows;
pub mod titles;
pub mod words;
