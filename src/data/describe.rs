//! What a dataset holds, written for a person ([`Description::write_text`]) or a program ([`Description::write_json`]).

mod picture;
mod text;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::{DataError, DataFile, Dataset, Samples, Split};
use crate::text::{Untrusted, write_json};
use picture::Picture;

/// How many pictures are shown, each of another class.
const PICTURES: usize = 10;

/// Sizes, classes, hashes and a few pictures of a dataset, and how it is divided.
#[derive(Debug, Clone, Serialize)]
pub struct Description {
    /// The samples that train.
    pub train: PartDescription,
    /// The samples that validate.
    pub val: PartDescription,
    /// The samples of the final test.
    pub test: PartDescription,
    /// The SHA-256 of each file by its name, as 64 hexadecimal digits.
    pub sha256: BTreeMap<Untrusted, String>,
    /// What the data is called.
    pub name: Untrusted,
    /// The height of every image, in pixels.
    pub height: usize,
    /// The width of every image, in pixels.
    pub width: usize,
    /// How many classes there are.
    pub classes: usize,
    /// A name per class.
    pub class_names: Vec<String>,
    /// How training and validation were separated.
    pub split: SplitDescription,
    #[serde(skip)]
    files: Vec<DataFile>,
    #[serde(skip)]
    pictures: Vec<Picture>,
}

/// One part of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartDescription {
    /// How many samples there are.
    pub samples: usize,
    /// How many there are of each class.
    pub class_counts: Vec<usize>,
}

/// How the samples that train and those that validate were separated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitDescription {
    /// The seed of the permutation.
    pub seed: u32,
    /// The part that validates, over 0 and under 1.
    pub val_fraction: f64,
    /// [`Split::sha256`].
    pub sha256: String,
}

impl Description {
    /// Describes `data` as [`Split::new`] with `split_seed` and `val_fraction` divides it.
    ///
    /// # Errors
    /// Those of [`Split::new`].
    pub fn new(data: &Dataset, split_seed: u32, val_fraction: f64) -> Result<Self, DataError> {
        let split = Split::new(data.train.len(), val_fraction, split_seed)?;
        let classes = data.classes();
        Ok(Self {
            train: PartDescription::of_indices(&data.train, &split.train, classes),
            val: PartDescription::of_indices(&data.train, &split.val, classes),
            test: PartDescription::of_labels(data.test.labels().iter().copied(), classes),
            sha256: data.files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect(),
            name: data.name.clone(),
            height: data.train.height(),
            width: data.train.width(),
            classes,
            class_names: data.class_names.clone(),
            split: SplitDescription { seed: split_seed, val_fraction, sha256: split.sha256() },
            files: data.files.clone(),
            pictures: first_of_each_class(data),
        })
    }

    /// Writes tables, hashes and pictures for a terminal of `columns` columns, of which 80 are enough; the pictures
    /// in 256-colour greys and half blocks when `color`, else in plain characters.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, out: &mut impl io::Write, color: bool, columns: usize) -> io::Result<()> {
        text::write(self, out, color, columns)
    }

    /// Writes a JSON object of everything but the pictures, on one line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_json(&self, out: &mut impl io::Write) -> io::Result<()> {
        write_json(out, self, false)
    }
}

impl PartDescription {
    fn of_indices(samples: &Samples, indices: &[u32], classes: usize) -> Self {
        Self::of_labels(indices.iter().map(|&i| samples.label(i as usize)), classes)
    }

    fn of_labels(labels: impl ExactSizeIterator<Item = u8>, classes: usize) -> Self {
        let samples = labels.len();
        let mut class_counts = vec![0; classes];
        for label in labels {
            class_counts[usize::from(label)] += 1;
        }
        Self { samples, class_counts }
    }
}

/// The first training sample of each class that has one, as many as are shown.
fn first_of_each_class(data: &Dataset) -> Vec<Picture> {
    let labels = data.train.labels();
    let found = (0..data.classes())
        .filter_map(|class| Some((class, labels.iter().position(|&label| usize::from(label) == class)?)));
    found
        .take(PICTURES)
        .map(|(class, i)| {
            Picture::new(data.class_names[class].clone(), data.train.image(i), data.train.height(), data.train.width())
        })
        .collect()
}
