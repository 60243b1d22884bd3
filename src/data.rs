//! The images that are learned: what they are, where they come from, how they are divided and in which order they
//! are fed.
//!
//! Four IDX files ([`Dataset::fashion_mnist`], [`Dataset::open`]) become two [`Samples`], training and test; a
//! [`Split`] divides the training samples into those that train and those that validate; an [`Order`] says in
//! which order each epoch visits the former.

pub mod describe;
mod error;
mod fashion_mnist;
mod files;
mod hash;
mod idx;
mod order;
mod part;
mod pixels;
mod samples;
mod shuffle;
mod split;

use serde::{Deserialize, Serialize};

use std::path::Path;

pub use error::DataError;
pub use hash::sha256_hex;
pub use order::Order;
pub use samples::Samples;
pub use split::Split;

use crate::system::both;
use crate::text::Untrusted;
use part::DataPart;

/// One of the files that a dataset was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Its name, without its folder.
    pub name: Untrusted,
    /// Its length as it is stored, compressed if it is.
    pub bytes: u64,
    /// The SHA-256 of those bytes, as 64 hexadecimal digits.
    pub sha256: String,
}

/// Labelled images for training and for the final test, all of the same size.
#[derive(Debug, PartialEq, Eq)]
pub struct Dataset {
    /// What the data is called on the screen and in the manifest.
    pub name: Untrusted,
    /// A name per class, in the order of the labels.
    pub class_names: Vec<String>,
    /// The samples to train on and to validate with; a [`Split`] holds indices into these.
    pub train: Samples,
    /// The samples that no run sees before its end.
    pub test: Samples,
    /// The files all this was read from; none for generated data.
    pub files: Vec<DataFile>,
}

/// What both parts at once take a thread for.
const READING: &str = "to read the data";

impl Dataset {
    /// Fashion-MNIST (Zalando SE), which is part of the program: 60,000 training and 10,000 test images of 28×28
    /// pixels in 10 classes.
    ///
    /// # Errors
    /// When the system refuses a thread; else none, as long as the program itself is intact.
    pub fn fashion_mnist() -> Result<Self, DataError> {
        let (train, test) =
            both(READING, || DataPart::embedded(&fashion_mnist::TRAIN), || DataPart::embedded(&fashion_mnist::TEST))?;
        let class_names = fashion_mnist::CLASS_NAMES.map(str::to_owned).to_vec();
        Self::join(fashion_mnist::NAME.into(), Some(class_names), train?, test?)
    }

    /// The dataset in the folder `dir`: four IDX files named as MNIST's are, gzipped or plain, of any image size
    /// and up to 256 classes. There are as many classes as the highest training label says; they are named by
    /// their numbers.
    ///
    /// # Errors
    /// When a file is missing, is there twice, cannot be read, is not what its name says, or does not fit the
    /// others. No file, however hostile, makes this allocate much more than the file itself holds.
    pub fn open(dir: &Path) -> Result<Self, DataError> {
        let found = files::find(dir)?;
        let (train, test) = both(READING, || DataPart::open(&found.train), || DataPart::open(&found.test))?;
        Self::join(found.name, None, train?, test?)
    }

    /// How many classes there are: labels go from 0 to one less.
    pub fn classes(&self) -> usize {
        self.class_names.len()
    }

    /// Puts both parts together once they are known to fit each other.
    fn join(
        name: Untrusted,
        class_names: Option<Vec<String>>,
        train: DataPart,
        test: DataPart,
    ) -> Result<Self, DataError> {
        let [train_size, test_size] = [&train, &test].map(|part| (part.samples.height(), part.samples.width()));
        if train_size != test_size {
            return Err(DataError::ImageSizes {
                train_file: train.images_path,
                train: train_size,
                test_file: test.images_path,
                test: test_size,
            });
        }
        let class_names = class_names.unwrap_or_else(|| {
            let highest = train.samples.labels().iter().copied().max().unwrap_or(0);
            (0..=highest).map(|class| class.to_string()).collect()
        });
        for part in [&train, &test] {
            part.check_labels(class_names.len())?;
        }
        let files = train.files.into_iter().chain(test.files).collect();
        Ok(Self { name, class_names, train: train.samples, test: test.samples, files })
    }
}
