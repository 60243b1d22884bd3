//! All paths on one plane: two recorded trainings where NumPy puts them, over losses that PyTorch computed.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use optirace::data::{Dataset, Samples, Split};
use optirace::geometry::{Plane, Spot};
use optirace::nn::Activation;
use optirace::race::RaceData;
use optirace::race::landscape::{Grid, Landscape, LandscapeFrame, LandscapeRequest, Life, PathSpot};
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::race::recording::{PathRecording, Snapshot};
use optirace::race::settings::{RaceSetup, Settings};
use optirace::tui::app::Input;
use optirace::tui::effect::Effect;
use optirace::tui::theme::{Colors, Ground, Theme};
use serde::Deserialize;

use crate::support::{FULL, Stage};

#[derive(Deserialize)]
struct Fixture {
    height: usize,
    width: usize,
    classes: usize,
    hidden: Vec<usize>,
    pixels: Vec<Vec<u8>>,
    labels: Vec<u8>,
    snapshot_every: usize,
    plane: Shadows,
    grid: Losses,
    cases: Vec<Case>,
}

/// What NumPy makes of the snapshots: x, y and the distance from the plane of each.
#[derive(Deserialize)]
struct Shadows {
    explained: [f64; 2],
    spots: Vec<Vec<[f64; 3]>>,
}

#[derive(Deserialize)]
struct Losses {
    x: [f64; 5],
    y: [f64; 5],
    loss: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct Case {
    weights: Vec<Vec<f32>>,
}

fn recorded() -> Fixture {
    serde_json::from_str(include_str!("../fixtures/geometry.json")).expect("the fixture is JSON")
}

impl Fixture {
    /// The snapshots of a run, first weights first.
    fn snapshots(&self, run: usize) -> impl Iterator<Item = Snapshot> + '_ {
        let weights = self.cases[run].weights.iter().enumerate().step_by(self.snapshot_every);
        weights.map(|(step, weights)| Snapshot { step: step as u32, weights: Arc::from(&weights[..]) })
    }

    fn path(&self, run: usize) -> Vec<PathSpot> {
        let first = &self.cases[run].weights[0];
        let distance = |weights: &[f32]| {
            weights.iter().zip(first).map(|(to, from)| (f64::from(*to) - f64::from(*from)).powi(2)).sum::<f64>().sqrt()
        };
        let spots = self.snapshots(run).zip(&self.plane.spots[run]);
        spots
            .map(|(snapshot, &[x, y, off])| PathSpot {
                step: snapshot.step,
                spot: Spot { x, y, off },
                distance: distance(&snapshot.weights),
            })
            .collect()
    }

    fn picture(&self) -> LandscapeFrame {
        let Losses { x: [left, .., right], y: [bottom, .., top], loss } = &self.grid;
        let (x, y) = ([*left, *right], [*bottom, *top]);
        let explained = self.plane.explained;
        LandscapeFrame {
            plane: Arc::new(Plane { centre: Vec::new(), axes: [Vec::new(), Vec::new()], explained }),
            explained,
            x,
            y,
            life: Life::default(),
            paths: (0..self.cases.len()).map(|run| self.path(run)).collect(),
            grid: Some(Arc::new(Grid { x, y, side: 5, loss: loss.concat() })),
            is_finest: false,
        }
    }

