//! Real trainings on Fashion-MNIST end where Keras's end, in distribution over seeds (`fixtures/distribution.py`).

#![allow(clippy::expect_used)]

use std::sync::Arc;

use optirace::data::{Dataset, Split};
use optirace::race::RaceData;
use optirace::race::history::RunHistory;
use optirace::race::settings::Settings;
use serde::Deserialize;

const FRACTION: f64 = 0.2;
const SPLIT_SEED: u32 = 42;
const OUR_SEEDS: [u64; 2] = [0, 1];

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    optimizer: String,
    hidden: Vec<usize>,
    activation: String,
    batch: usize,
    epochs: u32,
    seeds: Vec<u64>,
    loss: Measured,
    accuracy: Measured,
    val_loss: Measured,
    val_accuracy: Measured,
}

/// Mean and standard deviation over seeds, for each epoch.
#[derive(Deserialize)]
struct Measured {
    mean: Vec<f64>,
    std: Vec<f64>,
}

impl Case {
    fn train(&self, data: &Arc<RaceData>, seed: u64) -> RunHistory {
        let settings = Settings {
            specs: vec![self.optimizer.parse().expect("a valid spec")],
            epochs: self.epochs,
            batch_size: self.batch.to_string().parse().expect("a batch size"),
            hidden: self.hidden.clone(),
            activation: self.activation.parse().expect("an activation"),
            seed,
            threads: std::num::NonZeroUsize::MIN,
            lr_changes: Vec::new(),
        };
        crate::race_support::run_race(&settings, data).runs.remove(0)
    }

    /// What lies too far from Keras's mean.
    fn outliers(&self, runs: &[RunHistory]) -> Vec<String> {
        let mut outliers = Vec::new();
        let name = format!("{} {:?} {} batch {}", self.optimizer, self.hidden, self.activation, self.batch);
        for epoch in 1..=self.epochs as usize {
            let mean = |value: &dyn Fn(&RunHistory) -> f32| {
                runs.iter().map(|run| f64::from(value(run))).sum::<f64>() / runs.len() as f64
            };
            let train = |run: &RunHistory| run.epochs[epoch].train.expect("a trained epoch");
            let compared = [
                ("loss", mean(&|run| train(run).loss), &self.loss),
                ("accuracy", mean(&|run| train(run).accuracy), &self.accuracy),
                ("val_loss", mean(&|run| run.epochs[epoch].val.loss), &self.val_loss),
                ("val_accuracy", mean(&|run| run.epochs[epoch].val.accuracy), &self.val_accuracy),
            ];
            for (what, ours, keras) in compared {
                let (expected, spread) = (keras.mean[epoch - 1], keras.std[epoch - 1].max(0.002));
                // Both means, and the spread itself, are estimated from a few seeds: with about a hundred comparisons,
                // five standard errors of the difference are what chance may reach.
                let allowed = 5.0 * spread * (1.0 / runs.len() as f64 + 1.0 / self.seeds.len() as f64).sqrt();
                if (ours - expected).abs() > allowed {
                    outliers
                        .push(format!("{name}, epoch {epoch}, {what}: {ours:.4}, Keras {expected:.4} ± {allowed:.4}"));
                }
            }
        }
        outliers
    }
}

#[test]
fn real_trainings_match_keras_in_distribution() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/distribution.json")).expect("JSON");
    assert_eq!(fixture.cases.len(), 10);
    let dataset = Dataset::fashion_mnist().expect("the embedded data");
    let split = Split::new(dataset.train.len(), FRACTION, SPLIT_SEED).expect("a valid split");
    let data = Arc::new(RaceData { dataset, split, split_seed: SPLIT_SEED, val_fraction: FRACTION });
    let trainings: Vec<(&Case, u64)> =
        fixture.cases.iter().flat_map(|case| OUR_SEEDS.map(|seed| (case, seed))).collect();
    use rayon::prelude::*;
    let runs: Vec<RunHistory> = trainings.par_iter().map(|(case, seed)| case.train(&data, *seed)).collect();
    let outliers: Vec<String> =
        fixture.cases.iter().zip(runs.chunks(OUR_SEEDS.len())).flat_map(|(case, runs)| case.outliers(runs)).collect();
    assert!(outliers.is_empty(), "{}", outliers.join("\n"));
}
