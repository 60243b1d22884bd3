//! What each claim measures, on one seed. Every function here also judges a race that is under way, as far as its runs
//! allow.
//!
//! Parts of a run are shares of the steps it has made: the first tenth, the last fifth. Means of a measure that is
//! taken once a window are over the windows of that part.

use super::trial::{Missing, Trial};
use crate::optim::{self, Dialect, Spec};
use crate::race::history::{RunHistory, RunState};
use crate::race::measure::{StepRecord, WindowRecord};

/// What is measured of a trial; `Err` says what is missing.
pub type Measured = Result<f64, Missing>;

/// Fewest windows of a run, 50 steps each, from which anything is concluded.
const FEWEST_WINDOWS: usize = 10;

/// The steps over which a start is measured: from rest to full speed under momentum 0.9.
const START: std::ops::Range<usize> = 20..50;

/// Two rates are as good as each other within this much validation accuracy.
const AS_GOOD: f64 = 0.02;

/// Numbers that differ between a training with Flatten and one on flattened samples.
pub fn flatten_differences(trial: &Trial<'_>) -> Measured {
    Ok(trial.lab()?.flatten.differences as f64)
}

/// Parameters of the network beside those of its Dense layers.
pub fn flatten_parameters(trial: &Trial<'_>) -> Measured {
    Ok(trial.lab()?.flatten.parameters as f64)
}

/// CPU time of a step of SGD with the smallest minibatch ÷ that with the largest.
pub fn step_time(trial: &Trial<'_>) -> Measured {
    let (one, many) = (trial.smallest_batch()?, trial.plain("sgd")?);
    if one.info.batch_size == many.info.batch_size {
        return Err("needs a run of sgd:batch=1 beside sgd".to_owned());
    }
    let time = |run: &RunHistory| Ok::<_, Missing>(run.compute_s() / trained(run)?.len() as f64);
    Ok(time(one)? / time(many)?)
}

/// The fewest numbers that momentum, AdaGrad, RMSprop or Adam keeps for each parameter, less what SGD keeps.
pub fn memory(_: &Trial<'_>) -> Measured {
    let kept = |name| {
        let definition = optim::find(name).ok_or_else(|| format!("there is no {name}"))?;
        Ok::<_, Missing>(Spec::new(definition, Dialect::Keras).numbers_per_parameter() as f64)
    };
    let others = ["momentum", "adagrad", "rmsprop", "adam"].into_iter().map(kept);
    let fewest = others.collect::<Result<Vec<f64>, _>>()?.into_iter().fold(f64::INFINITY, f64::min);
    Ok(fewest - kept("sgd")?)
}

/// Share of the steps of SGD, smallest minibatch, whose loss is above that of the step before.
pub fn rises(trial: &Trial<'_>) -> Measured {
    let steps = trained(trial.smallest_batch()?)?;
    let rises = steps.windows(2).filter(|pair| pair[1].loss > pair[0].loss).count();
    Ok(rises as f64 / (steps.len() - 1) as f64)
}

/// Mean loss of the last tenth of SGD's steps, smallest minibatch, ÷ that of the first.
pub fn fall(trial: &Trial<'_>) -> Measured {
    let steps = trained(trial.smallest_batch()?)?;
    Ok(mean_of(last(steps, 10), |step| step.loss) / mean_of(first(steps, 10), |step| step.loss))
}

/// Mean update of the last fifth of SGD's steps, smallest minibatch, ÷ that of the second fifth.
pub fn step_left(trial: &Trial<'_>) -> Measured {
    let steps = trained(trial.smallest_batch()?)?;
    let second = &steps[steps.len() / 5..2 * steps.len() / 5];
    Ok(mean_of(last(steps, 5), update_norm) / mean_of(second, update_norm))
}

/// Mean straightness in the last fifth of SGD's windows, smallest minibatch.
pub fn straightness_left(trial: &Trial<'_>) -> Measured {
    let windows = last(windows(trial.smallest_batch()?)?, 5);
    Ok(mean_of(windows, |window| window.straightness))
}

/// Mean update of the last twentieth of the steps at a scheduled rate ÷ that at a constant one.
pub fn settling(trial: &Trial<'_>) -> Measured {
    let (constant, scheduled) = trial.constant_and_scheduled()?;
    needs_end(scheduled)?;
    let (constant, scheduled) = (trained(constant)?, trained(scheduled)?);
    Ok(mean_of(last(scheduled, 20), update_norm) / mean_of(last(constant, 20), update_norm))
}

/// Final validation loss at a constant rate, less that at a scheduled one.
pub fn settled_loss(trial: &Trial<'_>) -> Measured {
    let (constant, scheduled) = trial.constant_and_scheduled()?;
    needs_end(scheduled)?;
    Ok(val_loss(constant)? - val_loss(scheduled)?)
}

