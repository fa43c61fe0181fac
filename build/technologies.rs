//! The table of technologies, put together from `data/technologies.csv`.

use std::fmt::Write as _;

use crate::phrases::Phrases;
use crate::rows;

pub(crate) struct Technologies {
    /// Names that mean a technology wherever they stand.
    pub(crate) plain: Phrases<u32>,
    /// These, and names that are everyday words too.
    pub(crate) announced: Phrases<u32>,
    /// The rows as Rust: `ALL`.
    pub(crate) source: String,
}

pub(crate) fn of(table: &'static str) -> Technologies {
    let rows = rows::of(table);
    let mut source = format!("static ALL: [Technology; {}] = [\n", rows.len());
    let (mut plain, mut announced) = (Phrases::of_names(), Phrases::of_names());
    for (row, id) in rows.iter().zip(0u32..) {
        let [name, kind, synonyms] = row.as_slice() else { panic!("data/technologies.csv: {row:?} has not 3 cells") };
        let _ = writeln!(source, "Technology {{ name: {name:?}, kind: {kind:?} }},");
        let mut words: Vec<&str> = synonyms.split('|').filter(|word| !word.is_empty()).collect();
        // A name with `~` among its own synonyms is an everyday word.
        if !words.iter().any(|word| word.strip_prefix('~') == Some(name)) {
            words.push(name);
        }
        for word in words {
            match word.strip_prefix('~') {
                Some(word) => announced.add(word, id),
                None => {
                    plain.add(word, id);
                    announced.add(word, id);
                }
            }
        }
    }
    source.push_str("];\n");
    Technologies { plain, announced, source }
}
