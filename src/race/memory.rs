//! How much memory a race needs, said before it takes any.

use std::fmt;
use std::time::{Duration, Instant};

use super::history::History;
use super::measure::step_bytes;
use super::recording::{MOST_SKETCHES, most_snapshots, most_updates};
use super::settings::{RaceSetup, RunInfo, SettingsError};
use super::worker::checkpoint_bytes;
use crate::geometry::SKETCH;
use crate::nn::{Architecture, MICRO_BATCH, ParameterLayout};
use crate::system::{STACK_BYTES, free_addresses, free_memory};
use crate::text::{Bytes, grouped};

/// The program itself, most of it the data that is built in, compressed, in bytes. Measured.
const PROGRAM: u64 = 37_000_000;

/// What is taken beside: buffers, the screen, a view that is opened. A race that has less left does not begin.
const BESIDE: u64 = 24_000_000;

/// What is needed to end a race in order. One that has less left is ended.
const LEAST: u64 = 16_000_000;

/// Numbers for each parameter in every run, beside the optimizer's own: the parameter, its gradient, its last update,
/// its gradient at the last probe, where it began and where the window began, and one copy in passing.
const NUMBERS_PER_PARAMETER: u64 = 7;

/// What a race needs, in bytes, as far as that can be said beforehand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    /// Runs.
    pub runs: usize,
    /// The program and the samples, which are there already when anybody asks.
    pub data: u64,
    /// Weights, gradients, optimizer states and minibatches of all runs.
    pub training: u64,
    /// What grows as it goes on, up to its planned end: a record of each step.
    pub records: u64,
    /// The states that all runs keep on a screen, from which steps can be done again.
    pub checkpoints: u64,
    /// Steps planned, of all runs together.
    pub steps: u64,
}

impl Need {
    /// What a race needs without a screen.
    ///
    /// # Errors
    /// When the settings make no race.
    pub fn new(setup: &RaceSetup) -> Result<Self, SettingsError> {
        let RaceSetup { data, architecture, .. } = setup;
        let (dataset, train) = (&data.dataset, data.split.train.len());
        let run_infos = setup.runs()?;
        let samples = (dataset.train.len() + dataset.test.len()) as u64;
        let steps = run_infos.iter().fold(0_u64, |sum, run| sum.saturating_add(run.planned_steps));
        let layers = architecture.dense_layers().count();
        Ok(Self {
            runs: run_infos.len(),
            data: PROGRAM + samples * (architecture.inputs() as u64 + 1),
            checkpoints: run_infos.iter().map(|run| of_checkpoints(run, architecture)).sum(),
            training: run_infos.iter().map(|run| of_run(run, architecture, train)).sum(),
            records: (steps as f64 * step_bytes(layers)) as u64,
            steps,
        })
    }

    /// What has to be free for it to begin.
    fn least(&self) -> u64 {
        self.training.saturating_add(BESIDE + (self.runs * STACK_BYTES) as u64)
    }

    /// The same on a screen whose curves take `curve_bytes` for each step, and which may ask for snapshots of all
    /// weights, keeps the state of every run now and then, and may ask for the last updates and sketches of two.
    pub fn on_screen(self, setup: &RaceSetup, curve_bytes: f64) -> Self {
        let parameters = setup.architecture.parameters();
        // Beside those that are kept there are the newest and the present weights.
        let snapshots = u64::from(most_snapshots(parameters) + 2) * 4 * parameters as u64 * self.runs as u64;
        let shown = self.runs.min(2) as u64;
        // Those of the newest steps, and of others that are looked at.
        let updates = 2 * (most_updates(parameters) * parameters) as u64 * 4 * shown;
        let sketches = (MOST_SKETCHES * SKETCH) as u64 * 4 * shown;
        let checkpoints = if updates > 0 { self.checkpoints } else { 0 };
        let curves = (self.steps as f64 * curve_bytes) as u64;
        Self { records: self.records + curves + snapshots + checkpoints + updates + sketches, ..self }
    }
}

/// What the states of a run take from which steps can be done again, in bytes.
fn of_checkpoints(run: &RunInfo, architecture: &Architecture) -> u64 {
    checkpoint_bytes(&run.spec, &ParameterLayout::new(architecture.dense_layers())) as u64
}

/// What a run needs to train, in bytes.
fn of_run(run: &RunInfo, architecture: &Architecture, train: usize) -> u64 {
    let parameters = ParameterLayout::new(architecture.dense_layers());
    let numbers = NUMBERS_PER_PARAMETER * parameters.parameters as u64
        + run.spec.chain_f32().numbers(&parameters.variables()) as u64;
    let units: usize = architecture.dense_layers().map(|layer| layer.units).sum();
    let widest = architecture.dense_layers().map(|layer| layer.units).max().unwrap_or(0);
    let passing = MICRO_BATCH * 2 * (units + widest);
    let minibatch = run.batch_size.max(MICRO_BATCH) * (architecture.inputs() + 1);
    // The order of an epoch's samples, and that of the next while it is shuffled.
    let order = 2 * train;
    4 * numbers + 4 * (passing + order) as u64 + minibatch as u64
}

/// What a race needs, beside what is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    need: Need,
    /// `None` where the system does not tell.
    free: Option<u64>,
}

/// There is not enough memory for a race to begin.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{} about {} of memory and {} are free; {}name smaller hidden layers (--hidden) or a smaller minibatch \
     (--batch-size)",
    if *runs == 1 { "1 run to train needs".to_owned() } else { format!("{runs} runs to train need") },
    Bytes(*least),
    Bytes(*free),
    if *runs == 1 { "" } else { "race fewer optimizers (-o), or " }
)]
pub struct TooLittle {
    runs: usize,
    least: u64,
    free: u64,
}

