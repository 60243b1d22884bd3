//! A folder that only one program writes to. What is locked is the folder itself, so that no file mentions it, and the
//! lock of a program that was killed is gone with it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// A lock on a folder, until it is dropped.
#[derive(Debug)]
pub struct FolderLock(File);

/// Why there is no lock on a folder.
#[derive(Debug)]
pub enum LockError {
    /// Another program has locked it.
    Busy,
    /// It cannot be opened.
    Unreadable(io::Error),
    /// Its file system has no locks.
    Impossible,
}

impl FolderLock {
    /// Locks `dir`, without waiting.
    ///
    /// # Errors
    /// When another program has locked it, it cannot be opened, or its file system has no locks.
    pub fn take(dir: &Path) -> Result<Self, LockError> {
        let folder = File::open(dir).map_err(LockError::Unreadable)?;
        match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(folder)),
            Err(Errno::WOULDBLOCK) => Err(LockError::Busy),
            Err(_) => Err(LockError::Impossible),
        }
    }

    /// Whether what is locked is the folder that has this name now.
    pub fn is_of(&self, dir: &Path) -> bool {
        let (Ok(locked), Ok(named)) = (self.0.metadata(), fs::metadata(dir)) else { return false };
        (locked.dev(), locked.ino()) == (named.dev(), named.ino())
    }
}
