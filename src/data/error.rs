//! What can be wrong with data.

use std::io;

use thiserror::Error;

use crate::system::NoThread;
use crate::text::{Bytes, Untrusted};

/// Why data could not be had, or not be divided as asked.
#[derive(Debug, Error)]
pub enum DataError {
    /// The system refuses a thread.
    #[error(transparent)]
    Thread(#[from] NoThread),
    /// There is not enough memory for the samples.
    #[error("the samples of `{file}` need about {needed} of memory and {free} are free; allow more (ulimit -v, -d)")]
    Memory {
        /// The file of the images.
        file: Untrusted,
        /// What they need.
        needed: Bytes,
        /// What is there.
        free: Bytes,
    },
    /// The folder cannot be listed.
    #[error(
        "cannot read the data folder `{folder}`: {source}; give a folder that holds four IDX files named as MNIST's are"
    )]
    Folder {
        /// The folder as it was given.
        folder: Untrusted,
        /// Why not.
        source: io::Error,
    },
    /// One of the four files is not in the folder.
    #[error("`{folder}` holds no {content}: looked for {looked_for}, also with a prefix such as `emnist-letters-`")]
    Missing {
        /// The folder that was searched.
        folder: Untrusted,
        /// What the file would hold.
        content: &'static str,
        /// The names that would have been accepted.
        looked_for: String,
    },
    /// More than one file could be meant.
    #[error("`{folder}` holds more than one file of {content}: {candidates}; leave only one of them there")]
    Ambiguous {
        /// The folder that was searched.
        folder: Untrusted,
        /// What the files should hold.
        content: &'static str,
        /// The names of the files, the first few when there are many.
        candidates: Untrusted,
    },
    /// The four files do not belong together.
    #[error("`{folder}` mixes files of different datasets: {files}; leave four whose names begin alike")]
    Mixed {
        /// The folder that was searched.
        folder: Untrusted,
        /// The names of the four files.
        files: Untrusted,
    },
    /// Reading could block, or never end.
    #[error("`{file}` is {kind}; it must be a regular file")]
    NotRegular {
        /// The file.
        file: Untrusted,
        /// What it is instead.
        kind: &'static str,
    },
    /// The operating system refused.
    #[error("cannot read `{file}`: {source}; it must be a readable file")]
    Io {
        /// The file.
        file: Untrusted,
        /// Why not.
        source: io::Error,
    },
    /// The compressed data contradicts itself.
    #[error("`{file}` is corrupt gzip data ({source}); fetch it anew")]
    Gzip {
        /// The file.
        file: Untrusted,
        /// What the decoder says.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("`{file}` starts with the bytes {found}, but IDX {content} start with {wanted}")]
    Magic {
        /// The file.
        file: Untrusted,
        /// What it should hold.
        content: &'static str,
        /// Its first four bytes.
        found: String,
        /// What they should be.
        wanted: String,
    },
    /// The file ends inside its header.
    #[error("`{file}` is truncated: it ends after {found} bytes, but the header alone takes {wanted}")]
    TruncatedHeader {
        /// The file.
        file: Untrusted,
        /// How long the file is, decompressed, in bytes.
        found: u64,
        /// How long the header is, in bytes.
        wanted: u64,
    },
    /// The file ends before what its header promises.
    #[error("`{file}` is truncated: {found} bytes follow its header, which promises {wanted} ({promise})")]
    Truncated {
        /// The file.
        file: Untrusted,
        /// How much follows the header, decompressed, in bytes.
        found: u64,
        /// How much should follow it, in bytes.
        wanted: u64,
        /// What the header says is there.
        promise: String,
    },
    /// All samples are there, but what should prove them right is not.
    #[error(
        "`{file}` does not end as gzip data should ({source}): it is damaged, cut off or followed by stray bytes; \
         fetch it anew"
    )]
    GzipEnd {
        /// The file.
        file: Untrusted,
        /// What the decoder says.
        source: io::Error,
    },
    /// The file goes on after what its header promises.
    #[error("`{file}` has trailing bytes: it goes on after the {wanted} bytes that its header promises ({promise})")]
    Trailing {
        /// The file.
        file: Untrusted,
        /// How much should follow the header, in bytes.
        wanted: u64,
        /// What the header says is there.
        promise: String,
    },
    /// The header promises more than is ever read.
    #[error("the header of `{file}` promises {promise}; at most {limit} bytes are read from a file")]
    TooLarge {
        /// The file.
        file: Untrusted,
        /// What the header says is there.
        promise: String,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// The header promises nothing.
    #[error("the header of `{file}` promises {promise}; there must be at least one sample of at least one pixel")]
    Empty {
        /// The file.
        file: Untrusted,
        /// What the header says is there.
        promise: String,
    },
    /// Not every image has its label.
    #[error(
        "`{images_file}` holds {images} images, but `{labels_file}` holds {labels} labels; there must be one per image"
    )]
    Counts {
        /// The file of the images.
        images_file: Untrusted,
        /// How many there are.
        images: u32,
        /// The file of the labels.
        labels_file: Untrusted,
        /// How many there are.
        labels: u32,
    },
    /// A network that learns from one size cannot be tested on another.
    #[error(
        "the images of `{train_file}` are {}×{}, those of `{test_file}` {}×{}; they must be of one size",
        .train.0, .train.1, .test.0, .test.1
    )]
    ImageSizes {
        /// The file of the training images.
        train_file: Untrusted,
        /// Their height and width, in pixels.
        train: (usize, usize),
        /// The file of the test images.
        test_file: Untrusted,
        /// Their height and width, in pixels.
        test: (usize, usize),
    },
    /// A sample belongs to a class that training never shows.
    #[error(
        "`{file}`: the label of sample {index} (counted from 0) is {label}, over the class count: the training \
         labels make {classes} classes, 0 to {}",
        .classes - 1
    )]
    Label {
        /// The file.
        file: Untrusted,
        /// Which sample, from 0.
        index: usize,
        /// Its label.
        label: u8,
        /// How many classes there are; at least one.
        classes: usize,
    },
    /// Generated samples do not add up.
    #[error(
        "{pixels} pixels cannot be {labels} images of {height}×{width}; there must be at least one image, and \
         labels × height × width pixels"
    )]
    Samples {
        /// How many pixels there are in all.
        pixels: usize,
        /// How many labels there are.
        labels: usize,
        /// The height of an image, in pixels.
        height: usize,
        /// The width of an image, in pixels.
        width: usize,
    },
    /// Not a part of anything.
    #[error("a validation fraction of {fraction} is impossible; it must be over 0 and under 1")]
    Fraction {
        /// The fraction asked for.
        fraction: f64,
    },
    /// Nothing would be left to train on.
    #[error(
        "a validation fraction of {fraction} takes {val} of {samples} samples and leaves none to train on; give a \
         smaller fraction or more samples"
    )]
    NoneLeft {
        /// The fraction asked for.
        fraction: f64,
        /// How many samples would validate.
        val: usize,
        /// How many samples there are.
        samples: usize,
    },
    /// Indices are 32 bits wide.
    #[error("{samples} samples are too many to divide; at most {} can be", u32::MAX)]
    TooMany {
        /// How many samples there are.
        samples: usize,
    },
}
