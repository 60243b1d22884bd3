//! What is known of a race before it begins, and does not change.

use serde::{Serialize, Serializer};

use crate::nn::{Activation, Architecture};
use crate::race::settings::RaceSetup;
use crate::record::manifest::Manifest;
use crate::text::Untrusted;

/// What is known of a race before it begins, and does not change.
#[derive(Debug, Clone, Serialize)]
pub struct RaceInfo {
    /// Name of the data.
    pub dataset: Untrusted,
    /// Samples that are trained on.
    pub training_samples: u64,
    /// Samples that validate.
    pub validation_samples: u64,
    /// Samples that test.
    pub test_samples: u64,
    /// The network that every run trains.
    #[serde(serialize_with = "as_text")]
    pub architecture: Architecture,
    /// The loss of guessing by the shares of the classes, in nats: see
    /// [`guessing_loss`](crate::race::RaceData::guessing_loss).
    pub guessing_loss: f64,
    /// The minibatch of every run whose spec names none, in words.
    pub batch: String,
    /// Seed of the initial weights and of the order of samples.
    pub seed: u64,
    /// Epochs planned at the beginning.
    pub epochs: u32,
    /// Runs that may compute at the same time.
    pub threads: usize,
}

impl RaceInfo {
    /// Where there is no race.
    pub fn of_no_race() -> Self {
        let architecture =
            Architecture { height: 0, width: 0, hidden: Vec::new(), activation: Activation::Relu, classes: 0 };
        Self {
            dataset: Untrusted::default(),
            training_samples: 0,
            validation_samples: 0,
            test_samples: 0,
            architecture,
            guessing_loss: 0.0,
            batch: String::new(),
            seed: 0,
            epochs: 0,
            threads: 0,
        }
    }

    /// What the files of a race say.
    pub fn of_saved(manifest: &Manifest) -> Self {
        let (asked, data) = (&manifest.settings.asked, &manifest.data);
        Self {
            dataset: data.name.clone(),
            training_samples: data.train_samples as u64,
            validation_samples: data.val_samples as u64,
            test_samples: data.test_samples as u64,
            architecture: Architecture {
                height: data.height,
                width: data.width,
                hidden: asked.hidden.clone(),
                activation: asked.activation,
                classes: data.class_names.len(),
            },
            // The files do not hold the shares of the classes: that of equal ones, which is the largest there is.
            guessing_loss: (data.class_names.len() as f64).ln(),
            batch: asked.batch_size.to_string(),
            seed: asked.seed,
            epochs: manifest.settings.epochs_planned,
            threads: asked.threads.get(),
        }
    }

    /// What the screen says of a race.
    pub fn new(setup: &RaceSetup) -> Self {
        let RaceSetup { settings, data, architecture } = setup;
        Self {
            dataset: data.dataset.name.clone(),
            training_samples: data.split.train.len() as u64,
            validation_samples: data.split.val.len() as u64,
            test_samples: data.dataset.test.len() as u64,
            architecture: architecture.clone(),
            guessing_loss: data.guessing_loss(),
            batch: settings.batch_size.to_string(),
            seed: settings.seed,
            epochs: settings.epochs,
            threads: settings.threads.get(),
        }
    }
}

fn as_text<S: Serializer>(architecture: &Architecture, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(architecture)
}
