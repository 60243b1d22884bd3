//! Paths on one plane of weight space and the loss on it are those of NumPy and PyTorch (`fixtures/geometry.py`).

#![allow(clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use optirace::data::{Dataset, Samples, Split};
use optirace::nn::Activation;
use optirace::race::history::RunHistory;
use optirace::race::landscape::{Budget, Landscape, LandscapeFrame, LandscapeRequest, Life};
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::race::recording::PathRecording;
use optirace::race::recording::Snapshot;
use optirace::race::settings::{RaceSetup, Settings};
use optirace::race::{EventSource, Race, RaceData};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    height: usize,
    width: usize,
    classes: usize,
    hidden: Vec<usize>,
    pixels: Vec<Vec<u8>>,
    labels: Vec<u8>,
    snapshot_every: usize,
    plane: Plane,
    grid: Grid,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Plane {
    explained: [f64; 2],
    spots: Vec<Vec<[f64; 3]>>,
}

#[derive(Deserialize)]
struct Grid {
    x: [f64; 5],
    y: [f64; 5],
    loss: [[f64; 5]; 5],
}

#[derive(Deserialize)]
struct Case {
    weights: Vec<Vec<f32>>,
}

impl Fixture {
    fn read() -> Self {
        serde_json::from_str(include_str!("fixtures/geometry.json")).expect("the fixture is JSON")
    }

    fn landscape(&self) -> Landscape {
        let samples = || Samples::new(self.pixels.concat(), self.labels.clone(), self.height, self.width);
        let class_names = (0..self.classes).map(|class| class.to_string()).collect();
        let [train, test] = [(); 2].map(|()| samples().expect("consistent samples"));
        let dataset = Dataset { name: "fixture".into(), class_names, train, test, files: Vec::new() };
        let split = Split { train: (0..self.labels.len() as u32).collect(), val: vec![0] };
        let settings = Settings {
            specs: vec!["sgd".parse().expect("valid"), "adam".parse().expect("valid")],
            epochs: 1,
            batch_size: "7".parse().expect("a batch size"),
            hidden: self.hidden.clone(),
            activation: Activation::Relu,
            seed: 0,
            threads: 2.try_into().expect("not 0"),
            lr_changes: Vec::new(),
        };
        let data = Arc::new(RaceData { dataset, split, split_seed: 0, val_fraction: 0.1 });
        let setup = RaceSetup::new(settings, data).expect("a small network");
        Landscape::start(&setup).expect("it starts")
    }

    /// The first `count` snapshots of each case.
    fn scene(&self, count: usize, effort: Budget) -> LandscapeRequest {
        let snapshot =
            |(step, weights): (usize, &Vec<f32>)| Snapshot { step: step as u32, weights: Arc::from(&weights[..]) };
        let path = |case: &Case| {
            case.weights.iter().enumerate().step_by(self.snapshot_every).take(count).map(snapshot).collect::<Vec<_>>()
        };
        let life = Life { generation: 3, restarts: 1 };
        LandscapeRequest { paths: self.cases.iter().map(path).collect(), shaping: vec![true; 2], life, effort }
    }
}

fn next(landscape: &Landscape) -> LandscapeFrame {
    landscape.pictures().recv_timeout(Duration::from_secs(180)).expect("a picture")
}

fn finest(landscape: &Landscape) -> LandscapeFrame {
    loop {
        let picture = next(landscape);
        if picture.is_finest {
            return picture;
        }
    }
}

fn close(what: &str, ours: f64, theirs: f64) {
    let error = (ours - theirs).abs() / theirs.abs().max(1e-2);
    assert!(error <= 1e-5, "{what}: {ours} and not {theirs}, off by {error:.1e}");
}

#[test]
fn the_plane_and_the_loss_on_it_are_those_of_numpy_and_pytorch() {
    let fixture = Fixture::read();
    let landscape = fixture.landscape();
    landscape.look(fixture.scene(usize::MAX, Budget::Alone));
    let picture = finest(&landscape);
    for (ours, theirs) in picture.plane.explained.iter().zip(fixture.plane.explained) {
        close("explained variance", *ours, theirs);
    }
    assert_eq!(picture.explained, picture.plane.explained);
    assert_eq!(picture.life, Life { generation: 3, restarts: 1 });
    let ends = |values: [f64; 5]| [values[0], values[4]];
    for (ours, theirs) in [(picture.x, ends(fixture.grid.x)), (picture.y, ends(fixture.grid.y))] {
        (0..2).for_each(|end| close("what is shown of the plane", ours[end], theirs[end]));
    }
    for (path, expected) in picture.paths.iter().zip(&fixture.plane.spots) {
        assert_eq!(path.len(), expected.len());
        for (at, [x, y, off]) in path.iter().zip(expected) {
            close("x", at.spot.x, *x);
            close("y", at.spot.y, *y);
            close("distance off the plane", at.spot.off, *off);
        }
    }
    let grid = picture.grid.expect("the finest grid");
    assert_eq!(grid.side, 65);
    for row in 0..5 {
        for column in 0..5 {
            let index = row * 16 * grid.side + column * 16;
            let (x, y) = grid.place(index);
            close("column", x, fixture.grid.x[column]);
            close("row", y, fixture.grid.y[row]);
            close("loss", f64::from(grid.loss[index]), fixture.grid.loss[row][column]);
        }
    }
}

