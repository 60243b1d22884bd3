//! The tables of a race, as CSV with a header line.
//!
//! Rows are grouped by run, runs in the order of the race, the rows of a run in the order of its steps. A number that
//! is not finite is written `NaN`, `inf` or `-inf`; a value that does not exist is left empty.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::ops::Range;

use csv::Writer;

use crate::race::history::{History, RunEventKind, RunHistory};
use crate::race::measure::{EpochRecord, MEASURES, MeasuredValue, StepRecord, WindowRecord};
use crate::text::shortest;

/// Columns of `steps.csv`: whose step it is, and everything that is measured.
pub const STEP_COLUMNS: [&str; 2 + MEASURES.len()] = {
    let mut columns = ["run"; 2 + MEASURES.len()];
    columns[1] = "optimizer";
    let mut index = 0;
    while index < MEASURES.len() {
        columns[2 + index] = MEASURES[index].name;
        index += 1;
    }
    columns
};

/// Columns of `epochs.csv`.
pub const EPOCH_COLUMNS: [&str; 12] = [
    "run",
    "optimizer",
    "epoch",
    "step",
    "samples",
    "compute_s",
    "wall_s",
    "lr",
    "loss",
    "accuracy",
    "val_loss",
    "val_accuracy",
];

/// Columns of `events.csv`.
pub const EVENT_COLUMNS: [&str; 5] = ["run", "step", "samples", "event", "value"];

/// Writes `steps.csv`: a row per step and run. The columns are those of [`MEASURES`], behind the label of the run and
/// the name of its optimizer. What is measured once a window of 50 steps is at the step that ends it; all its other
/// fields are empty, as is a value that does not exist.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_steps(out: impl Write, history: &History) -> io::Result<()> {
    let mut table = Table::new(out, &STEP_COLUMNS)?;
    for run in &history.runs {
        step_rows(&mut table, run, 0..run.steps.len())?;
    }
    table.finish()
}

/// The rows of some of a run's steps.
pub(super) fn step_rows<W: Write>(table: &mut Table<W>, run: &RunHistory, steps: Range<usize>) -> io::Result<()> {
    let steps = &run.steps[steps];
    let Some(first) = steps.first() else { return Ok(()) };
    let passed = run.windows.partition_point(|window| window.step < first.step);
    let mut windows = run.windows[passed..].iter().peekable();
    for step in steps {
        while windows.next_if(|window| window.step < step.step).is_some() {}
        let window = windows.next_if(|window| window.step == step.step);
        step_row(table, run, step, window)?;
    }
    Ok(())
}

fn step_row<W: Write>(
    table: &mut Table<W>,
    run: &RunHistory,
    step: &StepRecord,
    window: Option<&WindowRecord>,
) -> io::Result<()> {
    table.text(&run.info.label)?;
    table.text(run.info.spec.optimizer.name)?;
    for measure in MEASURES {
        table.value(measure.value(step, window))?;
    }
    table.end_row()
}

/// Writes `epochs.csv`: a row per evaluation and run.
///
/// | column | what it is |
/// |---|---|
/// | `run` | label, unique in the race |
/// | `optimizer` | name of its optimizer, as in a spec |
/// | `epoch` | number of the pass over the training samples, from 1; 0 is the evaluation before training |
/// | `step` | optimizer updates done by its end |
/// | `samples` | training samples seen by its end |
/// | `compute_s` | CPU time of training steps so far, in seconds |
/// | `wall_s` | time since the race began, in seconds |
/// | `lr` | learning rate of the next step |
/// | `loss` | mean over the epoch's samples, in nats, each measured before its update; empty in epoch 0 |
/// | `accuracy` | likewise, 0 to 1; empty in epoch 0 |
/// | `val_loss` | mean cross-entropy over the validation samples, in nats |
/// | `val_accuracy` | share of the validation samples classified correctly, 0 to 1 |
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_epochs(out: impl Write, history: &History) -> io::Result<()> {
    let mut table = Table::new(out, &EPOCH_COLUMNS)?;
    for run in &history.runs {
        epoch_rows(&mut table, run, 0..run.epochs.len())?;
    }
    table.finish()
}

/// The rows of some of a run's evaluations.
pub(super) fn epoch_rows<W: Write>(table: &mut Table<W>, run: &RunHistory, epochs: Range<usize>) -> io::Result<()> {
    run.epochs[epochs].iter().try_for_each(|epoch| epoch_row(table, run, epoch))
}

fn epoch_row<W: Write>(table: &mut Table<W>, run: &RunHistory, epoch: &EpochRecord) -> io::Result<()> {
    table.text(&run.info.label)?;
    table.text(run.info.spec.optimizer.name)?;
    table.whole(epoch.epoch.into())?;
    table.whole(epoch.step.into())?;
    table.whole(epoch.samples)?;
    table.seconds(epoch.compute_s)?;
    table.seconds(epoch.wall_s)?;
    table.float(epoch.lr)?;
    table.float_or_empty(epoch.train.map(|train| train.loss))?;
    table.float_or_empty(epoch.train.map(|train| train.accuracy))?;
    table.float(epoch.val.loss)?;
    table.float(epoch.val.accuracy)?;
    table.end_row()
}

