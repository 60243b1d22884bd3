//! `manifest.json`: what was computed from what, on which machine, and how it ended.

use std::io::{self, Write};
use std::time::SystemTime;

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::machine::Machine;
use super::{Ended, Report};
use crate::data::DataFile;
use crate::optim::Label;
use crate::race::history::{RunEventKind, RunHistory, RunState};
use crate::race::measure::Score;
use crate::race::settings::Settings;
use crate::system::time_zone;
use crate::text::{Untrusted, write_json};

/// What `manifest.json` says. Numbers that are not finite are `null`, as JSON has none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `optirace`.
    pub program: Untrusted,
    /// Its version.
    pub version: Untrusted,
    /// When the race began: RFC 3339, local time with its offset; `null` before it did.
    #[serde(default)]
    pub started: Option<Untrusted>,
    /// When this was written, likewise.
    pub written: Untrusted,
    /// Why the race ended, or that it had not.
    pub ended: Ended,
    /// SHA-256 of the initial weights that all runs shared, in hexadecimal; `null` before they were made.
    pub weights_sha256: Option<Untrusted>,
    /// SHA-256 of the order of samples in the first epoch that all runs shared, in hexadecimal.
    pub order_sha256: Option<Untrusted>,
    /// Everything that decides what was computed.
    pub settings: SettingsEntry,
    /// The network of every run.
    pub network: NetworkEntry,
    /// What was trained on.
    pub data: DataEntry,
    /// Where it ran.
    pub machine: Machine,
    /// Each run, in the order of the race.
    pub runs: Vec<RunEntry>,
}

/// Everything that decides what a race computes, and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SettingsEntry {
    /// What was asked for in the beginning, every default written out.
    #[serde(flatten)]
    pub asked: Settings,
    /// Epochs planned in the end.
    pub epochs_planned: u32,
    /// Seed of the split.
    pub split_seed: u32,
    /// Share of the training samples that validates.
    pub val_fraction: f64,
    /// How often the race was begun again; what was measured before is not kept.
    pub restarts: u32,
    /// The file that holds the changes of learning rate, where a person made any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lr_changed_in: Option<Untrusted>,
}

/// The network of every run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NetworkEntry {
    /// Its layers, in short.
    pub layers: Untrusted,
    /// Weights and biases of all layers.
    pub parameters: usize,
}

/// What was trained on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DataEntry {
    /// Name of the data set.
    pub name: Untrusted,
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// What each label stands for.
    pub class_names: Vec<Untrusted>,
    /// Samples trained on.
    pub train_samples: usize,
    /// Samples that validate.
    pub val_samples: usize,
    /// Samples that test.
    pub test_samples: usize,
    /// The files it was read from.
    pub files: Vec<DataFile>,
}

/// A run and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunEntry {
    /// Its name, unique in the race.
    pub label: Label,
    /// Name of its optimizer.
    pub optimizer: Untrusted,
    /// The optimizer, every default written out.
    pub spec: Untrusted,
    /// Samples of a whole minibatch.
    pub batch_size: usize,
    /// `preparing`, `running`, `paused`, `finished`, `diverged`, `failed` or `stopped`.
    pub state: Untrusted,
    /// The step in which a number was no longer finite.
    pub diverged_at_step: Option<u32>,
    /// Why it failed.
    pub failure: Option<Untrusted>,
    /// How often it was begun again by itself; what was measured of it before is not kept.
    #[serde(default)]
    pub restarts: u32,
    /// Steps done.
    pub steps: u64,
    /// Gradients of a minibatch taken: one a step, or two.
    #[serde(default)]
    pub gradients: u64,
    /// Where validation, test, distance from the first weights, snapshots are taken: at the `parameters`, or at an
    /// average of them that the optimizer keeps: `x`, `slow` weights, `ema`.
    #[serde(default)]
    pub evaluated_at: Untrusted,
    /// Epochs done.
    pub epochs: u32,
    /// Training samples seen.
    pub samples: u64,
    /// CPU time of its training steps, in seconds.
    pub compute_s: f64,
    /// Whether it was slowed down meanwhile, which may cost CPU time: caches grow cold.
    #[serde(default)]
    pub throttled: bool,
    /// Learning rate its next step would have.
    pub lr: f64,
    /// The last evaluation on the validation samples.
    pub val: Option<Score>,
    /// The evaluation with the lowest validation loss.
    pub best_val: Option<BestEntry>,
    /// Evaluation on the test samples, of a run that did all its epochs.
    pub test: Option<Score>,
    /// SHA-256 of its initial weights, in hexadecimal.
    pub weights_sha256: Option<Untrusted>,
    /// SHA-256 of its order of samples in the first epoch, in hexadecimal.
    pub order_sha256: Option<Untrusted>,
}

