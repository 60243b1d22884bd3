//! A race that was written into a folder, read back as what happened in it: the same events, applied to a history, give
//! the same table and curves. What files do not hold, weights and paths, is not there.

use ::csv::StringRecord;
use serde::Deserialize;

use super::FILES;
use super::csv::{EPOCH_COLUMNS, EVENT_COLUMNS, STEP_COLUMNS};
use super::manifest::RunEntry;
use super::saved_race::{SavedRace, SavedRaceError};
use crate::race::measure::{EffectiveLr, EpochRecord, Score, StepRecord, Window, WindowRecord};
use crate::race::protocol::{Event, EventKind, RunIndex};
use crate::race::settings::RunInfo;
use crate::text::Untrusted;

/// A race as its files tell it.
#[derive(Debug, Clone)]
pub struct RecordedRace {
    /// What is known of its runs.
    pub runs: Vec<RunInfo>,
    /// What happened in them, run by run.
    pub events: Vec<Event>,
}

/// A row of `steps.csv` behind run and optimizer, in the order of its columns.
#[derive(Deserialize)]
struct StepRow {
    step: u32,
    epoch: u32,
    samples: u64,
    compute_s: f64,
    lr: f32,
    loss: f32,
    accuracy: f32,
    grad_norm: f32,
    update_norm: f32,
    update_cosine: Option<f32>,
    straightness: Option<f32>,
    distance: Option<f32>,
    gradient_cosine: Option<f32>,
    roughness: Option<f32>,
    turn: Option<f32>,
    effective_lr_p10: Option<f32>,
    effective_lr_p50: Option<f32>,
    effective_lr_p90: Option<f32>,
    effective_lr_still: Option<u32>,
}

/// A row of `epochs.csv` behind run and optimizer, in the order of its columns.
#[derive(Deserialize)]
struct EpochRow {
    epoch: u32,
    step: u32,
    samples: u64,
    compute_s: f64,
    wall_s: f64,
    lr: f32,
    loss: Option<f32>,
    accuracy: Option<f32>,
    val_loss: f32,
    val_accuracy: f32,
}

/// A row of `events.csv` behind the run, in the order of its columns.
#[derive(Deserialize)]
struct EventRow {
    step: u32,
    samples: u64,
    event: String,
    value: String,
}

impl StepRow {
    fn record(&self) -> StepRecord {
        StepRecord {
            samples: self.samples,
            compute_s: self.compute_s,
            step: self.step,
            epoch: self.epoch,
            lr: self.lr,
            loss: self.loss,
            accuracy: self.accuracy,
            grad_norm: self.grad_norm,
            update_norm: self.update_norm,
            update_cosine: self.update_cosine.unwrap_or(f32::NAN),
        }
    }

    /// The window that its step ends, if it does. The rates of single layers are not in the files.
    fn window(&self) -> Option<Window> {
        let or_none = |value: Option<f32>| value.unwrap_or(f32::NAN);
        let record = WindowRecord {
            step: self.step,
            straightness: self.straightness?,
            distance: or_none(self.distance),
            gradient_cosine: or_none(self.gradient_cosine),
            roughness: or_none(self.roughness),
            turn: or_none(self.turn),
            effective_lr: EffectiveLr {
                p10: or_none(self.effective_lr_p10),
                p50: or_none(self.effective_lr_p50),
                p90: or_none(self.effective_lr_p90),
                still: self.effective_lr_still.unwrap_or(0),
            },
        };
        Some(Window { record, layers: [].into() })
    }
}

impl EpochRow {
    fn record(&self) -> EpochRecord {
        let train = self.loss.zip(self.accuracy).map(|(loss, accuracy)| Score { loss, accuracy });
        EpochRecord {
            epoch: self.epoch,
            step: self.step,
            samples: self.samples,
            compute_s: self.compute_s,
            wall_s: self.wall_s,
            lr: self.lr,
            train,
            val: Score { loss: self.val_loss, accuracy: self.val_accuracy },
        }
    }
}

/// What the files hold of a run.
#[derive(Default)]
struct RunRows {
    steps: Vec<StepRecord>,
    windows: Vec<Window>,
    epochs: Vec<EpochRecord>,
    events: Vec<EventKind>,
}

impl RunRows {
    /// Takes a step, which has to be the next.
    fn take_step(&mut self, row: &StepRow) -> Result<(), String> {
        let (step, samples) = self.steps.last().map_or((0, 0), |last| (last.step, last.samples));
        if u64::from(row.step) != u64::from(step) + 1 || row.samples <= samples {
            let (after, now) = (row.step, row.samples);
            return Err(format!("step {after} at {now} samples does not follow step {step} at {samples} samples"));
        }
        self.steps.push(row.record());
        self.windows.extend(row.window());
        Ok(())
    }

    fn take_epoch(&mut self, row: &EpochRow) -> Result<(), String> {
        let next = self.epochs.last().map_or(0, |last| last.epoch.saturating_add(1));
        if row.epoch != next {
            return Err(format!("epoch {} comes where epoch {next} is due", row.epoch));
        }
        self.epochs.push(row.record());
        Ok(())
    }

