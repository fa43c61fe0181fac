//! In which encoding a prospect file is written: decided while it is read, with a bounded look ahead, and said in the
//! report, because a name in the wrong letters is a name lost.
//!
//! A byte-order mark decides; without one, zero bytes in every second place mean UTF-16. All else is read as it comes
//! until the first letter that is not ASCII: what follows there decides between UTF-8 and Windows-1252. Bytes that are
//! valid UTF-8 mean UTF-8, and so do some that are not among many that are: then rows are spoilt, and are rejected.
//!
//! A wrong decision garbles nothing: a cell that is valid UTF-8 is read as UTF-8 whatever was decided.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How the text of a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16LittleEndian,
    /// UTF-16, high byte first.
    Utf16BigEndian,
    /// Windows-1252, the Western European encoding of older spreadsheets.
    Windows1252,
}

/// Bytes looked at for the pattern of UTF-16.
const FIRST_BYTES: usize = 4_096;
/// Bytes looked at from the first letter on that is not ASCII: thousands of rows, little memory.
const LOOK_AHEAD: usize = 1_024 * 1_024;
/// A file counts as UTF-8 with spoilt rows while it has one valid accented letter for so many invalid bytes.
const SPOILT_FOR_EACH_VALID: u64 = 4;
/// Bytes read at a time.
const STEP: usize = 64 * 1_024;

impl Encoding {
    /// The name shown in the report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16LittleEndian => "UTF-16LE",
            Encoding::Utf16BigEndian => "UTF-16BE",
            Encoding::Windows1252 => "Windows-1252",
        }
    }

    /// UTF-8 or Windows-1252: by the bytes from the first letter on that is not ASCII.
    fn of_letters(bytes: &[u8], at_end: bool) -> Encoding {
        let (mut valid, mut invalid) = (0_u64, 0_u64);
        count(bytes, at_end, &mut valid, &mut invalid);
        let spoilt = valid > 0 && invalid <= valid.saturating_mul(SPOILT_FOR_EACH_VALID);
        if invalid == 0 || spoilt { Encoding::Utf8 } else { Encoding::Windows1252 }
    }
}

/// Bytes that are no UTF-8, as the encoding they most likely are in.
pub(super) fn western(bytes: &[u8]) -> Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// A byte-order mark, or zero bytes in every second place (Latin text in UTF-16).
fn by_first_bytes(first: &[u8]) -> Option<Encoding> {
    match first {
        [0xef, 0xbb, 0xbf, ..] => return Some(Encoding::Utf8),
        [0xff, 0xfe, ..] => return Some(Encoding::Utf16LittleEndian),
        [0xfe, 0xff, ..] => return Some(Encoding::Utf16BigEndian),
        _ => {}
    }
    let zeros = |odd: usize| first.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let mostly = first.len() / 2 * 7 / 10;
    match (zeros(0), zeros(1)) {
        (even, odd) if first.len() >= 4 && even > mostly && odd == 0 => Some(Encoding::Utf16BigEndian),
        (even, odd) if first.len() >= 4 && odd > mostly && even == 0 => Some(Encoding::Utf16LittleEndian),
        _ => None,
    }
}

/// Counts letters of several bytes that are valid UTF-8, and bytes that are not. A letter that is cut off at the end of
/// the bytes is invalid only when the file ends there.
fn count(mut bytes: &[u8], at_end: bool, valid: &mut u64, invalid: &mut u64) {
    let letters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte >= 0xc0).count() as u64;
    loop {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                *valid += letters(text.as_bytes());
                return;
            }
            Err(error) => {
                *valid += letters(&bytes[..error.valid_up_to()]);
                let Some(length) = error.error_len() else {
                    *invalid += u64::from(at_end);
                    return;
                };
                *invalid += 1;
                bytes = &bytes[error.valid_up_to() + length..];
            }
        }
    }
}

/// Reads until the buffer is full or the file ends; how many bytes there are, and the failure that ended it.
pub(super) fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

/// The text of a file, byte by byte, without a byte-order mark. UTF-16 becomes UTF-8, where what is no letter becomes
/// U+FFFD; UTF-8 and Windows-1252 pass as they are, because their marks between rows and cells are the same, and
/// whoever reads a cell asks for the [`Text::encoding`].
pub(super) struct Text<R> {
    file: R,
    /// `None` as long as everything was ASCII.
    encoding: Option<Encoding>,
    /// Of UTF-16; gone once it was told of the end.
    decoder: Option<Decoder>,
    /// Bytes of the file that were not decoded yet; of UTF-16 only.
    raw: Vec<u8>,
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
    /// Told when everything that could be read before it was taken.
    failure: Option<io::Error>,
}

impl<R: Read> Text<R> {
    /// Reads as much of `file` as tells UTF-16 and byte-order marks.
    pub(super) fn open(file: R) -> Text<R> {
        let mut text = Text {
            file,
            encoding: None,
            decoder: None,
            raw: Vec::new(),
            bytes: Vec::new(),
            at: 0,
            ended: false,
            failure: None,
        };
        text.read_more(STEP);
        text.encoding = by_first_bytes(&text.bytes[..text.bytes.len().min(FIRST_BYTES)]);
        text.decoder = match text.encoding {
            Some(Encoding::Utf16LittleEndian) => Some(UTF_16LE.new_decoder_with_bom_removal()),
            Some(Encoding::Utf16BigEndian) => Some(UTF_16BE.new_decoder_with_bom_removal()),
            _ => None,
        };
        if text.decoder.is_some() {
            text.raw = std::mem::take(&mut text.bytes);
            text.decode();
        } else if text.bytes.starts_with("\u{feff}".as_bytes()) {
            text.at = "\u{feff}".len();
        }
        text.decide();
        text
    }

