//! candle as its guide shows it: `candle-nn` layers and optimizers, data in memory, a batch by `index_select`.
//!
//! `candle-peer DATA OPTIMIZER BATCH FRACTION SEED` trains twice on `FRACTION` of an epoch, reshuffled in between: the
//! first time warms it up, the second is timed. It prints one line of JSON.

mod data;
mod model;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use candle_core::{D, DType, Device, Tensor};
use candle_nn::{Module, VarMap, loss::cross_entropy};
use cpu_time::ProcessTime;
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

use model::{Network, Rule};

/// Sums over the samples of one pass.
#[derive(Default)]
struct Totals {
    loss: f64,
    hits: f64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, optimizer, batch, fraction, seed] = arguments.as_slice() else {
        anyhow::bail!("usage: candle-peer DATA OPTIMIZER BATCH FRACTION SEED");
    };
    let (batch, fraction): (usize, f64) = (batch.parse()?, fraction.parse()?);
    let mut random = StdRng::seed_from_u64(seed.parse()?);

    let (inputs, targets) = data::load(&PathBuf::from(folder))?;
    let available = targets.dim(0)?;
    let samples = samples(available, batch, fraction);
    let variables = VarMap::new();
    let network = Network::new(&variables)?;
    let mut rule = Rule::new(optimizer, &variables)?;
    let mut order: Vec<u32> = (0..u32::try_from(available)?).collect();
    let mut pass = || -> Result<Totals> {
        order.shuffle(&mut random);
        train(&network, &mut rule, &inputs, &targets, order[..samples].chunks(batch))
    };

    pass()?;
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let totals = pass()?;
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu.elapsed().as_secs_f64());

    let fraction = samples as f64 / available as f64;
    let line = serde_json::json!({
        "peer": "candle", "optimizer": optimizer, "batch": batch,
        "seconds_per_epoch": wall / fraction, "cpu_seconds_per_epoch": cpu / fraction, "fraction": fraction,
        "loss_mean": totals.loss / samples as f64, "accuracy_mean": totals.hits / samples as f64,
        "version": format!("candle {}", candle_version().context("Cargo.lock without candle")?),
    });
    println!("{line}");
    Ok(())
}

/// How many samples each of the two passes trains on: whole batches, unless it is the whole epoch.
fn samples(available: usize, batch: usize, fraction: f64) -> usize {
    if fraction == 1. {
        return available;
    }
    let batches = (available as f64 * fraction / batch as f64).round() as usize;
    batches.max(1) * batch
}

/// Trains on one batch of sample indices after another; loss and correct answers of each are read.
fn train<'a>(
    network: &Network,
    rule: &mut Rule,
    inputs: &Tensor,
    targets: &Tensor,
    batches: impl Iterator<Item = &'a [u32]>,
) -> Result<Totals> {
    let mut totals = Totals::default();
    for indices in batches {
        let indices = Tensor::new(indices, &Device::Cpu)?;
        let (inputs, targets) = (inputs.index_select(&indices, 0)?, targets.index_select(&indices, 0)?);
        let logits = network.forward(&inputs)?;
        let loss = cross_entropy(&logits, &targets)?;
        rule.step(&loss)?;
        let hits = logits.argmax(D::Minus1)?.eq(&targets)?.to_dtype(DType::F32)?.sum_all()?;
        totals.loss += f64::from(loss.to_scalar::<f32>()?) * indices.dim(0)? as f64;
        totals.hits += f64::from(hits.to_scalar::<f32>()?);
    }
    Ok(totals)
}

/// The version of candle that this program was built with.
fn candle_version() -> Option<&'static str> {
    let mut lines = include_str!("../Cargo.lock").lines();
    lines.find(|line| *line == "name = \"candle-core\"")?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}
