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
    /// The domain of the e-mail address, where it is not that of the company.
    EmailDomain,
}

/// How many columns there are.
pub(super) const COLUMNS: usize = 7;

/// The numbers of one person.
pub(super) type Row = [u32; COLUMNS];

/// People to a block: as many as one container of a bitmap holds.
pub(super) const BLOCK: usize = 1 << 16;
/// From this many people of a block on, all of it is looked at in one go instead of one after the other.
const MANY: u64 = BLOCK as u64 / 8;

/// The rows of all people by their number. A number without a person has an empty row.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    columns: [Vec<Arc<Packed>>; COLUMNS],
}

/// Numbers in as many bytes each as the largest of them needs: 0 to 4.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Packed {
    width: u8,
    len: u32,
    bytes: Vec<u8>,
}

impl Packed {
    /// Packs numbers.
    pub(super) fn of(values: &[u32]) -> Packed {
        let mut packed = Packed { width: width(values.iter().copied().max().unwrap_or(0)), ..Packed::default() };
        packed.bytes.reserve_exact(values.len() * usize::from(packed.width));
        values.iter().for_each(|value| packed.push(*value));
        packed
    }

    /// Numbers that were packed before, as [`Packed::parts`] gave them; nothing when they don't fit together.
    pub(super) fn from_parts(width: u8, len: u32, bytes: Vec<u8>) -> Option<Packed> {
        let fits = width <= 4 && bytes.len() == len as usize * usize::from(width);
        fits.then_some(Packed { width, len, bytes })
    }

    /// Width in bytes, count, and the numbers, little end first.
    pub(super) fn parts(&self) -> (u8, u32, &[u8]) {
        (self.width, self.len, &self.bytes)
    }

    fn push(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes()[..usize::from(self.width)]);
        self.len += 1;
    }

    /// The number at a place; 0 behind the end.
    pub(super) fn get(&self, at: usize) -> u32 {
        let width = usize::from(self.width);
        let mut value = [0; 4];
        if let Some(bytes) = self.bytes.get(at * width..(at + 1) * width) {
            value[..width].copy_from_slice(bytes);
        }
        u32::from_le_bytes(value)
    }

    fn set(&mut self, at: usize, value: u32) {
        let wanted = width(value);
        if wanted > self.width {
            let wider = (0..self.len as usize).map(|at| self.get(at)).fold(
                Packed { width: wanted, len: 0, bytes: Vec::with_capacity(self.len as usize * usize::from(wanted)) },
                |mut wider, value| {
                    wider.push(value);
                    wider
                },
            );
            *self = wider;
        }
        let width = usize::from(self.width);
        if at >= self.len as usize {
            self.bytes.resize((at + 1) * width, 0);
            self.len = u32::try_from(at + 1).expect("a block has few rows");
        }
        self.bytes[at * width..(at + 1) * width].copy_from_slice(&value.to_le_bytes()[..width]);
    }

    /// The largest number.
    pub(super) fn max(&self) -> u32 {
        (0..self.len as usize).map(|at| self.get(at)).max().unwrap_or(0)
    }

    /// One bit for each number: whether `wanted` holds of it.
    fn mark(&self, wanted: impl Fn(u32) -> bool, bits: &mut [u8]) {
        let byte = |byte: &u8| u32::from(*byte);
        match self.width {
            0 => mark(std::iter::repeat_n(0, self.len as usize), wanted, bits),
            1 => mark(self.bytes.iter().map(byte), wanted, bits),
            2 => mark(self.bytes.chunks_exact(2).map(|b| byte(&b[0]) | byte(&b[1]) << 8), wanted, bits),
            3 => mark(
                self.bytes.chunks_exact(3).map(|b| byte(&b[0]) | byte(&b[1]) << 8 | byte(&b[2]) << 16),
                wanted,
                bits,
            ),
            _ => mark((0..self.len as usize).map(|at| self.get(at)), wanted, bits),
        }
    }
}

