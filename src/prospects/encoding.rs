//! In which encoding a prospect file is written: decided by looking at the whole file once, and said in the report,
//! because a name in the wrong letters is a name lost.
//!
//! A byte-order mark decides; without one, zero bytes in every second place mean UTF-16; bytes that are valid UTF-8 mean
//! UTF-8; and otherwise the file is Windows-1252, unless most of its accented letters are valid UTF-8: then it is a
//! UTF-8 file with some spoilt rows, and those rows are rejected.

use std::io::{self, Read};

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
/// A file counts as UTF-8 with spoilt rows while it has one valid accented letter for so many invalid bytes.
const SPOILT_FOR_EACH_VALID: u64 = 4;

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

    /// Reads `file` to its end and tells its encoding.
    pub(super) fn detect(mut file: impl Read) -> io::Result<Encoding> {
        let mut buffer = vec![0; 64 * 1_024];
        let mut filled = read_full(&mut file, &mut buffer)?;
        if let Some(decided) = by_first_bytes(&buffer[..filled.min(FIRST_BYTES)]) {
            return Ok(decided);
        }
        let (mut valid, mut invalid) = (0_u64, 0_u64);
        loop {
            let at_end = filled < buffer.len();
            let left = count(&buffer[..filled], at_end, &mut valid, &mut invalid);
            if at_end {
                break;
            }
            let from = filled - left;
            buffer.copy_within(from..filled, 0);
            filled = left + read_full(&mut file, &mut buffer[left..])?;
        }
        let spoilt = valid > 0 && invalid <= valid.saturating_mul(SPOILT_FOR_EACH_VALID);
        Ok(if invalid == 0 || spoilt { Encoding::Utf8 } else { Encoding::Windows1252 })
    }
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

/// Counts letters of several bytes that are valid UTF-8, and bytes that are not; tells how many bytes at the end belong
/// to a letter that is cut off.
fn count(mut bytes: &[u8], at_end: bool, valid: &mut u64, invalid: &mut u64) -> usize {
    let letters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte >= 0xc0).count() as u64;
    loop {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                *valid += letters(text.as_bytes());
                return 0;
            }
            Err(error) => {
                *valid += letters(&bytes[..error.valid_up_to()]);
                let Some(length) = error.error_len() else {
                    if !at_end {
                        return bytes.len() - error.valid_up_to();
                    }
                    *invalid += 1;
                    return 0;
                };
                *invalid += 1;
                bytes = &bytes[error.valid_up_to() + length..];
            }
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The bytes of a file as UTF-8, without a byte-order mark. UTF-8 passes through unchanged, spoilt bytes included; what
/// is no letter in another encoding becomes U+FFFD.
pub(super) struct Utf8Reader<R> {
    file: R,
    /// Of the other encodings; gone once it was told of the end.
    decoder: Option<Decoder>,
    passes_through: bool,
    raw: Vec<u8>,
    text: Vec<u8>,
    text_from: usize,
}

/// Bytes decoded at a time.
const STEP: usize = 16 * 1_024;

impl<R: Read> Utf8Reader<R> {
    /// Reads `file`, which is written in `encoding`.
    pub(super) fn new(file: R, encoding: Encoding) -> Utf8Reader<R> {
        let decoder = match encoding {
            Encoding::Utf8 => None,
            Encoding::Utf16LittleEndian => Some(UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Utf16BigEndian => Some(UTF_16BE.new_decoder_with_bom_removal()),
            Encoding::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
        };
        let passes_through = decoder.is_none();
        Utf8Reader { file, decoder, passes_through, raw: vec![0; STEP], text: Vec::new(), text_from: 0 }
    }

    /// Decodes the next bytes into `text`, which stays empty at the end of the file.
    fn decode(&mut self) -> io::Result<()> {
        self.text_from = 0;
        self.text.clear();
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        let filled = read_full(&mut self.file, &mut self.raw)?;
        let at_end = filled < self.raw.len();
        let room = decoder.max_utf8_buffer_length(filled).unwrap_or(filled * 4 + 16);
        self.text.resize(room, 0);
        let (result, _, written, _) = decoder.decode_to_utf8(&self.raw[..filled], &mut self.text, at_end);
        debug_assert_eq!(result, CoderResult::InputEmpty, "there is room for all of it");
        self.text.truncate(written);
        if at_end {
            self.decoder = None;
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.passes_through {
            return self.file.read(out);
        }
        while self.text_from == self.text.len() && self.decoder.is_some() {
            self.decode()?;
        }
        let taken = out.len().min(self.text.len() - self.text_from);
        out[..taken].copy_from_slice(&self.text[self.text_from..self.text_from + taken]);
        self.text_from += taken;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (Encoding, String) {
        let encoding = Encoding::detect(bytes).expect("memory can be read");
        let mut text = Vec::new();
        let reader = Utf8Reader::new(bytes, encoding);
        io::BufReader::with_capacity(32, reader).read_to_end(&mut text).expect("memory can be read");
        (encoding, String::from_utf8(text).expect("UTF-8"))
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
        assert_eq!(Encoding::detect(bytes.as_slice()).expect("memory"), Encoding::Utf8);
    }

    #[test]
    fn letters_cut_by_the_end_of_a_buffer_are_whole() {
        let long = "é".repeat(200_001);
        assert_eq!(Encoding::detect(format!("a{long}").as_bytes()).expect("memory"), Encoding::Utf8);
        assert_eq!(text(&utf16(&long, true)).1.len(), long.len());
    }
}
