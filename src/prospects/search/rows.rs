//! One row of small numbers for each person, in blocks that are copied only where something changes.
//!
//! A row is all that the index knows of a person: the bitmaps are made from it and can be taken apart by it, which
//! keeps a change of one person cheap and exact.

use std::sync::Arc;

use roaring::RoaringBitmap;

/// What a row holds, in this order; each is a number of the dictionary of its kind, 0 when not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The title as filed.
    Title,
    /// The level.
    Seniority,
    /// The function.
    Department,
    /// The person's own place.
    Place,
    /// The company with all its fields.
    Company,
    /// The set of practice areas.
    Practices,
    /// The domain of the e-mail address.
    EmailDomain,
}

/// How many columns there are.
pub(super) const COLUMNS: usize = 7;

/// The numbers of one person.
pub(super) type Row = [u32; COLUMNS];

/// People to a block: as many as one container of a bitmap holds.
const BLOCK: usize = 1 << 16;

/// The rows of all people by their number. A number without a person has an empty row.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    columns: [Vec<Arc<Vec<u32>>>; COLUMNS],
}

impl Rows {
    /// The row of a number.
    pub(super) fn get(&self, person: u32) -> Row {
        let mut row = Row::default();
        for (value, blocks) in row.iter_mut().zip(&self.columns) {
            *value = value_at(blocks, person);
        }
        row
    }

    /// Sets the row of a number.
    pub(super) fn set(&mut self, person: u32, row: Row) {
        let (block, at) = (person as usize / BLOCK, person as usize % BLOCK);
        for (value, blocks) in row.into_iter().zip(&mut self.columns) {
            if blocks.len() <= block {
                blocks.resize_with(block + 1, Arc::default);
            }
            if blocks[block].get(at).copied().unwrap_or(0) == value {
                continue;
            }
            let values = Arc::make_mut(&mut blocks[block]);
            if values.len() <= at {
                values.resize(at + 1, 0);
            }
            values[at] = value;
        }
    }

    /// Those of `among` whose value in `column` fulfils `wanted`.
    pub(super) fn those(&self, column: Column, among: &RoaringBitmap, wanted: impl Fn(u32) -> bool) -> RoaringBitmap {
        let blocks = &self.columns[column as usize];
        RoaringBitmap::from_sorted_iter(among.iter().filter(|person| wanted(value_at(blocks, *person))))
            .expect("the numbers of a bitmap ascend, and so do those kept of them")
    }
}

fn value_at(blocks: &[Arc<Vec<u32>>], person: u32) -> u32 {
    let block = blocks.get(person as usize / BLOCK);
    block.and_then(|values| values.get(person as usize % BLOCK)).copied().unwrap_or(0)
}
