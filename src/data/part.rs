//! One part of a dataset, training or test: a file of images and a file of labels that belong together.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::hash::HashingReader;
use super::idx::{Content, IdxFile};
use super::pixels::Pixels;
use super::{DataError, DataFile, Samples};
use crate::system::{self, free_memory};
use crate::text::{Bytes, Untrusted};

/// How much of a file is read at a time, in bytes.
const BUFFER: usize = 64 * 1024;

/// What is taken beside the pixels while they are read, in bytes.
const BESIDE: u64 = 4 << 20;

/// A file that is part of the program.
pub(super) struct EmbeddedFile {
    pub(super) name: &'static str,
    pub(super) bytes: &'static [u8],
    /// Known beforehand: hashing 30 MB would delay every start.
    pub(super) sha256: &'static str,
}

/// Images and labels that are part of the program.
pub(super) struct EmbeddedPart {
    pub(super) images: EmbeddedFile,
    pub(super) labels: EmbeddedFile,
}

/// Images and labels on disk.
pub(super) struct PartPaths {
    pub(super) images: PathBuf,
    pub(super) labels: PathBuf,
}

/// Images and labels that have been read, and the files they came from.
pub(super) struct DataPart {
    pub(super) samples: Samples,
    pub(super) images_path: Untrusted,
    pub(super) labels_path: Untrusted,
    pub(super) files: [DataFile; 2],
}

impl DataPart {
    pub(super) fn embedded(part: &EmbeddedPart) -> Result<Self, DataError> {
        let EmbeddedPart { images, labels } = part;
        let [images_path, labels_path] = [images.name, labels.name].map(Untrusted::from);
        let samples = read(
            Source { path: &images_path, length: images.bytes.len() as u64, input: images.bytes },
            Source { path: &labels_path, length: labels.bytes.len() as u64, input: labels.bytes },
        )?;
        let file = |file: &EmbeddedFile| DataFile {
            name: file.name.into(),
            bytes: file.bytes.len() as u64,
            sha256: file.sha256.to_owned(),
        };
        Ok(Self { samples, images_path, labels_path, files: [file(images), file(labels)] })
    }

    pub(super) fn open(paths: &PartPaths) -> Result<Self, DataError> {
        let mut images = OpenFile::new(&paths.images)?;
        let mut labels = OpenFile::new(&paths.labels)?;
        let samples = read(images.source(), labels.source())?;
        Ok(Self {
            samples,
            images_path: images.path.clone(),
            labels_path: labels.path.clone(),
            files: [images.finish(), labels.finish()],
        })
    }

    pub(super) fn check_labels(&self, classes: usize) -> Result<(), DataError> {
        match self.samples.labels().iter().position(|&label| usize::from(label) >= classes) {
            None => Ok(()),
            Some(index) => Err(DataError::Label {
                file: self.labels_path.clone(),
                index,
                label: self.samples.label(index),
                classes,
            }),
        }
    }
}

/// Bytes that should be an IDX file, and what to call them.
struct Source<'a, R> {
    path: &'a Untrusted,
    length: u64,
    input: R,
}

/// Reads images and labels; a contradiction between their headers shows before anything large is read.
fn read(images: Source<impl BufRead>, labels: Source<impl BufRead>) -> Result<Samples, DataError> {
    let (images_path, labels_path) = (images.path, labels.path);
    let images = IdxFile::open(images_path, images.length, images.input, Content::Images)?;
    let labels = IdxFile::open(labels_path, labels.length, labels.input, Content::Labels)?;
    if images.count() != labels.count() {
        return Err(DataError::Counts {
            images_file: images_path.clone(),
            images: images.count(),
            labels_file: labels_path.clone(),
            labels: labels.count(),
        });
    }
    let (height, width) = images.size();
    let (needed, free) = (images.likely() as u64 + BESIDE, free_memory().unwrap_or(u64::MAX));
    if needed > free {
        return Err(DataError::Memory { file: images_path.clone(), needed: Bytes(needed), free: Bytes(free) });
    }
    let labels = labels.read(Vec::new())?;
    let pixels = Pixels::with_room_for(images.likely());
    Samples::of(images.read(pixels)?, labels, height, width)
}

/// A file on disk, hashed while it is read.
struct OpenFile {
    name: Untrusted,
    path: Untrusted,
    length: u64,
    input: BufReader<HashingReader<File>>,
}

impl OpenFile {
    fn new(path: &Path) -> Result<Self, DataError> {
        let shown = Untrusted::from(path);
        let refused = |source| DataError::Io { file: shown.clone(), source };
        // Before opening: opening a named pipe waits for someone to write to it.
        let metadata = fs::metadata(path).map_err(refused)?;
        if !metadata.is_file() {
            return Err(DataError::NotRegular { kind: system::file_kind(metadata.file_type()), file: shown });
        }
        let file = system::open_regular(path).map_err(refused)?;
        Ok(Self {
            name: path.file_name().unwrap_or_default().into(),
            length: metadata.len(),
            input: BufReader::with_capacity(BUFFER, HashingReader::new(file)),
            path: shown,
        })
    }

    fn source(&mut self) -> Source<'_, &mut BufReader<HashingReader<File>>> {
        Source { path: &self.path, length: self.length, input: &mut self.input }
    }

    /// What is known about the file once it has been read to its end.
    fn finish(self) -> DataFile {
        let (bytes, sha256) = self.input.into_inner().finish();
        DataFile { name: self.name, bytes, sha256 }
    }
}