/// The share of the variance of all snapshots along each axis, from their definition.
fn shares_shown(picture: &LandscapeFrame, scene: &LandscapeRequest) -> [f64; 2] {
    let variance = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    let snapshots: Vec<&Snapshot> = scene.paths.iter().flatten().collect();
    let coordinate = |index: usize| -> Vec<f64> { snapshots.iter().map(|s| f64::from(s.weights[index])).collect() };
    let total: f64 = (0..snapshots[0].weights.len()).map(|index| variance(&coordinate(index))).sum();
    let spots = || picture.paths.iter().flatten().map(|at| at.spot);
    [spots().map(|spot| spot.x).collect::<Vec<f64>>(), spots().map(|spot| spot.y).collect()]
        .map(|along| variance(&along) / total)
}

#[test]
fn pictures_become_finer_and_the_plane_stays_while_it_serves() {
    let fixture = Fixture::read();
    let landscape = fixture.landscape();
    let scene = fixture.scene(usize::MAX, Budget::Alone);
    landscape.look(scene.clone());
    let mut sides = Vec::new();
    let first = loop {
        let picture = next(&landscape);
        sides.push(picture.grid.as_ref().map(|grid| grid.side));
        if picture.is_finest {
            break picture;
        }
    };
    assert_eq!(sides, [None, Some(5), Some(9), Some(17), Some(33), Some(65)]);
    // One snapshot fewer: the plane still serves, and with it all that was computed.
    let mut fewer = scene.clone();
    fewer.paths[0].pop();
    landscape.look(fewer.clone());
    let picture = next(&landscape);
    assert!(Arc::ptr_eq(&picture.plane, &first.plane) && picture.is_finest);
    let shown = shares_shown(&picture, &fewer);
    assert_ne!(picture.explained, first.explained, "what it shows is measured anew");
    (0..2).for_each(|axis| close("explained variance", picture.explained[axis], shown[axis]));
    assert_eq!(picture.paths[0].len(), scene.paths[0].len() - 1);
    // The beginning alone lies elsewhere: another plane, turned towards the one before.
    landscape.look(fixture.scene(3, Budget::Alone));
    let picture = finest(&landscape);
    assert!(!Arc::ptr_eq(&picture.plane, &first.plane));
    let overlap = |axis: usize| {
        let pairs = picture.plane.axes[axis].iter().zip(&first.plane.axes[axis]);
        pairs.map(|(now, before)| now * before).sum::<f64>()
    };
    assert!(overlap(0) > 0.0 && overlap(1) > 0.0, "neither axis has flipped");
}

#[test]
fn the_rectangle_follows_the_paths_and_the_known_loss_stays_meanwhile() {
    let fixture = Fixture::read();
    let landscape = fixture.landscape();
    let whole = fixture.scene(usize::MAX, Budget::Alone);
    let [start, one, other] =
        [(0, 0), (0, 7), (1, 7)].map(|(run, index): (usize, usize)| &whole.paths[run][index].weights);
    // All in one plane, which always serves.
    let at = |step: u32| {
        let share = 0.1 * step as f32;
        let weight = |index: usize| {
            let (to_one, to_other) = (one[index] - start[index], other[index] - start[index]);
            start[index] + share * to_one + share * share * to_other
        };
        Snapshot { step, weights: (0..start.len()).map(weight).collect() }
    };
    let path = |steps: u32| LandscapeRequest {
        paths: vec![(0..steps).map(at).collect()],
        shaping: vec![true],
        ..whole.clone()
    };
    landscape.look(path(8));
    let before = finest(&landscape);
    landscape.look(path(20));
    let after = next(&landscape);
    assert!(Arc::ptr_eq(&after.plane, &before.plane), "the plane serves");
    assert_eq!(after.grid, before.grid, "what is known is still seen");
    assert!(!after.is_finest);
    let last = after.paths[0].last().expect("a path").spot;
    assert!(after.x[0] <= last.x && last.x <= after.x[1] && after.y[0] <= last.y && last.y <= after.y[1]);
    let later = finest(&landscape).grid.expect("the finest grid");
    assert_eq!((later.x, later.y), (after.x, after.y));
    // As where the run that went furthest is hidden.
    landscape.look(path(3));
    let small = next(&landscape);
    assert!(Arc::ptr_eq(&small.plane, &before.plane) && small.grid.is_some_and(|grid| grid.x == after.x));
    assert!(4.0 * (small.x[1] - small.x[0]) < after.x[1] - after.x[0], "{:?} of {:?}", small.x, after.x);
}