/// Writes `events.csv`: a row for whatever happened to a run.
///
/// | column | what it is |
/// |---|---|
/// | `run` | label, unique in the race |
/// | `step` | updates done by then; of a new rate the first step with it, of a divergence the step it happened in |
/// | `samples` | training samples seen by then |
/// | `event` | `restarted` `lr` `lr_scale` `paused` `resumed` `extended` `diverged` `failed` `finished` `stopped` |
/// | `value` | see below |
///
/// | event | its value |
/// |---|---|
/// | `restarted` | of a run that was begun again by itself: steps it had done before, which are not kept |
/// | `lr` | the new learning rate |
/// | `lr_scale` | after the `lr` of a run with a schedule: what the schedule is multiplied by from that step on |
/// | `extended` | epochs planned from then on |
/// | `failed` | why |
///
/// `lr_scale` is the new rate ÷ the scheduled one, or ÷ the spec's lr where that is 0.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_events(out: impl Write, history: &History) -> io::Result<()> {
    let mut table = Table::new(out, &EVENT_COLUMNS)?;
    for run in &history.runs {
        event_rows(&mut table, run, 0..run.events.len())?;
    }
    table.finish()
}

/// The rows of some of what happened to a run.
pub(super) fn event_rows<W: Write>(table: &mut Table<W>, run: &RunHistory, marks: Range<usize>) -> io::Result<()> {
    run.events[marks].iter().try_for_each(|mark| {
        let (event, value) = event_and_value(&mark.kind);
        table.text(&run.info.label)?;
        table.whole(mark.step.into())?;
        table.whole(mark.samples)?;
        table.text(event)?;
        table.text(&value)?;
        table.end_row()
    })
}

fn event_and_value(kind: &RunEventKind) -> (&'static str, String) {
    match kind {
        RunEventKind::Restarted(step) => ("restarted", step.to_string()),
        RunEventKind::Lr(lr) => ("lr", shortest(*lr)),
        RunEventKind::LrScale(factor) => ("lr_scale", shortest(*factor)),
        RunEventKind::Paused => ("paused", String::new()),
        RunEventKind::Resumed => ("resumed", String::new()),
        RunEventKind::Diverged(why) => ("diverged", why.as_ref().map(|why| why.raw().to_owned()).unwrap_or_default()),
        RunEventKind::Failed(message) => ("failed", message.raw().to_owned()),
        RunEventKind::Extended(epochs) => ("extended", epochs.to_string()),
        RunEventKind::Finished => ("finished", String::new()),
        RunEventKind::Stopped => ("stopped", String::new()),
    }
}

/// What kept a row from being written: the operating system's own error, so that a closed pipe is known as one.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A CSV table being written, field by field.
pub(crate) struct Table<W: Write> {
    writer: Writer<W>,
    /// Text of the field being written: kept, as there are millions of them.
    field: String,
}

impl<W: Write> Table<W> {
    /// A table that begins with its header.
    pub(crate) fn new(out: W, columns: &[&str]) -> io::Result<Self> {
        let mut table = Self::more(out);
        table.writer.write_record(columns).map_err(cause)?;
        Ok(table)
    }

    /// More rows of a table that was begun before.
    pub(super) fn more(out: W) -> Self {
        Self { writer: Writer::from_writer(out), field: String::new() }
    }

    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_field(text).map_err(cause)
    }

    fn formatted(&mut self, value: fmt::Arguments<'_>) -> io::Result<()> {
        self.field.clear();
        self.field.write_fmt(value).map_err(io::Error::other)?;
        self.writer.write_field(&self.field).map_err(cause)
    }

    pub(crate) fn whole(&mut self, value: u64) -> io::Result<()> {
        self.formatted(format_args!("{value}"))
    }

    /// To the microsecond.
    fn seconds(&mut self, value: f64) -> io::Result<()> {
        self.formatted(format_args!("{value:.6}"))
    }

    /// In the fewest digits that read back as the same `f32`.
    fn float(&mut self, value: f32) -> io::Result<()> {
        self.formatted(format_args!("{value:?}"))
    }

    /// In the fewest digits that read back as the same `f64`.
    pub(crate) fn double(&mut self, value: f64) -> io::Result<()> {
        self.formatted(format_args!("{value:?}"))
    }

    fn value(&mut self, value: Option<MeasuredValue>) -> io::Result<()> {
        match value {
            Some(MeasuredValue::Whole(whole)) => self.whole(whole),
            Some(MeasuredValue::Seconds(seconds)) => self.seconds(seconds),
            Some(MeasuredValue::Number(number)) => self.float(number),
            Some(MeasuredValue::Maybe(number)) => self.float_or_empty(Some(number).filter(|number| !number.is_nan())),
            None => self.text(""),
        }
    }

    fn float_or_empty(&mut self, value: Option<f32>) -> io::Result<()> {
        match value {
            Some(value) => self.float(value),
            None => self.text(""),
        }
    }

    pub(crate) fn end_row(&mut self) -> io::Result<()> {
        self.writer.write_record(None::<&[u8]>).map_err(cause)
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
