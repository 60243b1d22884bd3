//! Curves: smoothed by definition, thinned without losing a column's extremes.

use optirace::race::history::History;
use optirace::race::metrics::StepRecord;
use optirace::race::protocol::{Event, EventKind};
use optirace::race::settings::RunInfo;
use optirace::tui::series::{Metric, Ruler, Series, XAxis};
use proptest::prelude::*;

use crate::support::step_record;

fn history(losses: &[f32], chunk: usize, mut taken_in: impl FnMut(&History)) -> History {
    let spec = "sgd".parse().expect("a valid spec");
    let mut history =
        History::new(&[RunInfo { label: "SGD".to_owned(), spec, batch_size: 32, planned_steps: 7500 }], 5);
    let steps: Vec<StepRecord> =
        (1..).zip(losses).map(|(step, &loss)| StepRecord { loss, ..step_record(0, step, 0.1) }).collect();
    for part in steps.chunks(chunk) {
        let kind =
            EventKind::Progress { steps: part.to_vec(), windows: Vec::new(), sketches: Vec::new(), next_lr: 0.01 };
        history.apply(Event { run: 0, generation: 0, kind });
        taken_in(&history);
    }
    history
}

/// The average after each step, straight from its definition: weights keep^(n-i), divided by their sum.
fn averages(losses: &[f32], keep: f64) -> Vec<f64> {
    let mut averages = Vec::new();
    for end in 1..=losses.len() {
        let finite: Vec<f64> = losses[..end].iter().filter(|loss| loss.is_finite()).map(|&l| f64::from(l)).collect();
        let weights: Vec<f64> = (0..finite.len()).rev().map(|age| keep.powi(age as i32)).collect();
        let sum: f64 = finite.iter().zip(&weights).map(|(loss, weight)| loss * weight).sum();
        averages.push(sum / weights.iter().sum::<f64>());
    }
    averages
}

fn losses() -> impl Strategy<Value = Vec<f32>> {
    proptest::collection::vec(prop_oneof![30 => 0.0_f32..3.0, 1 => Just(f32::NAN)], 1..300)
}

proptest! {
    #[test]
    fn smoothing_is_the_bias_corrected_average(losses in losses(), keep in prop_oneof![Just(0.0), 0.5_f64..0.995]) {
        let mut series = Series::new(1, keep);
        let history = history(&losses, 7, |history| series.catch_up(history));
        let expected = averages(&losses, keep);
        let ruler = Ruler { axis: XAxis::Samples, epoch_samples: 48_000 };
        // As many columns as steps, each with its step in its middle.
        let places = 16.0..history.runs[0].samples() as f64 + 16.0;
        let columns = series.columns(0, Metric::Loss, &history.runs[0], ruler, &places, losses.len());
        for column in columns {
            let index = column.column;
            prop_assert!((f64::from(column.last) - expected[index]).abs() < 1e-4, "step {index}");
        }
    }

    #[test]
    fn thinning_keeps_the_extremes_of_every_column(losses in losses(), columns in 1_usize..80) {
        let mut series = Series::new(1, 0.0);
        let history = history(&losses, 13, |history| series.catch_up(history));
        let run = &history.runs[0];
        for axis in [XAxis::Samples, XAxis::Epochs, XAxis::ComputeTime] {
            let ruler = Ruler { axis, epoch_samples: 48_000 };
            let end = ruler.step(run.steps.last().expect("there is a step"));
            let (low, high) = (end * 0.25, end);
            let thinned = series.columns(0, Metric::Loss, run, ruler, &(low..high), columns);
            let width = (high - low) / columns as f64;
            let inside = run.steps.iter().filter(|step| (low..=high).contains(&ruler.step(step)) && step.loss.is_finite());
            let (mut min, mut max) = (vec![f32::INFINITY; columns], vec![f32::NEG_INFINITY; columns]);
            for step in inside {
                let place = ruler.step(step);
                let column = (0..columns - 1).find(|c| place < low + width * (*c + 1) as f64).unwrap_or(columns - 1);
                min[column] = min[column].min(step.loss);
                max[column] = max[column].max(step.loss);
            }
            prop_assert_eq!(thinned.len(), min.iter().filter(|value| value.is_finite()).count());
            for column in thinned {
                prop_assert_eq!((column.min, column.max), (min[column.column], max[column.column]));
            }
        }
    }

    #[test]
    fn smoothing_anew_is_the_same_as_from_the_start(losses in losses(), chunk in 1_usize..50) {
        let mut changed = Series::new(1, 0.9);
        let mut fresh = Series::new(1, 0.98);
        let history = history(&losses, chunk, |history| {
            changed.catch_up(history);
            fresh.catch_up(history);
        });
        changed.smooth(0.98, &history);
        prop_assert_eq!(changed.last(0, Metric::Loss), fresh.last(0, Metric::Loss));
        prop_assert_eq!(changed.last(0, Metric::Accuracy), fresh.last(0, Metric::Accuracy));
    }
}