    /// A landscape of the network and the samples that the trainings were recorded from.
    fn landscape(&self) -> Landscape {
        let samples = || Samples::new(self.pixels.concat(), self.labels.clone(), self.height, self.width);
        let class_names = (0..self.classes).map(|class| class.to_string()).collect();
        let [train, test] = [(); 2].map(|()| samples().expect("consistent samples"));
        let dataset = Dataset { name: "fixture".into(), class_names, train, test, files: Vec::new() };
        let split = Split { train: (0..self.labels.len() as u32).collect(), val: vec![0] };
        let settings = Settings {
            specs: PAIR.map(|spec| spec.parse().expect("valid")).to_vec(),
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
}

const PAIR: [&str; 2] = ["sgd", "adam"];

/// The last step of the recorded trainings.
const STEPS: u32 = 21;

/// The picture of two recorded trainings, for whoever draws it.
pub fn picture() -> LandscapeFrame {
    recorded().picture()
}

fn show(stage: &mut Stage, picture: LandscapeFrame) {
    stage.app.handle(Input::Landscape(Ok(picture)));
}

/// Both runs as they were recorded, and the picture of them.
fn paths(size: (u16, u16), theme: Theme) -> Stage {
    let mut stage = Stage::new(&PAIR, size, theme);
    stage.start();
    stage.train(STEPS);
    stage.keys("3");
    show(&mut stage, picture());
    stage
}

/// What the next frame asks for.
fn requests(stage: &mut Stage) -> Vec<Effect> {
    stage.app.handle(Input::Tick(Duration::from_secs(1000)))
}

/// The numbers in the line of a run.
fn numbers(stage: &Stage, run: &str) -> Vec<f64> {
    let picture = stage.picture();
    let is_its = |line: &&str| line.contains(&format!(" {run} ")) && line.contains("running");
    let line = picture.lines().find(is_its).expect("a line of the table");
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn path_80x24() {
    assert_snapshot!(paths((80, 24), FULL).picture());
}

#[test]
fn path_160x50() {
    let mut stage = paths((160, 50), FULL);
    show(&mut stage, LandscapeFrame { is_finest: true, ..picture() });
    stage.press(KeyCode::Down);
    assert_snapshot!(stage.picture());
}

#[test]
fn path_60x16_in_ascii() {
    let stage = paths((60, 16), Theme { colors: Colors::None, ascii: true, ground: Ground::Dark });
    assert!(stage.picture().is_ascii());
    assert_snapshot!(stage.picture());
}

#[test]
fn path_120x40_without_colours() {
    let stage = paths((120, 40), Theme { colors: Colors::None, ascii: false, ground: Ground::Dark });
    assert_snapshot!(stage.picture());
    let buffer = stage.terminal().backend().buffer().clone();
    let is_plain = |color| color == ratatui::style::Color::Reset;
    assert!(buffer.content.iter().all(|cell| is_plain(cell.fg) && is_plain(cell.bg)));
}

#[test]
fn path_help() {
    let mut stage = paths((100, 60), FULL);
    stage.keys("?");
    assert_snapshot!(stage.picture());
}

#[test]
fn before_the_first_snapshots_it_says_what_will_be_seen() {
    let mut stage = Stage::new(&PAIR, (80, 24), FULL);
    stage.start();
    stage.keys("3");
    assert_snapshot!(stage.picture());
    let text = |stage: &Stage| stage.picture().replace('"', "").split_whitespace().collect::<Vec<_>>().join(" ");
    for snapshot in recorded().snapshots(0).take(2) {
        stage.event(0, EventKind::Snapshot(snapshot));
    }
    assert!(text(&stage).contains("The plane is being computed"), "{}", text(&stage));
    stage.app.handle(Input::Landscape(Err("no more threads".to_owned())));
    assert!(text(&stage).contains("refuses the thread that computes it: no more threads"), "{}", text(&stage));
}

#[test]
fn the_race_records_states_and_snapshots_from_the_start_whatever_is_shown() {
    let mut stage = Stage::new(&PAIR, (80, 24), FULL);
    let record = |run| Effect::Race(Target::Run(run), Command::RecordPath { recording: PathRecording::Checkpoints });
    let snapshots = Effect::Race(Target::All, Command::Snapshots { on: true });
    assert_eq!(requests(&mut stage), [record(0), record(1), snapshots]);
    assert_eq!(requests(&mut stage), []);
}

#[test]
fn the_landscape_looks_when_there_is_something_new_and_rests_when_nobody_does() {
    let (looks, rests) = ([Effect::Look { on: true }], [Effect::Look { on: false }]);
    let mut stage = Stage::new(&PAIR, (80, 24), FULL);
    stage.start();
    let mut snapshots = recorded().snapshots(0).collect::<Vec<_>>().into_iter();
    let mut next = |stage: &mut Stage| stage.event(0, EventKind::Snapshot(snapshots.next().expect("one more")));
    next(&mut stage);
    assert_eq!(requests(&mut stage), [], "nobody looks");
    stage.keys("3");
    assert_eq!(requests(&mut stage), looks);
    assert_eq!(requests(&mut stage), [], "there is nothing new");
    next(&mut stage);
    assert_eq!(requests(&mut stage), looks, "a snapshot");
    stage.pause();
    stage.train_run(0, 10);
    assert_eq!(requests(&mut stage), [], "a pause was seen in its own frame");
    stage.event(1, EventKind::Diverged { step: 3, samples: 96, why: None });
    assert_eq!(requests(&mut stage), looks, "a divergence");
    stage.keys("v");
    assert_eq!(requests(&mut stage), looks, "a hidden run has no say in the plane");
    stage.keys("1");
    assert_eq!(requests(&mut stage), rests);
    next(&mut stage);
    assert_eq!(requests(&mut stage), []);
    stage.keys("3");
    assert_eq!(requests(&mut stage), looks);
}

#[test]
fn a_run_that_began_again_is_not_shown_as_it_was() {
    let mut stage = paths((80, 24), FULL);
    assert!(stage.picture().contains("of the variance"));
    stage.event(0, EventKind::Restarted { step: STEPS });
    assert!(!stage.picture().contains("of the variance"));
    show(&mut stage, picture());
    assert!(!stage.picture().contains("of the variance"), "a picture that comes late");
    show(&mut stage, LandscapeFrame { life: Life { generation: 0, restarts: 1 }, ..picture() });
    assert!(stage.picture().contains("of the variance"));
}

#[test]
fn the_table_has_the_numbers_of_numpy() {
    let fixture = recorded();
    let stage = paths((120, 40), FULL);
    for (run, name) in ["SGD", "Adam"].into_iter().enumerate() {
        let last = fixture.path(run).pop().expect("snapshots");
        let shown = numbers(&stage, name);
        let expected = [last.distance, last.spot.off, 100.0 * last.spot.off / last.distance];
        // Three decimals, and a whole number of percents.
        for ((shown, expected), rounding) in shown[2..5].iter().zip(expected).zip([5e-4, 5e-4, 0.5]) {
            assert!((shown - expected).abs() <= rounding, "{shown} and not {expected}");
        }
        assert_eq!(shown[5], f64::from(STEPS));
    }
}

fn is_for_weights(effect: &Effect) -> bool {
    matches!(effect, Effect::Race(_, Command::PresentWeights))
}

/// Everything above the table, in one text.
fn plot(stage: &Stage) -> String {
    stage.picture().lines().take_while(|line| !line.contains("   run ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_hidden_run_leaves_the_plane_and_stays_in_the_table() {
    let mut stage = paths((80, 24), FULL);
    assert!(plot(&stage).contains("SGD"));
    stage.keys("v");
    assert!(!plot(&stage).contains("SGD") && plot(&stage).contains("Adam"));
    assert!(numbers(&stage, "SGD").len() > 4);
    stage.keys("v");
    assert!(plot(&stage).contains("SGD"));
}

#[test]
fn a_run_that_diverged_is_marked_and_seen_where_it_left_the_map() {
    let mut stage = paths((120, 40), FULL);
    stage.event(1, EventKind::Diverged { step: 22, samples: 704, why: None });
    let mut picture = picture();
    let far = Spot { x: 1e30, y: -1e30, off: 1e30 };
    picture.paths[1].push(PathSpot { step: 24, spot: far, distance: 2e30 });
    show(&mut stage, picture);
    assert!(stage.picture().contains("diverged at 22"));
    let nowhere = Spot { x: f64::NAN, y: f64::NAN, off: f64::NAN };
    let mut picture = recorded().picture();
    picture.paths[1].push(PathSpot { step: 24, spot: nowhere, distance: f64::NAN });
    show(&mut stage, picture);
    assert!(plot(&stage).contains("Adam"), "{}", plot(&stage));
}

#[test]
fn the_ground_ends_where_the_loss_is_not_known_yet() {
    let mut stage = paths((120, 40), Theme { colors: Colors::None, ascii: false, ground: Ground::Dark });
    let dots = |stage: &Stage, columns: std::ops::Range<usize>| {
        let lines = plot(stage).lines().map(|line| line.chars().collect::<Vec<_>>()).collect::<Vec<_>>();
        let within = |line: &Vec<char>| line[columns.clone()].iter().filter(|&&sign| sign == '·').count();
        // Between the header and the plane's frame.
        lines.iter().skip(4).map(within).sum::<usize>()
    };
    assert!(dots(&stage, 10..50) > 20);
    let picture = picture();
    let twice_as_wide = [2.0 * picture.x[0] - picture.x[1], picture.x[1]];
    show(&mut stage, LandscapeFrame { x: twice_as_wide, ..picture });
    assert_eq!(dots(&stage, 10..50), 0);
    assert!(dots(&stage, 65..118) > 20);
}

#[test]
fn z_shows_where_the_selected_run_has_been_lately() {
    let mut stage = paths((120, 40), FULL);
    let whole = plot(&stage);
    stage.keys("z");
    assert!(plot(&stage) != whole && plot(&stage).contains("SGD"), "{}", plot(&stage));
    let of_sgd = plot(&stage);
    stage.press(KeyCode::Down);
    assert!(plot(&stage).contains("Adam"));
    assert_ne!(plot(&stage), of_sgd);
    stage.press(KeyCode::Up);
    let levels = (0..8).take_while(|_| {
        stage.keys("z");
        plot(&stage) != whole
    });
    assert!(levels.count() < 8, "after the closest, all is shown again");
}

#[test]
fn a_click_on_its_line_selects_a_run() {
    let mut stage = paths((80, 24), FULL);
    let row = stage.picture().lines().position(|line| line.starts_with("\" ■ Adam")).expect("Adam's line") as u16;
    stage.click(20, row);
    assert_eq!(stage.app.board.selected, 1);
}

#[test]
fn the_keys_of_the_race_work_beside_the_paths() {
    let mut stage = paths((80, 24), FULL);
    assert_eq!(stage.press(KeyCode::Right), [Effect::Race(Target::Run(0), Command::SetLr { lr: 0.02 })]);
    assert_eq!(stage.keys(" "), [Effect::Race(Target::All, Command::Pause)]);
    stage.pause();
    assert_eq!(stage.keys("."), [Effect::Race(Target::Run(0), Command::Step)]);
    assert_eq!(stage.keys("w"), [Effect::Save { leaving: false }]);
}

#[test]
fn who_is_hidden_or_diverged_has_no_say_in_the_plane_unless_all_are() {
    let mut stage = paths((80, 24), FULL);
    let says = |stage: &Stage| LandscapeRequest::of(&stage.app.board.history, &stage.app.board.hidden).shaping;
    assert_eq!(says(&stage), [true, true]);
    stage.keys("v");
    assert_eq!(says(&stage), [false, true]);
    stage.event(1, EventKind::Diverged { step: 22, samples: 704, why: None });
    assert_eq!(says(&stage), [true, false], "who is hidden gives way to none but who diverged");
    stage.event(0, EventKind::Diverged { step: 22, samples: 704, why: None });
    assert_eq!(says(&stage), [true, true]);
}

#[test]
fn snapshots_lead_through_the_screen_to_the_paths_of_numpy() {
    let fixture = recorded();
    let mut stage = Stage::new(&PAIR, (120, 40), FULL);
    stage.start();
    for run in 0..2 {
        // As far apart as the race has them, which drops what is closer together.
        for (index, snapshot) in fixture.snapshots(run).enumerate() {
            stage.event(run, EventKind::Snapshot(Snapshot { step: 50 * index as u32, ..snapshot }));
        }
    }
    stage.pause();
    let landscape = fixture.landscape();
    landscape.look(LandscapeRequest::of(&stage.app.board.history, &stage.app.board.hidden));
    stage.keys("3");
    loop {
        let picture = landscape.pictures().recv_timeout(Duration::from_secs(60)).expect("a picture");
        let is_finest = picture.is_finest;
        show(&mut stage, picture);
        if is_finest {
            break;
        }
    }
    let seen = stage.app.board.picture().expect("a picture of this race");
    for run in 0..2 {
        let expected = fixture.path(run);
        assert_eq!(seen.paths[run].len(), expected.len());
        for (seen, expected) in seen.paths[run].iter().zip(expected) {
            for (seen, expected) in [
                (seen.spot.x, expected.spot.x),
                (seen.spot.y, expected.spot.y),
                (seen.spot.off, expected.spot.off),
                (seen.distance, expected.distance),
            ] {
                assert!((seen - expected).abs() < 1e-5, "{seen} and not {expected}");
            }
        }
    }
    // Weights that come after the picture, of a step that is no snapshot's: a marker does not wait for the map.
    let requests = stage.tick(1000);
    assert_eq!(requests.iter().filter(|effect| is_for_weights(effect)).count(), 0, "no run has trained");
    stage.train(420);
    let requests = stage.tick(1000);
    assert_eq!(requests.iter().filter(|effect| is_for_weights(effect)).count(), 2, "{requests:?}");
    for run in 0..2 {
        let snapshot = fixture.snapshots(run).nth(2).expect("three snapshots");
        stage.event(run, EventKind::PresentWeights(Snapshot { step: 433, ..snapshot }));
    }
    stage.tick(1000);
    let seen = stage.app.board.picture().expect("the same picture");
    for run in 0..2 {
        let (path, expected) = (stage.app.board.seen_path(seen, run), &fixture.path(run)[2]);
        let last = path.last().expect("a path");
        assert_eq!((path.len(), last.step), (seen.paths[run].len() + 1, 433));
        assert!((last.spot.x - expected.spot.x).abs() < 1e-5 && (last.distance - expected.distance).abs() < 1e-5);
    }
    assert!(stage.picture().contains(" 433 "), "the table says whose weights they are: {}", stage.picture());
    stage.press(KeyCode::Home);
    let seen = stage.app.board.picture().expect("the same picture");
    assert_eq!(stage.app.board.seen_path(seen, 0).len(), 1, "the past has no present");
    assert!(plot(&stage).contains("PC 1 → 80 % of the variance") && plot(&stage).contains("PC 2 ↑ 15 %"));
    assert!(plot(&stage).contains("map 65×65, finest"));
}
