//! Runs what the lesson needs, seed by seed, and measures it.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use super::finding::Finding;
use super::lab::Lab;
use super::plan::{Plan, PlannedRace};
use super::trial::Trial;
use crate::data::DataError;
use crate::optim::SpecError;
use crate::race::history::History;
use crate::race::protocol::{Event, EventKind};
use crate::race::settings::SettingsError;
use crate::race::{Race, RaceData, RaceError};
use crate::record::{self, Ended, RecordError, Report};
use crate::surface::SurfaceError;

/// Why the lesson could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum LessonError {
    /// A race could not start.
    #[error(transparent)]
    Race(#[from] RaceError),
    /// Its settings do not fit the data.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A race could not be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// An optimizer of the lesson is not known.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Its surface is not known.
    #[error(transparent)]
    Surface(#[from] SurfaceError),
    /// Its samples cannot be flattened.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// What is told while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A race begins: of how many epochs in all, and which.
    Race {
        /// Epochs of all runs on all seeds together.
        all_epochs: u64,
        /// What is run.
        name: String,
    },
    /// Runs have done this many epochs more; a run that died counts as done.
    Epochs(u64),
}

/// Runs what `plan` asks for on `data`, and tells `news` how far it is. With `out`, every race is written into a
/// folder of its own in it.
///
/// # Errors
/// When a race cannot be run or written.
pub fn run(
    plan: &Plan,
    data: &Arc<RaceData>,
    threads: NonZeroUsize,
    out: Option<&Path>,
    news: &mut dyn FnMut(News),
) -> Result<Vec<Finding>, LessonError> {
    let mut findings = Finding::all();
    for seed in 0..plan.seeds {
        let races = plan.races(seed, threads)?;
        let mut histories = Vec::new();
        for PlannedRace { name, settings } in &races {
            let what = format!("seed {seed}: {}", name.replace('-', " of "));
            news(News::Race { all_epochs: plan.all_epochs(), name: what });
            let race = Race::start(settings, Arc::clone(data))?;
            let history = watched(&race, settings.epochs, news);
            if let Some(out) = out {
                let (architecture, ended) = (race.architecture(), Ended::of(&history));
                let report = Report { settings, data, architecture, history: &history, ended };
                record::write(&out.join(format!("seed-{seed}")).join(name), &report)?;
            }
            histories.push(history);
        }
        let lab = Lab::new(&races[0].settings, data)?;
        let races: Vec<&History> = histories.iter().collect();
        let trial = Trial { races: &races, lab: Some(&lab) };
        findings.iter_mut().for_each(|finding| finding.measure(&trial));
    }
    Ok(findings)
}

/// Runs a race to its end.
pub(super) fn finished(race: &Race, epochs: u32) -> History {
    watched(race, epochs, &mut |_| {})
}

fn watched(race: &Race, epochs: u32, news: &mut dyn FnMut(News)) -> History {
    let mut history = History::new(race.runs(), epochs);
    while !history.has_ended() {
        let Ok(event) = race.events().recv() else { break };
        let done = epochs_done(&event, &history);
        history.apply(event);
        if done > 0 {
            news(News::Epochs(done));
        }
    }
    history
}

/// By how many epochs an event brings its run nearer to its end.
fn epochs_done(event: &Event, history: &History) -> u64 {
    let left = || {
        let done = history.runs.get(event.run).and_then(|run| run.epochs.last()).map_or(0, |epoch| epoch.epoch);
        history.epochs.saturating_sub(done).into()
    };
    match &event.kind {
        EventKind::Epoch(epoch) => u64::from(epoch.epoch > 0),
        EventKind::Diverged { .. } | EventKind::Failed { .. } => left(),
        _ => 0,
    }
}
