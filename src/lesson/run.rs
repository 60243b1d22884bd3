//! Runs what the lesson needs, seed by seed, and measures it.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::error::LessonError;
use super::finding::Finding;
use super::lab::Lab;
use super::plan::{LessonPlan, PlannedRace};
use super::trial::Trial;
use crate::race::history::History;
use crate::race::protocol::{Command, Milestone, RunIndex, Target};
use crate::race::settings::RaceSetup;
use crate::race::{EventSource, Race, RaceData};
use crate::record::{self, Ended, Report};

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LessonStage {
    /// A race begins: of how many epochs in all, and which.
    Race {
        /// Epochs of all runs on all seeds together.
        all_epochs: u64,
        /// What is run.
        name: String,
    },
    /// Runs have done this many epochs more, or none; a run that died counts as done.
    Epochs(u64),
}

/// What came of a lesson.
#[derive(Debug)]
pub struct LessonOutcome {
    /// What was measured, on each seed whose races were all run.
    pub findings: Vec<Finding>,
    /// Those seeds.
    pub seeds: u64,
    /// Whether it was ended before all seeds were.
    pub interrupted: bool,
}

/// Runs what `plan` asks for on `data`, and reports to `observe`, often, which ends it by
/// [`ControlFlow::Break`]. With `out`, every race is written into a folder of its own in it, also one
/// that was ended.
///
/// # Errors
/// When a race cannot be run or written.
pub fn run(
    plan: &LessonPlan,
    data: &Arc<RaceData>,
    threads: NonZeroUsize,
    out: Option<&Path>,
    observe: &mut dyn FnMut(LessonStage) -> ControlFlow<()>,
) -> Result<LessonOutcome, LessonError> {
    let mut findings = Finding::all();
    for seed in 0..plan.seeds {
        let races = plan.races(seed, threads)?;
        let mut histories = Vec::new();
        for PlannedRace { name, settings } in &races {
            let what = format!("seed {seed}: {}", name.replace('-', " of "));
            let mut flow = observe(LessonStage::Race { all_epochs: plan.all_epochs(), name: what });
            if flow.is_break() {
                return Ok(LessonOutcome { findings, seeds: seed, interrupted: true });
            }
            let setup = RaceSetup::new(settings.clone(), Arc::clone(data))?;
            let race = Race::start(&setup)?;
            let history = race.run_to_end(&mut |happened, history| {
                let done = happened.map_or(0, |(run, milestone)| epochs_done(milestone, history, run));
                if flow.is_continue() {
                    flow = observe(LessonStage::Epochs(done));
                    if flow.is_break() {
                        race.send(Target::All, Command::Stop);
                    }
                }
            });
            let ended = if flow.is_break() { Ended::Interrupted } else { Ended::of(&history) };
            if let Some(out) = out {
                let report = Report { setup: &setup, history: &history, ended };
                record::write(&out.join(format!("seed-{seed}")).join(name), &report)?;
            }
            if flow.is_break() {
                return Ok(LessonOutcome { findings, seeds: seed, interrupted: true });
            }
            histories.push(history);
        }
        let lab = Lab::new(&races[0].settings, data)?;
        let races: Vec<&History> = histories.iter().collect();
        let trial = Trial { races: &races, lab: Some(&lab) };
        findings.iter_mut().for_each(|finding| finding.measure(&trial));
    }
    Ok(LessonOutcome { findings, seeds: plan.seeds, interrupted: false })
}

/// By how many epochs an event brought its run nearer to its end.
fn epochs_done(milestone: Milestone, history: &History, run: RunIndex) -> u64 {
    let Some(run) = history.runs.get(run) else { return 0 };
    let done = run.epochs.last().map_or(0, |epoch| epoch.epoch);
    match milestone {
        Milestone::Epoch => u64::from(done > 0),
        Milestone::Ended if run.state.has_died() => history.epochs.saturating_sub(done).into(),
        Milestone::Ended | Milestone::Steps | Milestone::Other => 0,
    }
}