impl Forecast {
    /// What `need` means on this machine, as it is now.
    ///
    /// # Errors
    /// When there is not enough memory for the race to begin. That it is too little for every step of a long race is
    /// no error, as a person may end it earlier: see [`Forecast::shortage`].
    pub fn new(need: Need) -> Result<Self, TooLittle> {
        Self::with_free(need, free_memory())
    }

    fn with_free(need: Need, free: Option<u64>) -> Result<Self, TooLittle> {
        let least = need.least();
        match free.filter(|&free| least > free) {
            Some(free) => Err(TooLittle { runs: need.runs, least, free }),
            None => Ok(Self { need, free }),
        }
    }

    /// What will happen where the memory does not last to the end of the race.
    pub fn shortage(&self) -> Option<String> {
        let left = self.free?.checked_sub(self.need.least()).filter(|left| *left < self.need.records)?;
        let share = left as f64 / self.need.records as f64;
        let steps = (self.need.steps as f64 * share / self.need.runs.max(1) as f64) as u64;
        Some(format!("memory lasts for about {} steps a run: lower --epochs to be safe", grouped(steps)))
    }
}

/// `about 98 MB of memory, 101 MB by its end; 23.7 GB are free`
impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begin = self.need.data.saturating_add(self.need.training);
        write!(f, "about {} of memory, {} by its end", Bytes(begin), Bytes(begin.saturating_add(self.need.records)))?;
        self.free.map_or(Ok(()), |free| write!(f, "; {} are free", Bytes(free)))
    }
}

/// Memory is nearly used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "memory is nearly used up: {} are left; lower --epochs, race fewer optimizers (-o) or allow more (ulimit -v, -d)",
    Bytes(*left)
)]
pub struct MemoryEnds {
    left: u64,
}

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Looks whether there is memory for a race to go on: where it ends, the system ends the program, and nothing could be
/// written.
#[derive(Debug)]
pub struct MemoryWatch {
    step_bytes: f64,
    due: Instant,
}

impl MemoryWatch {
    /// One for a race that keeps so many bytes for each step beside what was measured.
    pub fn new(setup: &RaceSetup, curve_bytes: f64) -> Self {
        let step_bytes = step_bytes(setup.architecture.dense_layers().count()) + curve_bytes;
        Self { step_bytes, due: Instant::now() }
    }

    /// Whether the race has to end, if it is time to look.
    pub fn look(&mut self, history: &History) -> Option<MemoryEnds> {
        let now = Instant::now();
        if now < self.due {
            return None;
        }
        self.due = now + LOOK_EVERY;
        let steps: usize = history.runs.iter().map(|run| run.steps.len()).sum();
        ends(free_memory(), free_addresses(), (steps as f64 * self.step_bytes) as u64)
    }
}

/// Whether a race has to end that has taken so many bytes to keep what it measured. Of addresses it takes as many again
/// when what it keeps is moved to where it can grow.
fn ends(free: Option<u64>, addresses: Option<u64>, taken: u64) -> Option<MemoryEnds> {
    let free = free.filter(|free| *free < LEAST);
    let addresses = addresses.filter(|free| *free < LEAST.saturating_add(taken));
    free.or(addresses).map(|left| MemoryEnds { left })
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    /// So many runs, each `adam`, of so many bytes to train, and records of 1,000 bytes for each of 1,000 steps.
    fn forecast(runs: usize, training: u64, free: Option<u64>) -> Result<Forecast, TooLittle> {
        let need = Need { runs, data: 75_000_000, training, records: 1_000_000, checkpoints: 0, steps: 1_000 };
        Forecast::with_free(need, free)
    }

    #[test]
    fn a_race_is_told_what_it_needs_or_refused_with_the_way_out() {
        let texts = |runs, training, free| match forecast(runs, training, free) {
            Ok(forecast) => (forecast.to_string(), forecast.shortage()),
            Err(error) => (error.to_string(), None),
        };
        let needs = "about 98.0 MB of memory, 99.0 MB by its end".to_owned();
        assert_eq!(texts(6, 23_000_000, None), (needs.clone(), None));
        assert_eq!(texts(6, 23_000_000, Some(64_000_000)), (format!("{needs}; 64.0 MB are free"), None));
        let lower = "memory lasts for about 60 steps a run: lower --epochs to be safe".to_owned();
        assert_eq!(texts(5, 23_000_000, Some(57_785_760)), (format!("{needs}; 57.8 MB are free"), Some(lower)));
        let few = "2 runs to train need about 5.0 GB of memory and 4.0 GB are free; race fewer optimizers (-o), or \
                   name \
                   smaller hidden layers (--hidden) or a smaller minibatch (--batch-size)";
        assert_eq!(texts(2, 5_000_000_000, Some(4_000_000_000)), (few.to_owned(), None));
        let alone = "1 run to train needs about 5.0 GB of memory and 4.0 GB are free; name smaller hidden layers \
                     (--hidden) or a smaller minibatch (--batch-size)";
        assert_eq!(texts(1, 5_000_000_000, Some(4_000_000_000)), (alone.to_owned(), None));
    }

    #[test]
    fn a_race_ends_before_memory_does() {
        let left = |free, addresses, taken| ends(free, addresses, taken).map(|ends| ends.left);
        assert_eq!(left(None, None, 50_000_000), None);
        assert_eq!(left(Some(20_000_000), None, 50_000_000), None, "what is kept grows bit by bit");
        assert_eq!(left(Some(15_000_000), None, 0), Some(15_000_000));
        assert_eq!(left(Some(40_000_000), Some(40_000_000), 20_000_000), None);
        assert_eq!(left(Some(40_000_000), Some(40_000_000), 30_000_000), Some(40_000_000), "and is moved to do so");
    }
}