    fn take_event(&mut self, EventRow { step, samples, event, value }: EventRow, run: &RunEntry) -> Result<(), String> {
        let number = || value.parse().map_err(|_| format!("`{value}` is no value of `{event}`; it has to be a number"));
        let whole =
            || value.parse().map_err(|_| format!("`{value}` is no value of `{event}`; it has to be a whole number"));
        let kind = match event.as_str() {
            "restarted" => EventKind::Restarted { step: whole()? },
            "lr" => {
                let lr = number()?;
                EventKind::LrChanged { step, samples, lr, scale: 1.0, next_lr: lr }
            }
            "lr_scale" => {
                if let Some(EventKind::LrChanged { scale, .. }) = self.events.last_mut() {
                    *scale = number()?;
                }
                return Ok(());
            }
            "paused" => EventKind::Paused { step, samples },
            "resumed" => EventKind::Resumed { step, samples },
            "extended" => EventKind::Extended { step, samples, epochs: whole()? },
            "diverged" => EventKind::Diverged { step, samples, why: (!value.is_empty()).then(|| value.into()) },
            "failed" => EventKind::Failed { message: value.into() },
            "stopped" => EventKind::Stopped { step, samples },
            "finished" => {
                let unknown = Score { loss: f32::NAN, accuracy: f32::NAN };
                EventKind::Finished { step, samples, test: run.test.unwrap_or(unknown) }
            }
            _ => return Err(format!("no event is called `{event}`")),
        };
        self.events.push(kind);
        Ok(())
    }

    /// All that happened to the run, in an order in which a history takes it in.
    fn happened(self, entry: &RunEntry) -> Vec<EventKind> {
        let is_restart = |kind: &EventKind| matches!(kind, EventKind::Restarted { .. });
        let (restarts, mut others): (Vec<_>, Vec<_>) = self.events.into_iter().partition(is_restart);
        let (step, samples) = self.steps.last().map_or((0, 0), |last| (last.step, last.samples));
        let is_end = |kind: &mut EventKind| {
            use EventKind::{Diverged, Failed, Finished, Stopped};
            matches!(kind, Diverged { .. } | Failed { .. } | Finished { .. } | Stopped { .. })
        };
        // A race that was left, or cut off, trains no further.
        let end = others.pop_if(is_end).unwrap_or(EventKind::Stopped { step, samples });
        let mut all = restarts;
        if let (Some(weights), Some(order)) = (&entry.weights_sha256, &entry.order_sha256) {
            let (weights_sha256, order_sha256) = (weights.clone(), order.clone());
            all.push(EventKind::Started { began: std::time::UNIX_EPOCH, weights_sha256, order_sha256 });
        }
        all.extend(self.epochs.into_iter().map(EventKind::Epoch));
        all.extend(others);
        // After all changes of the learning rate: what it is now.
        let (steps, windows) = (self.steps, self.windows);
        all.push(EventKind::Progress { steps, windows, sketches: Vec::new(), next_lr: entry.lr });
        all.extend(entry.throttled.then_some(EventKind::Throttled));
        all.push(end);
        all
    }
}

impl SavedRace {
    /// What happened in the race, as its tables tell it.
    ///
    /// # Errors
    /// When a table cannot be read, or says something that cannot be; the error names file and line.
    pub fn recorded(&self) -> Result<RecordedRace, SavedRaceError> {
        let [steps, epochs, events, manifest] = FILES;
        let wrong = |what: String| SavedRaceError::Manifest { path: self.file(manifest), what: what.into() };
        let told = &self.manifest;
        let runs = told.settings.asked.run_infos(told.data.train_samples).map_err(|error| wrong(error.to_string()))?;
        if !runs.iter().map(|run| &run.label).eq(told.runs.iter().map(|run| &run.label)) {
            return Err(wrong("its runs are not those of its settings".to_owned()));
        }
        let mut rows: Vec<RunRows> = runs.iter().map(|_| RunRows::default()).collect();
        let mut last = 0;
        let mut run_of = |label: &str| -> Result<RunIndex, String> {
            if runs[last].label.as_str() != label {
                last = runs
                    .iter()
                    .position(|run| run.label.as_str() == label)
                    .ok_or_else(|| format!("the manifest knows no run called `{}`", Untrusted::from(label)))?;
            }
            Ok(last)
        };
        self.for_each_row(steps, &STEP_COLUMNS, |row| {
            let (label, _, step): (&str, &str, StepRow) = parsed(row)?;
            rows[run_of(label)?].take_step(&step)
        })?;
        self.for_each_row(epochs, &EPOCH_COLUMNS, |row| {
            let (label, _, epoch): (&str, &str, EpochRow) = parsed(row)?;
            rows[run_of(label)?].take_epoch(&epoch)
        })?;
        self.for_each_row(events, &EVENT_COLUMNS, |row| {
            let (label, event): (&str, EventRow) = parsed(row)?;
            let run = run_of(label)?;
            rows[run].take_event(event, &told.runs[run])
        })?;
        let of_one = |((run, rows), entry): ((usize, RunRows), &RunEntry)| {
            rows.happened(entry).into_iter().map(move |kind| Event { run, generation: 0, kind }).collect::<Vec<_>>()
        };
        let events = rows.into_iter().enumerate().zip(&told.runs).flat_map(of_one).collect();
        Ok(RecordedRace { runs, events })
    }
}

/// The fields of a row, in their order.
fn parsed<'row, T: Deserialize<'row>>(row: &'row StringRecord) -> Result<T, String> {
    row.deserialize(None).map_err(|error| error.to_string())
}
