//! Experiments of the lesson that are no race of optimizers.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::error::LessonError;
use crate::data::{Dataset, Samples, Split};
use crate::nn::Network;
use crate::optim::Spec;
use crate::race::history::History;
use crate::race::settings::{RaceSetup, Settings};
use crate::race::{Race, RaceData};
use crate::surface::{self, Noise, Plan, Point, Surface, Walk};

/// What the experiments found on one seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Lab {
    /// Flatten against flattened samples.
    pub flatten: Flatten,
    /// SGD in two wells, with noise and without.
    pub wells: Wells,
}

/// A network with Flatten that trains on images, against the same one that trains on flattened images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flatten {
    /// Parameters beside those of the Dense layers.
    pub parameters: usize,
    /// How many of the recorded numbers of all steps and epochs differ in any bit.
    pub differences: usize,
}

/// SGD on the surface `wells`, a local minimum beside the global one, from many starts, with noise and without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wells {
    /// Starts from which it ends in the local well without noise.
    pub local_starts: usize,
    /// How many of them end in the global well with noise.
    pub escaped: usize,
    /// Mean distance from the global minimum over the last steps of walks with noise, whose starts lead there without.
    pub distance_with_noise: f64,
    /// The same without noise.
    pub distance_without: f64,
}

/// Samples that Flatten is tried on, and those that validate.
const FLATTEN_SAMPLES: [usize; 2] = [1600, 400];

/// Starts of walks, spread evenly at random over the surface.
const STARTS: usize = 300;

/// Steps of a walk, and the last of them that its distance is measured over.
const WALK: (u32, usize) = (1000, 100);

/// SGD's learning rate on the surface, that which suits it.
const WALK_LR: f64 = 0.05;

/// Standard deviation of the noise on each partial derivative: some two times the steepest slope (1.2) between the
/// local well and the barrier.
const NOISE: f64 = 3.0;

impl Lab {
    /// Makes all experiments on one seed; `settings` say what network is flattened, and on how many threads.
    ///
    /// # Errors
    /// When the races among them cannot be run.
    pub fn new(settings: &Settings, data: &RaceData) -> Result<Self, LessonError> {
        Ok(Self { flatten: Flatten::new(settings, data)?, wells: Wells::new(settings.seed)? })
    }
}

impl Flatten {
    fn new(settings: &Settings, data: &RaceData) -> Result<Self, LessonError> {
        let specs = ["sgd", "adam"].map(str::parse::<Spec>).into_iter().collect::<Result<Vec<_>, _>>()?;
        let settings = Settings { specs, epochs: 2, ..settings.clone() };
        let images = part_of(data, false)?;
        let flat = part_of(data, true)?;
        let network = Network::new(settings.architecture(&images.dataset)?);
        let dense: usize = network.architecture().dense_layers().map(|layer| layer.parameters()).sum();
        let parameters = network.layout().parameters - dense;
        let [ours, theirs] = [images, flat].map(|data| {
            let race = Race::start(&RaceSetup::new(settings.clone(), data)?)?;
            Ok::<_, LessonError>(race.run_to_end(&mut |_, _| {}))
        });
        Ok(Self { parameters, differences: differences(&ours?, &theirs?) })
    }
}

