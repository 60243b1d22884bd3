//! A file that is written under another name first, so that its own name is only ever that of a whole file.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::RecordError;
use crate::failpoint::fail_point;

/// Begins the names of drafts: short, as names of files may be as long as the system allows.
const PREFIX: &str = ".optirace-";

/// Ends the names of drafts.
const SUFFIX: &str = ".draft";

/// A file that is complete, but not yet under its name.
pub(super) struct AtomicFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl AtomicFile {
    /// Writes what will be the file `name` of `dir`.
    pub(super) fn write(
        dir: &Path,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Self, RecordError> {
        let path = dir.join(name);
        let complete = || {
            let mut file = temporary(dir)?;
            // Not through the file with a name: its errors name the draft, which a person has never seen.
            let mut out = BufWriter::with_capacity(1 << 18, file.as_file_mut());
            write(&mut out)?;
            out.flush()?;
            drop(out);
            Ok(file)
        };
        match complete() {
            Ok(file) => Ok(Self { file, path }),
            Err(cause) => Err(RecordError::File { path, cause }),
        }
    }

    /// Has the file on the disk, where it outlives a loss of power.
    pub(super) fn on_disk(self) -> Result<Self, RecordError> {
        match self.file.as_file().sync_all() {
            Ok(()) => Ok(self),
            Err(cause) => Err(RecordError::File { path: self.path, cause }),
        }
    }

    /// Gives the file its name; what had that name before is replaced in the same instant.
    pub(super) fn put_in_place(self) -> Result<(), RecordError> {
        let Self { file, path } = self;
        // Who may read the old file may read the new one.
        if let Ok(old) = fs::symlink_metadata(&path)
            && old.is_file()
        {
            let kept = file.as_file().set_permissions(old.permissions());
            kept.map_err(|cause| RecordError::File { path: path.clone(), cause })?;
        }
        file.persist(&path).map(drop).map_err(|error| RecordError::File { path, cause: error.error })
    }
}

/// Whether a file of this name is a draft.
pub(super) fn is_draft(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Writes a file of its own. What is a file already is replaced in one go; what is none, such as a pipe or
/// a device, is written to.
///
/// # Errors
/// When it cannot be written. A file that stood there before still does.
pub fn write_one(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RecordError> {
    // Where a link leads to a file, that file is meant.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let failed = |cause| RecordError::File { path: path.clone(), cause };
    let Some(name) = path.file_name().filter(|_| !path.is_dir()) else {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    };
    if path.exists() && !path.is_file() {
        let device = File::options().write(true).open(&path).map_err(failed)?;
        let mut out = BufWriter::new(device);
        return write(&mut out).and_then(|()| out.flush()).map_err(failed);
    }
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::metadata(dir).map_err(failed)?;
    let mut draft = AtomicFile::write(dir, &name.to_string_lossy(), write)?.on_disk()?;
    // A name that is no UTF-8 was only spelled otherwise for the draft.
    draft.path.clone_from(&path);
    draft.put_in_place()?;
    sync(dir)
}

/// Makes the names of the files in `dir` as durable as their content.
pub(super) fn sync(dir: &Path) -> Result<(), RecordError> {
    let synced = File::open(dir).and_then(|folder| folder.sync_all());
    synced.map_err(|cause| RecordError::Folder { dir: dir.to_owned(), cause })
}

/// A file that is removed when dropped, readable by whoever may read other new files.
pub(super) fn temporary(dir: &Path) -> io::Result<NamedTempFile> {
    fail_point("file");
    Builder::new().prefix(PREFIX).suffix(SUFFIX).make_in(dir, |path| File::create_new(path))
}
