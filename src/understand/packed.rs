//! A table of texts and numbers that lies in the program as it is used: nothing is built when the program starts.
//!
//! `build.rs` writes it, by the same rules: a table of slots by the hash of the key, then the numbers, then the keys.

use std::hash::{BuildHasher, Hasher};

/// Bytes before the slots: how many slots there are, and how many numbers.
const HEADER: usize = 8;
/// Bytes of an entry before its key: the key's length, the note, how many numbers it has, and where they begin.
const ENTRY: usize = 8;

/// A slot holds where the entry is, counted from 1, and above it bits of the hash that spare a look at most wrong entries.
const PLACE_BITS: u32 = 24;

/// A packed table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed {
    bytes: &'static [u8],
    slots: usize,
    numbers: usize,
}

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// In a table of phrases, the number of words of the longest one that begins with this word, 0 for a key that is no
    /// single word; in one of words, what is known of it.
    pub(super) note: u8,
    /// Where its numbers begin among all of the table.
    pub(super) start: usize,
    /// How many it has.
    pub(super) count: usize,
}

impl Packed {
    /// The table that `bytes` hold.
    pub(super) fn of(bytes: &'static [u8]) -> Packed {
        Packed { bytes, slots: number_at(bytes, 0), numbers: number_at(bytes, 4) }
    }

    /// The entry with this key.
    pub(super) fn get(&self, key: &str) -> Option<Entry> {
        self.get_hashed(key, hash(key))
    }

    /// The entry with this key, whose [`hash`] is known.
    pub(super) fn get_hashed(&self, key: &str, hash: u64) -> Option<Entry> {
        let mask = self.slots.checked_sub(1)?;
        let mut slot = usize::try_from(hash & u64::try_from(mask).ok()?).ok()?;
        // A table is never full, so that the search ends at an empty slot.
        loop {
            let found = number_at(self.bytes, HEADER + 4 * slot);
            if found == 0 {
                return None;
            }
            if found >> PLACE_BITS == tag(hash)
                && let Some((held, entry)) = self.entry(found)
                && held == key.as_bytes()
            {
                return Some(entry);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Every key and its entry, in no order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'static str, Entry)> + use<> {
        let table = *self;
        (0..table.slots).filter_map(move |slot| {
            let (key, entry) = table.entry(number_at(table.bytes, HEADER + 4 * slot))?;
            Some((std::str::from_utf8(key).ok()?, entry))
        })
    }

    /// All numbers of the table in the order of [`Entry::start`].
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + use<> {
        let from = HEADER + 4 * self.slots;
        let all = self.bytes.get(from..from + 4 * self.numbers).unwrap_or(&[]);
        all.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
    }

    /// The key and the entry that a slot holds.
    fn entry(&self, slot: usize) -> Option<(&'static [u8], Entry)> {
        let place = slot & ((1 << PLACE_BITS) - 1);
        let at = place.checked_sub(1)? + HEADER + 4 * (self.slots + self.numbers);
        let head = self.bytes.get(at..at + ENTRY)?;
        let key = self.bytes.get(at + ENTRY..at + ENTRY + usize::from(head[0]))?;
        let count = usize::from(u16::from_le_bytes([head[2], head[3]]));
        Some((key, Entry { note: head[1], count, start: number_at(head, 4) }))
    }
}

fn number_at(bytes: &[u8], at: usize) -> usize {
    let four = bytes.get(at..at + 4).unwrap_or(&[0; 4]);
    usize::try_from(u32::from_le_bytes([four[0], four[1], four[2], four[3]])).unwrap_or(0)
}

/// Hashes the words of our own tables and of requests: nobody gains by making them collide, as a request has few
/// words and the tables are ours.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quick;

impl BuildHasher for Quick {
    type Hasher = Fnv;

    fn build_hasher(&self) -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

pub(super) struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

/// The hash of a key (FNV-1a), its high bits folded into the low ones that choose the slot.
pub(super) fn hash(key: &str) -> u64 {
    let mut hasher = Quick.build_hasher();
    hasher.write(key.as_bytes());
    hasher.finish()
}

/// The bits of a hash that a slot holds.
fn tag(hash: u64) -> usize {
    usize::try_from(hash >> 56).unwrap_or(0)
}

/// The bytes of a table: each key with its note and its numbers. `build.rs` calls it.
#[allow(dead_code, reason = "the program reads tables; build.rs and the tests write them")]
pub(super) fn bytes_of(entries: &[(String, u8, Vec<u32>)]) -> Vec<u8> {
    let slots = (entries.len() * 5 / 4 + 1).next_power_of_two();
    let (mut numbers, mut keys, mut table) = (Vec::<u32>::new(), Vec::<u8>::new(), vec![0u32; slots]);
    for (key, note, values) in entries {
        let hash = hash(key);
        let mut slot = usize::try_from(hash % slots as u64).unwrap_or(0);
        while table[slot] != 0 {
            slot = (slot + 1) % slots;
        }
        assert!(keys.len() + 1 < 1 << PLACE_BITS, "a table of 16 MB is too large to be packed");
        table[slot] = u32::try_from((tag(hash) << PLACE_BITS) | (keys.len() + 1)).unwrap_or(0);
        let length = u8::try_from(key.len()).expect("no key of the tables has 256 bytes");
        let count = u16::try_from(values.len()).expect("no key has 65,536 readings");
        keys.extend([length, *note]);
        keys.extend(count.to_le_bytes());
        keys.extend(u32::try_from(numbers.len()).unwrap_or(0).to_le_bytes());
        keys.extend(key.as_bytes());
        numbers.extend(values);
    }
    let counts = [u32::try_from(slots).unwrap_or(0), u32::try_from(numbers.len()).unwrap_or(0)];
    let all = counts.into_iter().chain(table).chain(numbers);
    let mut bytes: Vec<u8> = all.flat_map(u32::to_le_bytes).collect();
    bytes.append(&mut keys);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_with_its_numbers_and_no_other() {
        let entries: Vec<(String, u8, Vec<u32>)> =
            (0..1000u32).map(|n| (format!("key {n}"), 0, (0..n % 4).map(|i| n * 10 + i).collect())).collect();
        let table = Packed::of(bytes_of(&entries).leak());
        let numbers: Vec<u32> = table.numbers().collect();
        for (key, _, values) in &entries {
            let entry = table.get(key).expect("it was put in");
            assert_eq!(&numbers[entry.start..entry.start + entry.count], values, "{key}");
        }
        assert_eq!(table.entries().count(), 1000);
        assert_eq!(table.get("key 1000"), None);
        assert_eq!(Packed::of(bytes_of(&[]).leak()).get(""), None);
        assert_eq!(Packed::of(&[]).get(""), None);
    }
}
