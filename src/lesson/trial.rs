//! What was measured on one seed, and where in it a measure finds its runs.

use super::lab::Lab;
use crate::optim::{self, Dialect, Spec};
use crate::race::history::{History, RunHistory};

/// Fewest learning rates that make a sweep.
const FEWEST_RATES: usize = 5;

/// Why something could not be measured: what is missing, as a part of a sentence.
pub type Missing = String;

/// All that was measured on one seed: races, and experiments that are no race. A race on the screen is a trial too, of
/// that race alone.
#[derive(Clone, Copy)]
pub struct Trial<'a> {
    /// Races, the one that everything but sweeps is looked for in first.
    pub races: &'a [&'a History],
    /// Experiments that are no race; none on the screen.
    pub lab: Option<&'a Lab>,
}

impl<'a> Trial<'a> {
    /// The run of this optimizer with its default settings, in the first race that has one. Where there are several
    /// with different minibatches, that with the largest.
    ///
    /// # Errors
    /// When there is none.
    pub fn plain(&self, name: &str) -> Result<&'a RunHistory, Missing> {
        let runs = |race: &'a History| race.runs.iter().filter(move |run| is_plain(run, name));
        let run = self.races.iter().find_map(|race| runs(race).max_by_key(|run| run.info.batch_size));
        run.ok_or_else(|| format!("needs a run of {name} with its defaults"))
    }

    /// The run of SGD with its default settings and the smallest minibatch.
    ///
    /// # Errors
    /// When there is none.
    pub fn smallest_batch(&self) -> Result<&'a RunHistory, Missing> {
        let runs = |race: &'a History| race.runs.iter().filter(|run| is_plain(run, "sgd"));
        let run = self.races.iter().find_map(|race| runs(race).min_by_key(|run| run.info.batch_size));
        run.ok_or_else(|| "needs a run of sgd with its defaults".to_owned())
    }

    /// Two runs of SGD that begin with the same learning rate and the same minibatch: at a constant rate, and with one
    /// that a schedule lowers.
    ///
    /// # Errors
    /// When there is no such pair.
    pub fn constant_and_scheduled(&self) -> Result<(&'a RunHistory, &'a RunHistory), Missing> {
        let constant = self.smallest_batch()?;
        let is_like = |run: &&RunHistory| {
            let (spec, other) = (&run.info.spec, &constant.info.spec);
            let planned = run.info.planned_steps;
            let last_lr = spec.lr_curve(planned).rate(planned) * run.lr_scale;
            let is_lowered = spec.schedule.is_some() && last_lr < 0.1 * spec.lr;
            let same_spec = spec.optimizer.name == "sgd" && spec.lr == other.lr && is_lowered;
            same_spec && run.info.batch_size == constant.info.batch_size
        };
        let scheduled = self.races.iter().flat_map(|race| &race.runs).find(is_like);
        let batch = constant.info.batch_size;
        let pair = scheduled.map(|scheduled| (constant, scheduled));
        pair.ok_or_else(|| format!("needs a run of sgd:batch={batch},schedule=cosine"))
    }

    /// The runs of this optimizer in the first race that has it with at least five learning rates and otherwise equal
    /// settings, the lowest rate first.
    ///
    /// # Errors
    /// When there is no such race.
    pub fn sweep(&self, name: &str) -> Result<Vec<&'a RunHistory>, Missing> {
        let is_default = |run: &&RunHistory| is_plain_but_for_lr(run, name);
        let runs = self.races.iter().map(|race| race.runs.iter().filter(is_default).collect::<Vec<_>>());
        let sweep = runs.map(sorted_by_rate).find(|sweep| sweep.len() >= FEWEST_RATES);
        sweep.ok_or_else(|| format!("needs {name} with at least {FEWEST_RATES} learning rates"))
    }

    /// Experiments that are no race.
    ///
    /// # Errors
    /// When none were made.
    pub fn lab(&self) -> Result<&'a Lab, Missing> {
        self.lab.ok_or_else(|| "`optirace lesson` measures it".to_owned())
    }
}

/// One run for each learning rate.
fn sorted_by_rate(mut runs: Vec<&RunHistory>) -> Vec<&RunHistory> {
    runs.sort_by(|a, b| a.info.spec.lr.total_cmp(&b.info.spec.lr));
    runs.dedup_by(|a, b| a.info.spec.lr == b.info.spec.lr);
    runs
}

fn is_plain(run: &RunHistory, name: &str) -> bool {
    is_plain_but_for_lr(run, name)
        && run.info.spec.optimizer.form(Dialect::Keras).is_some_and(|form| run.info.spec.lr == form.lr)
}

fn is_plain_but_for_lr(run: &RunHistory, name: &str) -> bool {
    let Some(definition) = optim::find(name) else { return false };
    let mut default = Spec::new(definition, Dialect::Keras);
    (default.lr, default.batch, default.label) = (run.info.spec.lr, run.info.spec.batch, run.info.spec.label.clone());
    run.info.spec == default
}