    /// Appends up to `most` bytes of the file to those that wait to be decoded, or taken.
    fn read_more(&mut self, most: usize) {
        let into = if self.decoder.is_some() { &mut self.raw } else { &mut self.bytes };
        let before = into.len();
        into.resize(before + most, 0);
        let (filled, read) = read_full(&mut self.file, &mut into[before..]);
        into.truncate(before + filled);
        self.ended = filled < most;
        self.failure = read.err();
    }

    /// How the bytes read so far are to be read.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf8)
    }

    /// The text of bytes that are no UTF-8, when the file's encoding can hold them.
    pub(super) fn letters<'b>(&self, bytes: &'b [u8]) -> Option<Cow<'b, str>> {
        (self.encoding() == Encoding::Windows1252).then(|| western(bytes))
    }

    /// Decodes what was read of UTF-16.
    fn decode(&mut self) {
        let Some(decoder) = &mut self.decoder else { return };
        let room = decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(self.raw.len() * 4 + 16);
        self.bytes.resize(room, 0);
        let (result, _, written, _) = decoder.decode_to_utf8(&self.raw, &mut self.bytes, self.ended);
        debug_assert_eq!(result, CoderResult::InputEmpty, "there is room for all of it");
        self.bytes.truncate(written);
    }

    /// At the first letter that is not ASCII: looks ahead from there and decides.
    fn decide(&mut self) {
        if self.encoding.is_some() {
            return;
        }
        let Some(first) = self.bytes[self.at..].iter().position(|byte| !byte.is_ascii()) else { return };
        let first = self.at + first;
        if !self.ended {
            self.read_more(LOOK_AHEAD);
        }
        let at_end = self.ended && self.failure.is_none();
        self.encoding = Some(Encoding::of_letters(&self.bytes[first..], at_end));
    }

    /// Reads the next bytes; there are none at the end of the file.
    fn fill(&mut self) -> io::Result<()> {
        self.at = 0;
        self.bytes.clear();
        // What a look ahead took is given back.
        self.bytes.shrink_to(4 * STEP);
        while self.bytes.is_empty() && !self.ended {
            self.raw.clear();
            self.read_more(STEP);
            self.decode();
        }
        self.decide();
        match self.failure.take_if(|_| self.bytes.is_empty()) {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let taken = ready.len().min(out.len());
        out[..taken].copy_from_slice(&ready[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: Read> BufRead for Text<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.bytes.len() {
            self.fill()?;
        }
        Ok(&self.bytes[self.at..])
    }

    fn consume(&mut self, taken: usize) {
        self.at += taken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Encoding, Vec<u8>) {
        let mut text = Text::open(bytes);
        let mut all = Vec::new();
        text.read_to_end(&mut all).expect("memory can be read");
        (text.encoding(), all)
    }

    fn text(bytes: &[u8]) -> (Encoding, String) {
        let (encoding, bytes) = read(bytes);
        let text = match encoding {
            Encoding::Windows1252 => western(&bytes).into_owned(),
            _ => String::from_utf8(bytes).expect("UTF-8"),
        };
        (encoding, text)
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn the_usual_encodings_are_told_apart() {
        let people = "name,company\nRené Müller,Ægir & Söner\n";
        assert_eq!(text(people.as_bytes()), (Encoding::Utf8, people.into()));
        assert_eq!(text(&utf16(people, false)), (Encoding::Utf16LittleEndian, people.into()));
        assert_eq!(text(&utf16(people, true)), (Encoding::Utf16BigEndian, people.into()));
        let marked = format!("\u{feff}{people}");
        assert_eq!(text(marked.as_bytes()), (Encoding::Utf8, people.into()));
        assert_eq!(text(&utf16(&marked, false)), (Encoding::Utf16LittleEndian, people.into()));
        assert_eq!(text(&utf16(&marked, true)), (Encoding::Utf16BigEndian, people.into()));
        let western: Vec<u8> = people.chars().map(|letter| letter as u8).collect();
        assert_eq!(text(&western), (Encoding::Windows1252, people.into()));
        assert_eq!(text(b"plain\n"), (Encoding::Utf8, "plain\n".into()));
        assert_eq!(text(b""), (Encoding::Utf8, String::new()));
    }

    #[test]
    fn a_utf8_file_with_a_spoilt_row_stays_utf8() {
        let mut bytes = "name\nRené\nZoë\n".as_bytes().to_vec();
        bytes.extend(b"Jos\xe9\n");
        assert_eq!(read(&bytes).0, Encoding::Utf8);
    }

    #[test]
    fn letters_that_come_late_decide_too_and_those_cut_by_a_buffer_are_whole() {
        let plain = "plain\n".repeat(200_000);
        for before in ["a", &plain] {
            let long = "é".repeat(1_200_001);
            assert_eq!(text(format!("{before}{long}").as_bytes()), (Encoding::Utf8, format!("{before}{long}")));
        }
        let late: Vec<u8> = [plain.as_bytes(), b"Jos\xe9\n", plain.as_bytes()].concat();
        assert_eq!(text(&late), (Encoding::Windows1252, format!("{plain}José\n{plain}")));
        let long = "é".repeat(200_001);
        assert_eq!(text(&utf16(&long, true)).1.len(), long.len());
    }
}
