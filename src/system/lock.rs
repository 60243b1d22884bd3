//! A folder that only one program writes to. What is locked is the folder itself, so that no file mentions it, and the
//! lock of a program that was killed is gone with it.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// A lock on a folder, until it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    /// Whoever closes it lets go of the lock.
    _folder: File,
}

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
            Ok(()) => Ok(Self { _folder: folder }),
            Err(Errno::WOULDBLOCK) => Err(LockError::Busy),
            Err(_) => Err(LockError::Impossible),
        }
    }
}
