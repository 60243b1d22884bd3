//! Curves: smoothed by definition, thinned without losing a column's extremes.

use optirace::board::series::{Metric, Series, XAxis, XScale};
use optirace::race::history::History;
use optirace::race::measure::StepRecord;
use optirace::race::protocol::{Event, EventKind};
use optirace::race::settings::RunInfo;
use proptest::prelude::*;

use crate::support::step_record;

fn history(losses: &[f32], chunk: usize, taken_in: impl FnMut(&History)) -> History {
    history_of(losses, |step| step * 32, chunk, taken_in)
}

/// A run that has seen so many samples after each step.
fn history_of(
    losses: &[f32],
    samples: impl Fn(u64) -> u64,
    chunk: usize,
    mut taken_in: impl FnMut(&History),
) -> History {
    let spec = "sgd".parse().expect("a valid spec");
    let mut history = History::new(
        &[RunInfo { label: "SGD".parse().expect("a label"), spec, batch_size: 32, planned_steps: 7500 }],
        5,
    );
    let steps: Vec<StepRecord> =
        (1..).zip(losses).map(|(step, &loss)| record(step, loss, samples(step.into()))).collect();
    for part in steps.chunks(chunk) {
        let kind =
            EventKind::Progress { steps: part.to_vec(), windows: Vec::new(), sketches: Vec::new(), next_lr: 0.01 };
        history.apply(Event { run: 0, generation: 0, kind });
        taken_in(&history);
    }
    history
}

fn record(step: u32, loss: f32, samples: u64) -> StepRecord {
    StepRecord { loss, samples, ..step_record(0, step, 0.1) }
}

/// The average after each step of so many samples, straight from its definition: every loss weighs as much as its
/// samples do in an exponential average over `window` of them, and that falls by e for each `window` samples since;
/// divided by the sum of the weights. A loss that is not finite does as if its step had not been.
fn averages(losses: &[f32], sizes: &[u64], window: f64) -> Vec<f64> {
    let keep = |samples: u64| if window > 0.0 { (-(samples as f64) / window).exp() } else { 0.0 };
    let mut averages = Vec::new();
    for end in 1..=losses.len() {
        let finite: Vec<(f64, u64)> = losses[..end]
            .iter()
            .zip(sizes)
            .filter(|(loss, _)| loss.is_finite())
            .map(|(&loss, &size)| (f64::from(loss), size))
            .collect();
        let since = |index: usize| finite[index + 1..].iter().map(|(_, size)| keep(*size)).product::<f64>();
        let weights: Vec<f64> = (0..finite.len()).map(|index| (1.0 - keep(finite[index].1)) * since(index)).collect();
        let sum: f64 = finite.iter().zip(&weights).map(|((loss, _), weight)| loss * weight).sum();
        averages.push(sum / weights.iter().sum::<f64>());
    }
    averages
}

fn losses() -> impl Strategy<Value = Vec<f32>> {
    proptest::collection::vec(prop_oneof![30 => 0.0_f32..3.0, 1 => Just(f32::NAN)], 1..300)
}

proptest! {
    #[test]
    fn smoothing_is_the_bias_corrected_average_over_samples(
        losses in losses(), batch in 1_u64..600, short in 1_u64..600,
        window in prop_oneof![Just(0.0), 50.0_f64..6400.0],
    ) {
        let mut series = Series::new(1, window);
        // Every fifth minibatch is another size, as the last of an epoch is.
        let sizes: Vec<u64> = (1..=losses.len()).map(|step| if step % 5 == 0 { short } else { batch }).collect();
        let seen = |steps: u64| sizes[..steps as usize].iter().sum();
        history_of(&losses, seen, 7, |history| series.catch_up(history));
        let smoothed = series.smoothed(0, Metric::Loss, 0..losses.len());
        prop_assert_eq!(smoothed.len(), losses.len());
        for (index, expected) in averages(&losses, &sizes, window).into_iter().enumerate() {
            let is_right = (f64::from(smoothed[index]) - expected).abs() < 1e-4 || !losses[index].is_finite();
            prop_assert!(is_right, "step {}: {} and not {}", index, smoothed[index], expected);
        }
    }

    #[test]
    fn thinning_keeps_the_mean_and_the_extremes_of_every_column(losses in losses(), columns in 1_usize..80) {
        let mut series = Series::new(1, 0.0);
        let history = history(&losses, 13, |history| series.catch_up(history));
        let run = &history.runs[0];
        for axis in [XAxis::Samples, XAxis::Epochs, XAxis::ComputeTime] {
            let ruler = XScale { axis, epoch_samples: 48_000 };
            let end = ruler.step(run.steps.last().expect("there is a step"));
            let (low, high) = (end * 0.25, end);
            let thinned = series.columns(0, Metric::Loss, run, ruler, &(low..high), columns);
            let width = (high - low) / columns as f64;
            let is_inside = |step: &&StepRecord| (low..=high).contains(&ruler.step(step)) && step.loss.is_finite();
            let inside = run.steps.iter().filter(is_inside);
            let (mut min, mut max) = (vec![f32::INFINITY; columns], vec![f32::NEG_INFINITY; columns]);
            let mut sums = vec![(0.0, 0); columns];
            for step in inside {
                let place = ruler.step(step);
                let column = (0..columns - 1).find(|c| place < low + width * (*c + 1) as f64).unwrap_or(columns - 1);
                min[column] = min[column].min(step.loss);
                max[column] = max[column].max(step.loss);
                sums[column] = (sums[column].0 + f64::from(step.loss), sums[column].1 + 1);
            }
            prop_assert_eq!(thinned.len(), min.iter().filter(|value| value.is_finite()).count());
            for column in thinned {
                prop_assert_eq!((column.min, column.max), (min[column.column], max[column.column]));
                let (sum, count) = sums[column.column];
                prop_assert!((f64::from(column.mean) - sum / f64::from(count)).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn smoothing_anew_is_the_same_as_from_the_start(losses in losses(), chunk in 1_usize..50) {
        let mut changed = Series::new(1, 320.0);
        let mut fresh = Series::new(1, 1_600.0);
        let history = history(&losses, chunk, |history| {
            changed.catch_up(history);
            fresh.catch_up(history);
        });
        changed.smooth(1_600.0, &history);
        prop_assert_eq!(changed.after(0, Metric::Loss, usize::MAX), fresh.after(0, Metric::Loss, usize::MAX));
        prop_assert_eq!(changed.after(0, Metric::Accuracy, usize::MAX), fresh.after(0, Metric::Accuracy, usize::MAX));
    }
}
