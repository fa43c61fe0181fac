//! A text with some of its pieces replaced, and the way back from it to the text as it was typed.
//!
//! It protects the rule that every offset that leaves the reader stands on the words as they were
//! typed, while everything behind it reads one plain spelling: no full-width letters, ligatures,
//! invisible characters, bullets or entities of web pages.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::words::is_invisible;

/// A text with pieces of another one replaced.
pub(super) struct Mended {
    /// The text that is read.
    pub(super) text: String,
    edits: Vec<Edit>,
}

/// One replaced piece: where it stands in the text that is read, and where in the original.
struct Edit {
    new: Range<usize>,
    old: Range<usize>,
}

impl Mended {
    /// `original` with each piece replaced by its text; pieces are in order and do not overlap.
    pub(super) fn of<'p>(original: &str, pieces: impl Iterator<Item = (Range<usize>, &'p str)>) -> Mended {
        let mut mended = Mended { text: String::with_capacity(original.len()), edits: Vec::new() };
        let mut from = 0;
        for (old, with) in pieces {
            mended.text.push_str(&original[from..old.start]);
            let start = mended.text.len();
            mended.text.push_str(with);
            from = old.end;
            mended.edits.push(Edit { new: start..mended.text.len(), old });
        }
        mended.text.push_str(&original[from..]);
        mended
    }

    /// Where the bytes `start..end` of the text that is read come from; a piece counts as a whole.
    pub(super) fn origin(&self, start: usize, end: usize) -> Range<usize> {
        let first = match self.edits[..self.edits.partition_point(|edit| edit.new.start <= start)].last() {
            Some(edit) if start < edit.new.end => edit.old.start,
            Some(edit) => start - edit.new.end + edit.old.end,
            None => start,
        };
        let last = match self.edits[..self.edits.partition_point(|edit| edit.new.start < end)].last() {
            Some(edit) if end <= edit.new.end => edit.old.end,
            Some(edit) => end - edit.new.end + edit.old.end,
            None => end,
        };
        first..last.max(first)
    }

    /// Where the piece number `at` stands in the text that is read.
    pub(super) fn place(&self, at: usize) -> Range<usize> {
        self.edits[at].new.clone()
    }
}

/// The text in plain characters; None when it is so already, as nearly every request is.
pub(super) fn plain(text: &str) -> Option<Mended> {
    let suspicious = |b: u8| !b.is_ascii() || matches!(b, b'&' | b'\n');
    if !text.bytes().any(suspicious) {
        return None;
    }
    let mut pieces: Vec<(Range<usize>, String)> = Vec::new();
    let mut free_from = 0;
    for (at, c) in text.char_indices() {
        if at < free_from {
            continue;
        }
        let found = match c {
            '&' => entity(&text[at..]),
            '\n' => {
                let found = bullet(text, at);
                if found.is_none() {
                    // The white space of a run is looked at once.
                    free_from = at + text[at..].len() - text[at..].trim_start_matches(['\n', '\r', ' ', '\t']).len();
                }
                found
            }
            c if c.is_ascii() => None,
            c => character(c).map(|with| (c.len_utf8(), with)),
        };
        if let Some((length, with)) = found {
            free_from = at + length;
            pieces.push((at..free_from, with));
        }
    }
    (!pieces.is_empty()).then(|| Mended::of(text, pieces.iter().map(|(old, with)| (old.clone(), with.as_str()))))
}

/// What stands for a character that people did not mean to be special.
fn character(c: char) -> Option<String> {
    match c {
        // Joins the parts of one emoji, and says how a sign is drawn.
        '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => None,
        c if is_invisible(c) => Some(String::new()),
        c if c.is_whitespace() && !matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') => Some(String::from(" ")),
        '−' | '﹣' | '－' | '⁃' | '‐' | '‑' => Some(String::from("-")),
        '″' | '＂' | '‟' | '〝' | '〞' | '「' | '」' | '『' | '』' => Some(String::from("\"")),
        // Full-width signs, ligatures, letters in a ring, Roman numerals, letters drawn bold or slanted.
        '\u{ff01}'..='\u{ff5e}'
        | '\u{fb00}'..='\u{fb06}'
        | '\u{2460}'..='\u{24e9}'
        | '\u{2160}'..='\u{217f}'
        | '\u{1d400}'..='\u{1d7ff}' => Some(c.to_string().nfkc().collect()),
        _ => None,
    }
}

/// An entity as pages of the web write it: its length and what it stands for.
fn entity(rest: &str) -> Option<(usize, String)> {
    const ENTITIES: [(&str, &str); 8] = [
        ("&amp;", "&"),
        ("&nbsp;", " "),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#160;", " "),
    ];
    ENTITIES.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, with)| (name.len(), (*with).to_owned()))
}

/// A new line that begins with a bullet or a number goes on with the list that stands before it: it is
/// read as a comma, or as nothing behind a colon.
fn bullet(text: &str, at: usize) -> Option<(usize, String)> {
    let rest = &text[at..];
    let line = rest.trim_start_matches(['\n', '\r', ' ', '\t']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match line.chars().next()? {
        c @ ('-' | '*' | '•' | '·' | '▪' | '●' | '◦' | '‣' | '–' | '—' | '+') => c.len_utf8(),
        _ if (1..=2).contains(&digits) && line[digits..].starts_with(['.', ')']) => digits + 1,
        _ => return None,
    };
    let behind = &line[mark..];
    let words = behind.trim_start_matches([' ', '\t']);
    if words.len() == behind.len() || !words.starts_with(char::is_alphanumeric) {
        return None;
    }
    let before = text[..at].trim_end();
    let with = if before.is_empty() || before.ends_with([':', ',', '.', '!', '?', ';']) { " " } else { ", " };
    Some((rest.len() - words.len(), with.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_stay_as_they_are() {
        for text in ["Find 50 CEOs at R&D firms", "Zürich’s “law firms” – 5\nand more", "", "👩\u{200d}💻"]
        {
            assert!(plain(text).is_none(), "{text}");
        }
    }

    #[test]
    fn special_characters_are_read_as_plain_ones() {
        for (typed, read) in [
            ("ＣＥＯｓ，５０", "CEOs,50"),
            ("ﬁnd of\u{ad}ﬁces", "find offices"),
            ("𝗖𝗘𝗢𝘀 in\u{a0}Texas", "CEOs in Texas"),
            ("\u{feff}law\u{200b} ﬁrms", "law firms"),
            ("R&amp;D&nbsp;heads", "R&D heads"),
            ("Find:\n• CEOs\n• CFOs\nin Ohio", "Find: CEOs, CFOs\nin Ohio"),
            ("Find\n1. CEOs\n2) CFOs", "Find, CEOs, CFOs"),
        ] {
            assert_eq!(plain(typed).map(|mended| mended.text).as_deref(), Some(read), "{typed}");
        }
    }

    #[test]
    fn offsets_lead_back_to_what_was_typed() {
        let typed = "\u{feff}ﬁnd of\u{ad}ﬁces ＣＥＯ";
        let mended = plain(typed).expect("it has special characters");
        let back = |word: &str| {
            let at = mended.text.find(word).expect("the word is there");
            &typed[mended.origin(at, at + word.len())]
        };
        assert_eq!([back("find"), back("offices"), back("CEO")], ["ﬁnd", "of\u{ad}ﬁces", "ＣＥＯ"]);
        assert_eq!(mended.origin(0, mended.text.len()), 3..typed.len());
    }
}
