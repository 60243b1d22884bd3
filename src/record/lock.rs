//! A folder that only one program writes to. What is locked is the folder itself, so that no file tells of it, and the
//! lock of a program that was killed is gone with it.

use std::path::Path;

use super::RecordError;

/// Whether a folder is kept from other programs.
#[derive(Debug)]
pub(super) enum Locking {
    /// It is.
    Held(Lock),
    /// The system, or the file system of the folder, has no locks.
    Impossible,
}

/// A lock on a folder, until it is dropped.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Lock(std::fs::File);

#[cfg(unix)]
impl Lock {
    /// Locks `dir`.
    ///
    /// # Errors
    /// When another program has locked it.
    pub(super) fn take(dir: &Path) -> Result<Locking, RecordError> {
        use rustix::fs::{FlockOperation, flock};

        let failed = |cause| RecordError::Folder { dir: dir.to_owned(), cause };
        let folder = std::fs::File::open(dir).map_err(failed)?;
        match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Locking::Held(Self(folder))),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(RecordError::Busy { dir: dir.to_owned() }),
            Err(_) => Ok(Locking::Impossible),
        }
    }

    /// Whether what is locked is the folder that has this name now.
    pub(super) fn is_of(&self, dir: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;

        let (Ok(locked), Ok(named)) = (self.0.metadata(), std::fs::metadata(dir)) else { return false };
        (locked.dev(), locked.ino()) == (named.dev(), named.ino())
    }
}

/// There is none here.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct Lock;

#[cfg(not(unix))]
impl Lock {
    /// Locks nothing.
    pub(super) fn take(_dir: &Path) -> Result<Locking, RecordError> {
        Ok(Locking::Impossible)
    }

    /// Never asked.
    pub(super) fn is_of(&self, _dir: &Path) -> bool {
        true
    }
}
