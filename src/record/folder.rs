//! The folder of results: made, checked, and filled with files that are whole or not there at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use jiff::Zoned;
use tempfile::{Builder, NamedTempFile};

use super::{FILES, RecordError};

/// Folder of all results that nobody named a folder for.
const RUNS_DIR: &str = "optirace-runs";

/// A new folder for results: `optirace-runs/` and the local time, as in `2026-01-31_18-05-09`, which sorts by time and
/// is a valid name on every system. Where that is taken already, a number follows.
pub fn default_dir() -> PathBuf {
    let name = Zoned::now().strftime("%Y-%m-%d_%H-%M-%S").to_string();
    let first = Path::new(RUNS_DIR).join(&name);
    let mut dir = first.clone();
    let mut count = 2;
    while fs::symlink_metadata(&dir).is_ok() {
        dir = Path::new(RUNS_DIR).join(format!("{name}-{count}"));
        count += 1;
    }
    dir
}

/// Makes sure, before anything is computed, that results can be written to `dir`: makes the folder, refuses one that
/// holds files unless `force`, and tries to write to it.
///
/// # Errors
/// When the folder holds files and `force` is not set, cannot be made or written to, or something that is no file has
/// the name of one that will be written.
pub fn refuse_filled(dir: &Path, force: bool) -> Result<(), RecordError> {
    make(dir)?;
    let failed = |cause| RecordError::Folder { dir: dir.to_owned(), cause };
    let is_filled = fs::read_dir(dir).map_err(failed)?.next().is_some();
    if is_filled && !force {
        return Err(RecordError::Filled { dir: dir.to_owned() });
    }
    check_way(dir)?;
    temporary(dir, "probe").map(drop).map_err(failed)
}

/// Makes the folder, and those above it, unless it is there.
pub(super) fn make(dir: &Path) -> Result<(), RecordError> {
    let in_the_way = dir.ancestors().find(|path| path.exists() && !path.is_dir());
    if let Some(path) = in_the_way {
        return Err(RecordError::NotAFolder { path: path.to_owned() });
    }
    fs::create_dir_all(dir).map_err(|cause| RecordError::Folder { dir: dir.to_owned(), cause })
}

/// Checks that no folder stands where a file has to be.
pub(super) fn check_way(dir: &Path) -> Result<(), RecordError> {
    match FILES.map(|name| dir.join(name)).into_iter().find(|path| path.is_dir()) {
        Some(path) => Err(RecordError::Obstructed { path }),
        None => Ok(()),
    }
}

/// A file that is complete and on the disk, but not yet under its name.
pub(super) struct Draft {
    file: NamedTempFile,
    path: PathBuf,
}

/// Writes what will be the file `name` of `dir`, under another name.
pub(super) fn draft(
    dir: &Path,
    name: &str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Draft, RecordError> {
    let path = dir.join(name);
    let complete = || {
        let mut out = BufWriter::with_capacity(1 << 18, temporary(dir, name)?);
        write(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    match complete() {
        Ok(file) => Ok(Draft { file, path }),
        Err(cause) => Err(RecordError::File { path, cause }),
    }
}

impl Draft {
    /// Gives the file its name; what had that name before is replaced in the same instant.
    pub(super) fn put_in_place(self) -> Result<(), RecordError> {
        let Self { file, path } = self;
        file.persist(&path).map(drop).map_err(|error| RecordError::File { path, cause: error.error })
    }
}

/// Writes a file that stands by itself. What is a file already is replaced in one go; what is none, such as a pipe or
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
    draft(dir, &name.to_string_lossy(), write)?.put_in_place()?;
    sync(dir)
}

/// A file that is removed when dropped, readable by whoever may read other new files.
fn temporary(dir: &Path, name: &str) -> io::Result<NamedTempFile> {
    let prefix = format!(".{name}.");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(dir)
}

/// Makes the names of the files in `dir` as durable as their content, where the system can.
pub(super) fn sync(dir: &Path) -> Result<(), RecordError> {
    if cfg!(unix) {
        let synced = File::open(dir).and_then(|folder| folder.sync_all());
        synced.map_err(|cause| RecordError::Folder { dir: dir.to_owned(), cause })?;
    }
    Ok(())
}