/// Share of the starts in the local well from which SGD reaches the global one with noise.
pub fn escapes(trial: &Trial<'_>) -> Measured {
    let wells = &trial.lab()?.wells;
    Ok(wells.escaped as f64 / wells.local_starts as f64)
}

/// Mean distance from the global minimum that SGD with noise keeps at the end.
pub fn restlessness(trial: &Trial<'_>) -> Measured {
    Ok(trial.lab()?.wells.distance_with_noise)
}

/// The same without noise.
pub fn rest(trial: &Trial<'_>) -> Measured {
    Ok(trial.lab()?.wells.distance_without)
}

/// By how much more than SGD's momentum's updates grow at the start: mean of steps 21 to 50 ÷ step 1, of both.
pub fn gathered_speed(trial: &Trial<'_>) -> Measured {
    let gathered = |name| {
        let steps = trained(trial.plain(name)?)?;
        Ok::<_, Missing>(mean_of(&steps[START], update_norm) / f64::from(steps[0].update_norm))
    };
    Ok(gathered("momentum")? / gathered("sgd")?)
}

/// Samples until momentum's validation accuracy is at least SGD's best, ÷ those SGD needed for it.
pub fn sooner(trial: &Trial<'_>) -> Measured {
    let (sgd, momentum) = (trial.plain("sgd")?, trial.plain("momentum")?);
    trained(sgd)?;
    trained(momentum)?;
    if sgd.epochs.last().is_none_or(|last| last.epoch < 2) {
        // After one epoch nobody can be sooner than the other.
        return Err("needs a second epoch".to_owned());
    }
    let trained = sgd.epochs.iter().filter(|epoch| epoch.epoch > 0);
    let best = trained.max_by(|a, b| a.val.accuracy.total_cmp(&b.val.accuracy)).ok_or("needs a second epoch")?;
    let reached = momentum.epochs.iter().filter(|epoch| epoch.epoch > 0).find(|e| e.val.accuracy >= best.val.accuracy);
    // One that has not arrived is at least as far as it has come.
    let samples = reached.map_or_else(|| momentum.samples(), |epoch| epoch.samples);
    Ok(samples as f64 / best.samples as f64)
}

/// Mean angle between SGD's updates, less that between momentum's, in degrees.
pub fn turn(trial: &Trial<'_>) -> Measured {
    let turn = |name| Ok::<_, Missing>(mean_of(windows(trial.plain(name)?)?, |window| window.turn));
    Ok(turn("sgd")? - turn("momentum")?)
}

/// SGD's best validation accuracy over all rates, less that with the lowest rate.
pub fn too_small(trial: &Trial<'_>) -> Measured {
    let sweep = trial.sweep("sgd")?;
    let accuracies = sweep.iter().map(|run| accuracy(run)).collect::<Result<Vec<f64>, _>>()?;
    Ok(highest(&accuracies) - accuracies[0])
}

/// Share of the trainings with the highest rate of SGD's sweep that end with a validation loss above that before
/// training, or with none: 0 or 1.
pub fn too_large(trial: &Trial<'_>) -> Measured {
    let sweep = trial.sweep("sgd")?;
    let Some(run) = sweep.last() else { return Err("needs learning rates".to_owned()) };
    accuracy(run)?;
    let (Some(first), Some(last)) = (run.epochs.first(), run.epochs.last()) else {
        return Err("needs an epoch".to_owned());
    };
    let is_better = !has_diverged(run) && last.val.loss <= first.val.loss;
    Ok(if is_better { 0.0 } else { 1.0 })
}

/// The 90th percentile of AdaGrad's effective learning rates ÷ their 10th, at the last window.
pub fn own_rates(trial: &Trial<'_>) -> Measured {
    let windows = windows(trial.plain("adagrad")?)?;
    let rate = windows[windows.len() - 1].effective_lr;
    Ok(f64::from(rate.p90) / f64::from(rate.p10))
}

/// AdaGrad's median effective learning rate at the last window ÷ that at the first.
pub fn fade(trial: &Trial<'_>) -> Measured {
    let windows = windows(trial.plain("adagrad")?)?;
    Ok(change(windows, 0))
}

/// The same ÷ that at the middle window: whether it still falls late.
pub fn late_fade(trial: &Trial<'_>) -> Measured {
    let windows = windows(trial.plain("adagrad")?)?;
    Ok(change(windows, windows.len() / 2))
}

/// RMSprop's median effective learning rate, last window ÷ first, ÷ AdaGrad's.
pub fn holds_out(trial: &Trial<'_>) -> Measured {
    let change = |name| Ok::<_, Missing>(change(windows(trial.plain(name)?)?, 0));
    Ok(change("rmsprop")? / change("adagrad")?)
}

/// RMSprop's last validation accuracy, less AdaGrad's.
pub fn beats_adagrad(trial: &Trial<'_>) -> Measured {
    Ok(accuracy(trial.plain("rmsprop")?)? - accuracy(trial.plain("adagrad")?)?)
}

