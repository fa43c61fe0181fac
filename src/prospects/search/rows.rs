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

    /// One number of the row of a number.
    pub(super) fn value(&self, column: Column, person: u32) -> u32 {
        value_at(&self.columns[column as usize], person)
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
        let mut found = RoaringBitmap::new();
        let mut bits = vec![0_u8; BLOCK / 8];
        let mut people = among.iter();
        let mut next = people.next();
        // Block by block, as bits: setting a bit is much cheaper than adding a number to a bitmap.
        while let Some(first) = next {
            let block = first as usize / BLOCK;
            let values = self.columns[column as usize].get(block).map_or(&[][..], |values| values.as_slice());
            let mut any = false;
            while let Some(person) = next.filter(|person| *person as usize / BLOCK == block) {
                let at = person as usize % BLOCK;
                if wanted(values.get(at).copied().unwrap_or(0)) {
                    bits[at / 8] |= 1 << (at % 8);
                    any = true;
                }
                next = people.next();
            }
            if any {
                let offset = u32::try_from(block * BLOCK).expect("a block of numbers of 32 bits begins at one");
                found |= RoaringBitmap::from_lsb0_bytes(offset, &bits);
                bits.fill(0);
            }
        }
        found
    }
}

fn value_at(blocks: &[Arc<Vec<u32>>], person: u32) -> u32 {
    let block = blocks.get(person as usize / BLOCK);
    block.and_then(|values| values.get(person as usize % BLOCK)).copied().unwrap_or(0)
}