/// The best evaluation of a run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct BestEntry {
    /// The epoch it ended.
    pub epoch: u32,
    /// What it was.
    #[serde(flatten)]
    pub score: Score,
}

impl Manifest {
    /// The manifest of a race, written now.
    pub fn new(report: &Report<'_>) -> Self {
        let runs: Vec<RunEntry> = report.history.runs.iter().map(RunEntry::new).collect();
        Self {
            program: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            started: report.history.runs.iter().filter_map(|run| run.began).min().and_then(local_time),
            written: rfc3339(&now()),
            ended: report.ended,
            weights_sha256: shared(runs.iter().map(|run| run.weights_sha256.as_ref())),
            order_sha256: shared(runs.iter().map(|run| run.order_sha256.as_ref())),
            settings: SettingsEntry::new(report),
            network: NetworkEntry {
                layers: report.setup.architecture.to_string().into(),
                parameters: report.setup.architecture.parameters(),
            },
            data: DataEntry::new(report),
            machine: Machine::this(),
            runs,
        }
    }

    /// Writes it as JSON, indented, with a newline at its end.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        write_json(out, self, true)
    }
}

fn rfc3339(time: &Zoned) -> Untrusted {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string().into()
}

/// The time, in this machine's zone.
pub(super) fn now() -> Zoned {
    Timestamp::now().to_zoned(time_zone())
}

/// A time in this machine's zone; none if its clock is off by millennia.
fn local_time(time: SystemTime) -> Option<Untrusted> {
    Timestamp::try_from(time).ok().map(|time| rfc3339(&time.to_zoned(time_zone())))
}

/// The hash that all runs have that have one at all.
fn shared<'a>(hashes: impl Iterator<Item = Option<&'a Untrusted>>) -> Option<Untrusted> {
    let mut known = hashes.flatten();
    let first = known.next()?;
    known.all(|hash| hash == first).then(|| first.clone())
}

impl SettingsEntry {
    fn new(report: &Report<'_>) -> Self {
        let mut events = report.history.runs.iter().flat_map(|run| &run.events);
        let lr_changed = events.any(|event| matches!(event.kind, RunEventKind::Lr(_)));
        Self {
            lr_changed_in: lr_changed.then(|| "events.csv".into()),
            asked: report.setup.settings.clone(),
            epochs_planned: report.history.epochs,
            split_seed: report.setup.data.split_seed,
            val_fraction: report.setup.data.val_fraction,
            restarts: report.history.generation,
        }
    }
}

impl DataEntry {
    fn new(report: &Report<'_>) -> Self {
        let (dataset, split) = (&report.setup.data.dataset, &report.setup.data.split);
        Self {
            name: dataset.name.clone(),
            height: dataset.train.height(),
            width: dataset.train.width(),
            class_names: dataset.class_names.iter().map(Untrusted::from).collect(),
            train_samples: split.train.len(),
            val_samples: split.val.len(),
            test_samples: dataset.test.len(),
            files: dataset.files.clone(),
        }
    }
}

impl RunEntry {
    fn new(run: &RunHistory) -> Self {
        let (diverged_at_step, failure) = match &run.state {
            RunState::Diverged { step, .. } => (Some(*step), None),
            RunState::Failed { message } => (None, Some(message.clone())),
            _ => (None, None),
        };
        Self {
            label: run.info.label.clone(),
            optimizer: run.info.spec.optimizer.name.into(),
            spec: run.info.spec.to_string().into(),
            batch_size: run.info.batch_size,
            state: run.state.name().into(),
            diverged_at_step,
            failure,
            restarts: run.restarts,
            steps: run.steps.len() as u64,
            gradients: run.gradients(),
            evaluated_at: run.info.spec.evaluated_at().into(),
            epochs: run.epochs.last().map_or(0, |epoch| epoch.epoch),
            samples: run.samples(),
            compute_s: run.compute_s(),
            throttled: run.is_throttled,
            lr: run.lr,
            val: run.epochs.last().map(|epoch| epoch.val),
            best_val: run.best_val().map(|epoch| BestEntry { epoch: epoch.epoch, score: epoch.val }),
            test: run.test,
            weights_sha256: run.weights_sha256.clone(),
            order_sha256: run.order_sha256.clone(),
        }
    }
}
