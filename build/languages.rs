//! The tables of other languages, put together from `data/languages.csv`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::packed;
use crate::phrases::Phrases;
use crate::rows;

/// Further names: what the tables call it, and how another language does. `kind` is `title` or `market`.
pub(crate) fn names(table: &'static str, kind: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    rows_of(table)
        .into_iter()
        .filter(move |row| row.get(1) == Some(&kind))
        .filter_map(|row| Some((*row.get(2)?, *row.get(3)?)))
        .flat_map(|(english, phrases)| phrases.split(['|', '/']).map(move |phrase| (english, phrase)))
}

/// Every phrase of the table, whatever it means.
pub(crate) fn phrases(table: &'static str) -> impl Iterator<Item = &'static str> {
    rows_of(table).into_iter().filter_map(|row| row.get(3).copied()).flat_map(|phrases| phrases.split(['|', '/']))
}

/// The rows, each German name with its dative of the plural, which stands behind "bei" and "von": "Banken" has it already,
/// "Händler" is "Händlern" there.
fn rows_of(table: &'static str) -> Vec<Vec<&'static str>> {
    let mut rows = rows::of(table);
    let mut known: BTreeSet<&str> =
        rows.iter().filter_map(|row| row.get(3)).flat_map(|phrases| phrases.split(['|', '/'])).collect();
    for row in rows.iter_mut().filter(|row| row[0] == "de" && row[1] != "word") {
        let mut groups = Vec::new();
        for group in row[3].split('|') {
            let mut forms: Vec<&'static str> = group.split('/').collect();
            for form in group.split('/').filter(|form| form.len() > 5 && !form.contains(' ')) {
                let declined = ["e", "er", "el"].iter().any(|ending| form.ends_with(ending));
                let dative: &'static str = format!("{form}n").leak();
                if declined && known.insert(dative) {
                    forms.push(dative);
                }
            }
            groups.push(forms.join("/"));
        }
        row[3] = groups.join("|").leak();
    }
    rows
}

/// "Speditionen" and "Krankenhäuser", and not "Automobilbranche" beside "Automobilindustrie".
fn is_plural_of(form: &str, one: &str) -> bool {
    let shared = one.chars().zip(form.chars()).take_while(|(a, b)| a == b).count();
    let (one, form) = (one.chars().count(), form.chars().count());
    form > one && form <= one + 4 && shared + 3 >= one
}

/// The tables; their numbers are places among the texts.
pub(crate) struct Languages {
    texts: Vec<&'static str>,
    /// By language, phrases and the English words for them.
    pub(crate) english: Vec<(&'static str, Phrases<u32>)>,
    /// For the plural of a foreign title or kind of company, its singular as it is written.
    pub(crate) singulars: Phrases<u32>,
    /// For a market word of another language, its English name.
    pub(crate) markets: Phrases<u32>,
    /// The names that other tables have of this one.
    pub(crate) names: Phrases<u32>,
}

impl Languages {
    pub(crate) fn of(table: &'static str) -> Languages {
        let mut made = Languages {
            texts: Vec::new(),
            english: Vec::new(),
            singulars: Phrases::of_names(),
            markets: Phrases::of_names(),
            names: Phrases::of_names(),
        };
        for row in rows_of(table) {
            let [name, kind, english, phrases] = row.as_slice() else {
                panic!("data/languages.csv: {row:?} has not 4 cells")
            };
            match *kind {
                "word" => made.words(name, english, phrases),
                "title" => made.title(phrases),
                _ => made.market(english, phrases),
            }
        }
        made
    }

    /// The texts and the names of the tables as Rust: `TEXTS` and `PACKED`.
    pub(crate) fn source(&self) -> String {
        let mut source = format!("static TEXTS: [&str; {}] = {:?};\n", self.texts.len(), self.texts);
        let _ = writeln!(source, "static PACKED: [(&str, &[u8]); {}] = [", self.english.len());
        for (name, _) in &self.english {
            let _ =
                writeln!(source, "({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/language_{name}.bin\"))),");
        }
        source + "];\n"
    }

    /// For each word, the languages of which it begins a phrase, as bits in the order of the table.
    pub(crate) fn begun(&self) -> Vec<u8> {
        let mut begun: BTreeMap<String, u8> = BTreeMap::new();
        for (n, (_, table)) in self.english.iter().enumerate() {
            for (phrase, _) in table.iter() {
                let first = phrase.split(' ').next().unwrap_or(phrase);
                *begun.entry(first.to_owned()).or_default() |= 1 << n;
            }
        }
        packed::bytes_of(&begun.into_iter().map(|(word, languages)| (word, languages, Vec::new())).collect::<Vec<_>>())
    }

    fn words(&mut self, language: &'static str, english: &'static str, phrases: &'static str) {
        let text = self.text(english);
        if self.english.last().is_none_or(|(known, _)| *known != language) {
            self.english.push((language, Phrases::of_names()));
        }
        if let Some((_, table)) = self.english.last_mut() {
            phrases.split('|').for_each(|phrase| table.add(phrase, text));
        }
    }

    /// Groups of a singular and its other forms.
    fn title(&mut self, phrases: &'static str) {
        for group in phrases.split('|') {
            let one = self.text(group.split('/').next().unwrap_or(group));
            for form in group.split('/') {
                // Of two titles with one plural the later counts.
                self.singulars.replace(form, one);
                self.names.add(form, 0);
            }
        }
    }

    fn market(&mut self, english: &'static str, phrases: &'static str) {
        let text = self.text(english);
        for group in phrases.split('|') {
            let first = group.split('/').next().unwrap_or(group);
            let one = self.text(first);
            for phrase in group.split('/') {
                self.markets.replace(phrase, text);
                if is_plural_of(phrase, first) {
                    self.singulars.add_if_free(phrase, one);
                }
                self.names.add(phrase, 0);
            }
        }
    }

    fn text(&mut self, text: &'static str) -> u32 {
        let at = self.texts.iter().position(|known| *known == text).unwrap_or_else(|| {
            self.texts.push(text);
            self.texts.len() - 1
        });
        u32::try_from(at).expect("the table has far fewer rows")
    }
}