/// Bytes that a number needs.
fn width(value: u32) -> u8 {
    match value {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

fn mark(mut values: impl ExactSizeIterator<Item = u32>, wanted: impl Fn(u32) -> bool, bits: &mut [u8]) {
    let whole = values.len() / 8;
    for byte in &mut bits[..whole] {
        for bit in 0..8 {
            *byte |= values.next().map_or(0, |value| u8::from(wanted(value))) << bit;
        }
    }
    // Behind the end of a block everything is 0.
    let rest = values.chain(std::iter::repeat(0)).take((bits.len() - whole) * 8);
    for (at, value) in rest.enumerate() {
        bits[whole + at / 8] |= u8::from(wanted(value)) << (at % 8);
    }
}

impl Rows {
    /// The row of a number.
    pub(super) fn get(&self, person: u32) -> Row {
        let mut row = Row::default();
        for (value, blocks) in row.iter_mut().zip(&self.columns) {
            *value = blocks.get(person as usize / BLOCK).map_or(0, |block| block.get(person as usize % BLOCK));
        }
        row
    }

    /// One number of the row of a number.
    pub(super) fn value(&self, column: Column, person: u32) -> u32 {
        let block = self.columns[column as usize].get(person as usize / BLOCK);
        block.map_or(0, |block| block.get(person as usize % BLOCK))
    }

    /// Sets the row of a number.
    pub(super) fn set(&mut self, person: u32, row: Row) {
        let (block, at) = (person as usize / BLOCK, person as usize % BLOCK);
        for (value, blocks) in row.into_iter().zip(&mut self.columns) {
            if blocks.len() <= block {
                blocks.resize_with(block + 1, Arc::default);
            }
            if blocks[block].get(at) != value {
                Arc::make_mut(&mut blocks[block]).set(at, value);
            }
        }
    }

    /// The blocks of a column.
    pub(super) fn blocks(&self, column: usize) -> &[Arc<Packed>] {
        &self.columns[column]
    }

    /// Rows made of blocks; nothing when one is too long.
    pub(super) fn from_blocks(columns: [Vec<Arc<Packed>>; COLUMNS]) -> Option<Rows> {
        columns.iter().flatten().all(|block| block.len as usize <= BLOCK).then_some(Rows { columns })
    }

    /// Whether a block is the same piece of memory in both, in every column.
    pub(super) fn shares(&self, other: &Rows, block: usize) -> bool {
        self.columns.iter().zip(&other.columns).all(|(own, theirs)| match (own.get(block), theirs.get(block)) {
            (Some(own), Some(theirs)) => Arc::ptr_eq(own, theirs),
            (None, None) => true,
            _ => false,
        })
    }

    /// Those of `among` whose value in `column` fulfils `wanted`.
    pub(super) fn those(&self, column: Column, among: &RoaringBitmap, wanted: impl Fn(u32) -> bool) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        let mut bits = vec![0_u8; BLOCK / 8];
        let mut people = among.iter();
        let empty = Packed::default();
        // Block by block, as bits: setting a bit is much cheaper than adding a number to a bitmap.
        while let Some(first) = people.next() {
            let block = first as usize / BLOCK;
            let start = u32::try_from(block * BLOCK).expect("a block of numbers of 32 bits begins at one");
            let last = start | (BLOCK as u32 - 1);
            let values = self.columns[column as usize].get(block).map_or(&empty, |values| values);
            if among.range_cardinality(start..=last) >= MANY {
                values.mark(&wanted, &mut bits);
            } else {
                for person in among.range(start..=last) {
                    let at = person as usize % BLOCK;
                    bits[at / 8] |= u8::from(wanted(values.get(at))) << (at % 8);
                }
            }
            found |= RoaringBitmap::from_lsb0_bytes(start, &bits);
            bits.fill(0);
            let Some(next) = last.checked_add(1) else { break };
            people.advance_to(next);
        }
        found & among
    }

    /// What it holds of memory.
    pub(super) fn size_bytes(&self) -> usize {
        self.columns.iter().flatten().map(|block| size_of::<Packed>() + block.bytes.capacity()).sum()
    }

    /// Gives back what growing blocks hold in reserve.
    pub(super) fn shrink(&mut self) {
        for block in self.columns.iter_mut().flatten() {
            if block.bytes.capacity() > block.bytes.len() {
                Arc::make_mut(block).bytes.shrink_to_fit();
            }
        }
    }
}
