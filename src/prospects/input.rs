//! Opens a prospect file, whatever it is: plain, gzip or zstd, told by its first bytes and never by its name, because
//! standard input has none. Nothing is read twice and nothing is held but a bounded look ahead.

use std::io::{BufReader, Cursor, Read};

use serde::Serialize;

use super::encoding::{Text, read_full};
use crate::error::{Error, Result};

/// Bytes looked at to tell what a file is.
const FIRST_BYTES: usize = 4_096;
/// Compressed bytes read at a time.
const STEP: usize = 64 * 1_024;
/// Largest window of zstd that is accepted, as a power of two: 128 MiB, what `zstd -22` makes. `zstd --long=31` would
/// make the reader take 2 GiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// How the bytes of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// As they are.
    None,
    /// gzip, several members one after the other included.
    Gzip,
    /// zstd, several frames one after the other included.
    Zstd,
}

/// The text of any prospect file.
pub(super) type Plain = Text<Box<dyn Read + Send>>;

/// Looks at the first bytes of `file` and unpacks it on the way.
///
/// # Errors
/// The file can't be read, or is of a kind that is known and not supported.
pub(super) fn open(mut file: impl Read + Send + 'static) -> Result<(Plain, Compression)> {
    let mut first = vec![0; FIRST_BYTES];
    let (filled, read) = read_full(&mut file, &mut first);
    read.map_err(|error| unreadable(&error))?;
    first.truncate(filled);
    let compression = compression(&first)?;
    let whole = BufReader::with_capacity(STEP, Cursor::new(first).chain(file));
    let plain: Box<dyn Read + Send> = match compression {
        Compression::None => Box::new(whole),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(whole)),
        Compression::Zstd => {
            let mut decoder = zstd::Decoder::with_buffer(whole).map_err(|error| unreadable(&error))?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|error| unreadable(&error))?;
            Box::new(decoder)
        }
    };
    Ok((Text::open(plain), compression))
}

fn compression(first: &[u8]) -> Result<Compression> {
    let refused = |what: &str| Err(Error::validation("file", what.to_owned()));
    match first {
        [0x1f, 0x8b, ..] => Ok(Compression::Gzip),
        // A frame, or one that is skipped, as parallel compressors put in front.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Compression::Zstd),
        [b'P', b'K', 3, 4, ..] => {
            refused("This is a workbook or a ZIP archive. Save the sheet as CSV, or unpack the file.")
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => refused("This is an old Excel workbook. Save the sheet as CSV."),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] | [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => {
            refused("Files packed with xz or bzip2 are not read. Unpack it, or pack it with gzip or zstd.")
        }
        _ => Ok(Compression::None),
    }
}

/// The file failed; told with what it means for the import.
pub(super) fn unreadable(error: &std::io::Error) -> Error {
    let message = match error.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            "The file ends in the middle of its packed data. Get it again, whole, and import it again.".to_owned()
        }
        _ => format!("The file can't be read: {error}."),
    };
    Error::validation("file", message)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(file: Vec<u8>) -> std::result::Result<(Compression, String), String> {
        let (mut text, compression) = open(Cursor::new(file)).map_err(|error| error.to_string())?;
        let mut all = String::new();
        text.read_to_string(&mut all).map_err(|error| unreadable(&error).to_string())?;
        Ok((compression, all))
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(text.as_bytes()).expect("memory");
        out.finish().expect("memory")
    }

    #[test]
    fn packed_files_are_told_by_their_first_bytes() {
        let text = "name,company\nAnn Lee,Lee LLP\n".repeat(5_000);
        let zstd = zstd::encode_all(text.as_bytes(), 3).expect("memory");
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9][..], &zstd].concat();
        assert_eq!(read(text.clone().into_bytes()), Ok((Compression::None, text.clone())));
        assert_eq!(read(gzip(&text)), Ok((Compression::Gzip, text.clone())));
        assert_eq!(read([gzip(&text), gzip(&text)].concat()), Ok((Compression::Gzip, text.repeat(2))));
        assert_eq!(read(zstd.clone()), Ok((Compression::Zstd, text.clone())));
        assert_eq!(read([zstd.clone(), zstd].concat()), Ok((Compression::Zstd, text.repeat(2))));
        assert_eq!(read(skipped), Ok((Compression::Zstd, text)));
    }

    #[test]
    fn a_packed_file_that_is_cut_off_is_no_shorter_file() {
        let text = "name,company\nAnn Lee,Lee LLP\n".repeat(5_000);
        for whole in [gzip(&text), zstd::encode_all(text.as_bytes(), 3).expect("memory")] {
            for length in [12, whole.len() / 2, whole.len() - 1] {
                let refused = read(whole[..length].to_vec()).expect_err("cut off");
                assert!(refused.contains("ends in the middle"), "{length} of {}: {refused}", whole.len());
            }
        }
    }

    #[test]
    fn what_is_no_text_at_all_is_refused_with_what_to_do() {
        for (file, told) in [(&b"PK\x03\x04rest"[..], "CSV"), (b"\xfd7zXZ\0rest", "xz"), (b"\xd0\xcf\x11\xe0", "Excel")]
        {
            let refused = read(file.to_vec()).expect_err("refused");
            assert!(refused.contains(told), "{refused}");
        }
    }
}