/// A few of the samples, as images or each as a single row of pixels.
fn part_of(data: &RaceData, is_flat: bool) -> Result<Arc<RaceData>, LessonError> {
    let RaceData { dataset, split, .. } = data;
    let [train, val] = FLATTEN_SAMPLES;
    let chosen = |indices: &[u32], count: usize| indices.iter().take(count).map(|&index| index as usize).collect();
    let parts: [Vec<usize>; 2] = [chosen(&split.train, train), chosen(&split.val, val)];
    let (height, width) = match is_flat {
        false => (dataset.train.height(), dataset.train.width()),
        true => (1, dataset.train.features()),
    };
    let gather = |samples: &Samples, indices: &[usize]| {
        let pixels = indices.iter().flat_map(|&index| samples.image(index).iter().copied()).collect();
        Samples::new(pixels, indices.iter().map(|&index| samples.label(index)).collect(), height, width)
    };
    let test: Vec<usize> = (0..dataset.test.len().min(val)).collect();
    let split = Split {
        train: (0..parts[0].len() as u32).collect(),
        val: (parts[0].len() as u32..parts.concat().len() as u32).collect(),
    };
    let dataset = Dataset {
        name: dataset.name.clone(),
        class_names: dataset.class_names.clone(),
        train: gather(&dataset.train, &parts.concat())?,
        test: gather(&dataset.test, &test)?,
        files: Vec::new(),
    };
    Ok(Arc::new(RaceData { dataset, split, split_seed: data.split_seed, val_fraction: data.val_fraction }))
}

/// How many numbers of two races differ in any bit, times aside. What only one of them has counts in full.
fn differences(ours: &History, theirs: &History) -> usize {
    let numbers = |history: &History| -> Vec<u32> {
        let steps = history.runs.iter().flat_map(|run| &run.steps).flat_map(|step| {
            [step.loss, step.accuracy, step.grad_norm, step.update_norm, step.update_cosine].map(f32::to_bits)
        });
        let epochs = history.runs.iter().flat_map(|run| &run.epochs);
        steps.chain(epochs.flat_map(|epoch| [epoch.val.loss, epoch.val.accuracy].map(f32::to_bits))).collect()
    };
    let (ours, theirs) = (numbers(ours), numbers(theirs));
    ours.iter().zip(&theirs).filter(|(a, b)| a != b).count() + ours.len().abs_diff(theirs.len())
}

impl Wells {
    fn new(seed: u64) -> Result<Self, LessonError> {
        let surface = surface::named("wells")?;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut wells = Self { local_starts: 0, escaped: 0, distance_with_noise: 0.0, distance_without: 0.0 };
        let mut global_starts = 0.0;
        for _ in 0..STARTS {
            let start = Point::new(
                random.random_range(surface.x.low..surface.x.high),
                random.random_range(surface.y.low..surface.y.high),
            );
            let without = walked(surface, start, None)?;
            let noisy = walked(surface, start, Some(Noise { deviation: NOISE, seed: random.random() }))?;
            if is_in_global_well(surface, without.last().at) {
                global_starts += 1.0;
                wells.distance_without += distance_kept(surface, &without);
                wells.distance_with_noise += distance_kept(surface, &noisy);
            } else {
                wells.local_starts += 1;
                wells.escaped += usize::from(is_in_global_well(surface, noisy.last().at));
            }
        }
        wells.distance_with_noise /= global_starts;
        wells.distance_without /= global_starts;
        Ok(wells)
    }
}

fn walked(surface: &'static Surface, start: Point, noise: Option<Noise>) -> Result<Walk, LessonError> {
    let mut sgd: Spec = "sgd".parse()?;
    sgd.lr = WALK_LR;
    let plan = Plan { specs: vec![sgd], start, steps: WALK.0, noise, ..Plan::new(surface) };
    let mut walk = plan.walks()?.remove(0);
    walk.finish();
    Ok(walk)
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// Whether the minimum that is nearest to a place is the global one.
fn is_in_global_well(surface: &Surface, at: Point) -> bool {
    let nearest = surface.minima.iter().min_by(|a, b| distance(at, a.at).total_cmp(&distance(at, b.at)));
    nearest.is_some_and(|minimum| minimum.is_global)
}

/// Mean distance from the global minimum over the last steps of a walk.
fn distance_kept(surface: &Surface, walk: &Walk) -> f64 {
    let steps = walk.steps();
    let last = &steps[steps.len().saturating_sub(WALK.1)..];
    let global = surface.minima.iter().find(|minimum| minimum.is_global);
    let sum: f64 = global.map_or(f64::NAN, |global| last.iter().map(|step| distance(step.at, global.at)).sum());
    sum / last.len() as f64
}
