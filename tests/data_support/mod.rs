//! Folders of IDX files, sound and broken.
#![allow(dead_code, reason = "every test file uses another part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end at what it did not expect")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use optirace::data::{DataError, Dataset};
use tempfile::TempDir;

pub const TRAIN_IMAGES: &str = "train-images-idx3-ubyte";
pub const TRAIN_LABELS: &str = "train-labels-idx1-ubyte";
pub const TEST_IMAGES: &str = "t10k-images-idx3-ubyte";
pub const TEST_LABELS: &str = "t10k-labels-idx1-ubyte";

/// A folder that goes when the test ends.
pub struct Folder(TempDir);

impl Folder {
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Three training and two test images of 2×3 pixels, in three classes.
    pub fn valid() -> Self {
        let folder = Self::empty();
        folder.put(TRAIN_IMAGES, &images([3, 2, 3], &(1..=18).collect::<Vec<_>>()));
        folder.put(TRAIN_LABELS, &labels(3, &[0, 2, 1]));
        folder.put(TEST_IMAGES, &images([2, 2, 3], &(101..=112).collect::<Vec<_>>()));
        folder.put(TEST_LABELS, &labels(2, &[2, 0]));
        folder
    }

    /// The valid folder with other bytes in one file.
    pub fn with(name: &str, bytes: &[u8]) -> Self {
        let folder = Self::valid();
        folder.put(name, bytes);
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.join(name), bytes).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.join(name)).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.join(from), self.join(to)).unwrap();
    }

    pub fn open(&self) -> Result<Dataset, DataError> {
        Dataset::open(self.path())
    }

    /// What is wrong with the folder, which is called DIR in it.
    pub fn error(&self) -> String {
        let error = self.open().expect_err("the folder should be refused");
        error.to_string().replace(&self.path().display().to_string(), "DIR")
    }
}

/// An IDX file: a magic number, dimensions and what follows.
pub fn idx(magic: u32, dimensions: &[u32], body: &[u8]) -> Vec<u8> {
    let words = std::iter::once(&magic).chain(dimensions);
    words.flat_map(|word| word.to_be_bytes()).chain(body.iter().copied()).collect()
}

pub fn images(dimensions: [u32; 3], body: &[u8]) -> Vec<u8> {
    idx(0x0803, &dimensions, body)
}

pub fn labels(count: u32, body: &[u8]) -> Vec<u8> {
    idx(0x0801, &[count], body)
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A figure of this process from Linux's `/proc`, in bytes.
///
/// `VmHWM` is the most memory that was ever in use, `VmPeak` the most that was ever reserved.
pub fn memory(figure: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.split(':').next() == Some(figure)).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}
