//! Where an export goes: standard output, or a file that is there only when it is whole. It is written beside its place
//! under another name and takes its name at the end; what breaks off leaves nothing behind that looks like the file.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::exit::Usage;

/// Where an export is written.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Target {
    /// The file; - is standard output.
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(super) out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    pub(super) force: bool,
}

impl Target {
    /// Opens it. A file that is there already is refused unless it may be replaced.
    pub(super) fn open(&self) -> anyhow::Result<Out> {
        if self.out == Path::new("-") {
            return Ok(Out::Through(Box::new(io::stdout())));
        }
        // A link is followed: what it points to is replaced, not the link.
        let path = self.out.canonicalize().unwrap_or_else(|_| self.out.clone());
        match path.metadata() {
            // A device or a pipe holds nothing that could be lost, and must not be replaced by a file.
            Ok(found) if !found.is_file() && !found.is_dir() => {
                let file = OpenOptions::new().write(true).open(&path).with_context(|| cannot_write(&self.out))?;
                return Ok(Out::Through(Box::new(file)));
            }
            Ok(found) if found.is_dir() => return Err(Usage(format!("{} is a folder.", self.out.display())).into()),
            Ok(_) if !self.force => return Err(self.is_there().into()),
            _ => {}
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let file = File::create(&beside).with_context(|| cannot_write(&self.out))?;
        Ok(Out::Beside(Beside { file: BufWriter::new(file), beside, path, target: self.clone(), is_done: false }))
    }

    /// For people: the file's name, nothing for standard output.
    pub(super) fn shown(&self) -> Option<String> {
        (self.out != Path::new("-")).then(|| self.out.display().to_string())
    }

    fn is_there(&self) -> Usage {
        Usage(format!("{} is there already. Name another file, or replace it with --force.", self.out.display()))
    }
}

/// Whether two paths lead to one file, however they are written.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// An export being written.
pub(super) enum Out {
    /// What is written is gone at once.
    Through(Box<dyn Write + Send>),
    /// A file that does not have its name yet.
    Beside(Beside),
}

/// A file beside its place. Removed when it is dropped before its end.
pub(super) struct Beside {
    file: BufWriter<File>,
    beside: PathBuf,
    path: PathBuf,
    target: Target,
    is_done: bool,
}

impl Out {
    /// All of it is written: the file is made durable and takes its name.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self {
            Out::Through(mut out) => Ok(out.flush()?),
            Out::Beside(mut out) => out.take_name(),
        }
    }
}

impl Beside {
    fn take_name(&mut self) -> anyhow::Result<()> {
        let written = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        written.with_context(|| cannot_write(&self.target.out))?;
        // A second name never replaces a file that somebody else has made meanwhile; not every file system has them.
        if !self.target.force {
            match std::fs::hard_link(&self.beside, &self.path) {
                // The first name is removed when this is dropped.
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(self.target.is_there().into());
                }
                Err(_) if self.path.exists() => return Err(self.target.is_there().into()),
                Err(_) => {}
            }
        }
        std::fs::rename(&self.beside, &self.path).with_context(|| cannot_write(&self.target.out))?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = std::fs::remove_file(&self.beside);
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Through(out) => out.write(bytes),
            Out::Beside(out) => out.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Through(out) => out.flush(),
            Out::Beside(out) => out.file.flush(),
        }
    }
}

fn cannot_write(path: &Path) -> String {
    format!("Can't write {}", path.display())
}
