//! What stands in the folder: written, added to, folded, cut short, damaged.

use super::*;