/// RMSprop's mean training loss over all steps, ÷ the lower one of momentum's and Nesterov's: less is faster.
pub fn faster(trial: &Trial<'_>) -> Measured {
    let loss = |name| Ok::<_, Missing>(mean_of(trained(trial.plain(name)?)?, |step| step.loss));
    Ok(loss("rmsprop")? / loss("momentum")?.min(loss("nesterov")?))
}

/// The best last validation accuracy of any optimizer with its defaults, less Adam's.
pub fn behind_best(trial: &Trial<'_>) -> Measured {
    let others = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"].into_iter();
    let accuracies = others.map(|name| accuracy(trial.plain(name)?)).collect::<Result<Vec<f64>, _>>()?;
    Ok(highest(&accuracies) - accuracy(trial.plain("adam")?)?)
}

/// Share of the learning rates of a sweep that work, mean of AdaGrad, RMSprop and Adam, less that of SGD, momentum
/// and Nesterov. A rate works if the optimizer's last validation accuracy is within 2 points of its best.
pub fn spared_tuning(trial: &Trial<'_>) -> Measured {
    let share = |name: &str| {
        let sweep = trial.sweep(name)?;
        let accuracies = sweep.iter().map(|run| accuracy(run)).collect::<Result<Vec<f64>, _>>()?;
        let best = highest(&accuracies);
        Ok::<_, Missing>(accuracies.iter().filter(|&&a| a >= best - AS_GOOD).count() as f64 / sweep.len() as f64)
    };
    let mean = |names: [&str; 3]| {
        let shares = names.into_iter().map(&share).collect::<Result<Vec<f64>, _>>()?;
        Ok::<_, Missing>(shares.iter().sum::<f64>() / shares.len() as f64)
    };
    Ok(mean(["adagrad", "rmsprop", "adam"])? - mean(["sgd", "momentum", "nesterov"])?)
}

/// How many of AdaGrad, RMSprop and Adam have 0.001 as their default learning rate.
pub fn default_rates(_: &Trial<'_>) -> Measured {
    let has_it = |name: &&str| {
        optim::find(name).is_some_and(|found| found.form(Dialect::Keras).is_some_and(|form| form.lr == 0.001))
    };
    Ok(["adagrad", "rmsprop", "adam"].into_iter().filter(has_it).count() as f64)
}

/// The steps of a run that has trained long enough to be judged.
fn trained(run: &RunHistory) -> Result<&[StepRecord], Missing> {
    windows(run).map(|_| &run.steps[..])
}

/// The windows of a run that has trained long enough to be judged.
fn windows(run: &RunHistory) -> Result<&[WindowRecord], Missing> {
    match (run.windows.len(), &run.state) {
        _ if has_diverged(run) => Err(format!("{} diverged", run.info.label)),
        (FEWEST_WINDOWS.., _) => Ok(&run.windows),
        (there, _) => Err(format!("{} has made {there} of {FEWEST_WINDOWS} windows", run.info.label)),
    }
}

fn has_diverged(run: &RunHistory) -> bool {
    matches!(run.state, RunState::Diverged { .. })
}

/// A schedule has an effect once it has come to its end.
fn needs_end(run: &RunHistory) -> Result<(), Missing> {
    let is_done = run.steps.len() as u64 >= run.info.planned_steps;
    is_done.then_some(()).ok_or_else(|| format!("needs the end of {}", run.info.label))
}

/// Last validation accuracy; of a run that diverged, none of its classes is right.
fn accuracy(run: &RunHistory) -> Measured {
    if has_diverged(run) {
        return Ok(0.0);
    }
    let last = run.epochs.last().filter(|epoch| epoch.epoch > 0);
    last.map(|epoch| epoch.val.accuracy.into()).ok_or_else(|| format!("needs an epoch of {}", run.info.label))
}

fn val_loss(run: &RunHistory) -> Measured {
    let last = run.epochs.last().filter(|epoch| epoch.epoch > 0);
    last.map(|epoch| epoch.val.loss.into()).ok_or_else(|| format!("needs an epoch of {}", run.info.label))
}

fn update_norm(step: &StepRecord) -> f32 {
    step.update_norm
}

/// How a median effective learning rate changed from one window to the last.
fn change(windows: &[WindowRecord], from: usize) -> f64 {
    let rate = |index: usize| f64::from(windows[index].effective_lr.p50);
    rate(windows.len() - 1) / rate(from)
}

/// The first of `parts` equal parts.
fn first<T>(all: &[T], parts: usize) -> &[T] {
    &all[..all.len() / parts]
}

/// The last of `parts` equal parts.
fn last<T>(all: &[T], parts: usize) -> &[T] {
    &all[all.len() - all.len() / parts..]
}

fn mean_of<T>(all: &[T], value: impl Fn(&T) -> f32) -> f64 {
    all.iter().map(|one| f64::from(value(one))).sum::<f64>() / all.len() as f64
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