#[test]
fn a_run_that_diverged_does_not_shape_the_plane() {
    let fixture = Fixture::read();
    let landscape = fixture.landscape();
    let mut scene = fixture.scene(usize::MAX, Budget::Alone);
    landscape.look(LandscapeRequest { paths: scene.paths[..1].to_vec(), shaping: vec![true], ..scene.clone() });
    let alone = finest(&landscape);
    let far: Arc<[f32]> = scene.paths[1][1].weights.iter().map(|weight| 1e30 * weight).collect();
    scene.paths[1].push(Snapshot { step: 99, weights: far });
    scene.shaping[1] = false;
    let landscape = fixture.landscape();
    landscape.look(scene);
    let both = finest(&landscape);
    assert_eq!((both.paths.len(), both.paths[1].len()), (2, 9), "it is shown nevertheless");
    assert_eq!(both.plane.explained, alone.plane.explained);
    assert_eq!(both.grid, alone.grid);
}

#[test]
fn a_landscape_can_be_left_and_dropped_while_it_works() {
    let fixture = Fixture::read();
    let landscape = fixture.landscape();
    landscape.look(fixture.scene(usize::MAX, Budget::Beside));
    next(&landscape);
    landscape.look(LandscapeRequest::empty());
    landscape.look(fixture.scene(usize::MAX, Budget::Beside));
    while next(&landscape).grid.is_none_or(|grid| grid.side < 9) {}
    drop(landscape);
    drop(fixture.landscape());
}

/// Not a check, a figure: what it takes from training to be watched.
#[test]
#[ignore = "measures: run with --release --nocapture"]
fn measure_what_watching_costs() {
    let dataset = Dataset::fashion_mnist().expect("it is part of the program");
    let split = Split::new(dataset.train.len(), 0.2, 42).expect("a split");
    let data = Arc::new(RaceData { dataset, split, split_seed: 42, val_fraction: 0.2 });
    let settings = Settings {
        specs: ["sgd", "adam"].map(|spec| spec.parse().expect("valid")).to_vec(),
        epochs: 20,
        batch_size: "32".parse().expect("a batch size"),
        hidden: vec![100],
        activation: Activation::Relu,
        seed: 0,
        threads: std::thread::available_parallelism().expect("some cores"),
        lr_changes: Vec::new(),
    };
    let setup = RaceSetup::new(settings, data).expect("a network");
    for _ in 0..5 {
        for watched in ["nothing", "last steps", "steps", "snapshots", "the landscape"] {
            let begin = std::time::Instant::now();
            let race = Race::start(&setup).expect("it starts");
            let mut history = race.history();
            race.send(Target::All, Command::Snapshots { on: watched == "snapshots" || watched == "the landscape" });
            let recording = match watched {
                "steps" => PathRecording::UpdatesAndSketches,
                "last steps" => PathRecording::Checkpoints,
                _ => PathRecording::Off,
            };
            race.send(Target::All, Command::RecordPath { recording });
            let landscape = (watched == "the landscape").then(|| Landscape::start(&setup).expect("it starts"));
            while !history.has_ended() {
                let event = race.events().recv().expect("the race goes on");
                let is_snapshot = matches!(event.kind, EventKind::Snapshot(_));
                history.apply(event);
                if let Some(landscape) = landscape.as_ref().filter(|_| is_snapshot) {
                    landscape.look(LandscapeRequest::of(&history, &[false; 2]));
                }
            }
            let (seconds, compute) = (begin.elapsed().as_secs_f64(), history.runs.iter().map(RunHistory::compute_s));
            let pictures = landscape.map_or(0, |landscape| landscape.pictures().len());
            let compute: f64 = compute.sum();
            println!("{watched:14} {seconds:.3} s, {compute:.3} s of training, {pictures} pictures");
        }
    }
}
