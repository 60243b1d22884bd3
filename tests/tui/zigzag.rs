//! Two runs side by side: two trainings that were recorded, and what NumPy measures of them.

use std::time::Duration;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use optirace::geometry::UpdateRing;
use optirace::race::measure::{StepRecord, Window, WindowRecord};
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::race::range_stats::RangeStats;
use optirace::race::recording::{PathRecording, RecordedTrail, StepSketch};
use optirace::tui::app::Input;
use optirace::tui::effect::Effect;
use optirace::tui::theme::{Colors, Ground, Theme};
use serde::Deserialize;

use crate::support::{FULL, SIX, Stage, effective_lr};

#[derive(Deserialize)]
struct Fixture {
    lengths: Vec<usize>,
    shown: Vec<f64>,
    own: Vec<Vec<[f64; 2]>>,
    runs: Vec<Recorded>,
}

/// A training, step by step; window by window, the distance.
#[derive(Deserialize)]
struct Recorded {
    loss: Vec<f32>,
    accuracy: Vec<f32>,
    update: Vec<Vec<f32>>,
    update_norm: Vec<f32>,
    update_cosine: Vec<Option<f32>>,
    distance: Vec<f32>,
    measured: Vec<Measured>,
    earlier: Vec<Measured>,
}

#[derive(Deserialize)]
struct Measured {
    steps: usize,
    turn: f64,
    update_cosine: f64,
    straightness: f64,
    roughness: f64,
    angles: Vec<u32>,
}

fn recorded() -> Fixture {
    serde_json::from_str(include_str!("../fixtures/zigzag.json")).expect("the fixture is read")
}

impl Recorded {
    fn step(&self, index: usize, batch: u64) -> StepRecord {
        StepRecord {
            samples: (index as u64 + 1) * batch,
            compute_s: 1e-4 * (index + 1) as f64,
            step: index as u32 + 1,
            epoch: 1,
            lr: 0.01,
            loss: self.loss[index],
            accuracy: self.accuracy[index],
            grad_norm: 1.0,
            update_norm: self.update_norm[index],
            update_cosine: self.update_cosine[index].unwrap_or(f32::NAN),
        }
    }

    /// Nine parameters are their own sketch.
    fn sketch(&self, index: usize) -> StepSketch {
        StepSketch { step: index as u32 + 1, update: self.update[index].as_slice().into() }
    }

    /// The exact path of the last of so many steps, as a run answers with it.
    fn trail(&self, step: usize, steps: usize) -> EventKind {
        let mut ring = UpdateRing::new(40);
        self.update[..step].iter().for_each(|update| ring.push(update));
        let straightness = ring.straightness(steps);
        EventKind::Trail(RecordedTrail { step: step as u32, trail: ring.trail(steps), straightness })
    }

    fn window(&self, number: usize) -> Window {
        let record = WindowRecord {
            straightness: 0.5,
            distance: self.distance[number],
            gradient_cosine: [0.812, 0.794, 0.801][number],
            roughness: 0.1,
            turn: 90.0,
            effective_lr: effective_lr(0, 50),
            ..WindowRecord::empty(50 * (number as u32 + 1))
        };
        Window { record, layers: Box::new([]) }
    }

    /// The steps in `range` as an event of the race, sketched from step `sketched` on.
    fn progress(&self, range: std::ops::Range<usize>, batch: u64, sketched: usize) -> EventKind {
        EventKind::Progress {
            steps: range.clone().map(|index| self.step(index, batch)).collect(),
            windows: range.clone().filter(|index| index % 50 == 49).map(|index| self.window(index / 50)).collect(),
            sketches: range.filter(|index| *index >= sketched).map(|index| self.sketch(index)).collect(),
            next_lr: if batch == 1 { 0.01 } else { 0.001 },
        }
    }
}

const PAIR: [&str; 2] = ["sgd:batch=1,label=SGD batch 1", "adam:batch=8"];
const BATCHES: [u64; 2] = [1, 8];

/// Both runs as they were recorded, side by side.
fn side_by_side(size: (u16, u16), theme: Theme) -> Stage {
    let mut stage = Stage::new(&PAIR, size, theme);
    stage.start();
    for (run, recorded) in recorded().runs.iter().enumerate() {
        stage.event(run, recorded.progress(0..recorded.loss.len(), BATCHES[run], 0));
    }
    stage.tick(1000);
    stage.keys("2");
    for (run, recorded) in recorded().runs.iter().enumerate() {
        stage.event(run, recorded.trail(recorded.loss.len(), stage.zigzag().steps()));
    }
    stage.tick(1000);
    stage.press(KeyCode::Esc);
    stage
}

/// Looks at `steps` steps, whatever is looked at now.
fn look_at(stage: &mut Stage, steps: usize) {
    stage.keys("<<<<<<");
    while stage.zigzag().steps() < steps {
        stage.keys(">");
    }
    stage.press(KeyCode::Esc);
}

/// What the screen says under both sides, in one line.
fn verdict(stage: &Stage) -> String {
    let picture = stage.picture();
    let lines = picture.lines().map(|line| line.trim_matches('"').trim());
    let from = lines.skip_while(|line| !(line.starts_with("last ") || line.starts_with("first ")));
    let lines = from.take_while(|line| !line.contains("← → change")).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// The requests of the next frame.
fn requests(stage: &mut Stage) -> Vec<Effect> {
    stage.app.handle(Input::Tick(Duration::from_secs(1000)))
}

fn record(run: usize, recording: PathRecording) -> Effect {
    Effect::Race(Target::Run(run), Command::RecordPath { recording })
}

#[test]
fn zigzag_80x24() {
    assert_snapshot!(side_by_side((80, 24), FULL).picture());
}

#[test]
fn zigzag_160x50() {
    let mut stage = side_by_side((160, 50), FULL);
    look_at(&mut stage, 100);
    assert_snapshot!(stage.picture());
    stage.keys("b");
    stage.press(KeyCode::Esc);
    assert_snapshot!("zigzag_160x50_on_one_plane", stage.picture());
}

#[test]
fn zigzag_60x16_in_ascii() {
    let stage = side_by_side((60, 16), Theme { colors: Colors::None, ascii: true, ground: Ground::Dark });
    assert!(stage.picture().is_ascii());
    assert_snapshot!(stage.picture());
}

#[test]
fn zigzag_120x40_without_colours() {
    let mut stage = side_by_side((120, 40), Theme { colors: Colors::None, ascii: false, ground: Ground::Dark });
    look_at(&mut stage, 100);
    assert_snapshot!(stage.picture());
    let buffer = stage.terminal().backend().buffer().clone();
    let is_plain = |color| color == ratatui::style::Color::Reset;
    assert!(buffer.content.iter().all(|cell| is_plain(cell.fg) && is_plain(cell.bg)));
}

#[test]
fn zigzag_help() {
    let mut stage = side_by_side((100, 45), FULL);
    stage.keys("?");
    assert_snapshot!(stage.picture());
}

fn agrees(ours: &RangeStats, theirs: &Measured) {
    let close = |what: &str, ours: f64, theirs: f64| assert!((ours - theirs).abs() <= 1e-5 * theirs.abs(), "{what}");
    assert_eq!(ours.steps, theirs.steps);
    close("turn", ours.turn, theirs.turn);
    close("update cosine", ours.update_cosine, theirs.update_cosine);
    close("straightness", ours.straightness.expect("every step was sketched"), theirs.straightness);
    close("roughness", ours.roughness, theirs.roughness);
    assert_eq!(ours.angles[..], theirs.angles[..]);
}

#[test]
fn the_last_steps_are_measured_as_numpy_measures_them() {
    let fixture = recorded();
    let mut stage = side_by_side((120, 40), FULL);
    for (index, &steps) in fixture.lengths.iter().enumerate() {
        look_at(&mut stage, steps);
        assert_eq!(stage.zigzag().steps(), steps);
        for (pane, recorded) in stage.zigzag().panes().iter().zip(&fixture.runs) {
            agrees(&pane.now, &recorded.measured[index]);
            agrees(pane.before.as_ref().expect("there are earlier steps"), &recorded.earlier[index]);
        }
    }
    look_at(&mut stage, 100);
    stage.keys("b");
    for (pane, shown) in stage.zigzag().panes().iter().zip(fixture.shown) {
        assert!((pane.shown().expect("it moved") - shown).abs() < 1e-6);
    }
}

#[test]
fn the_words_say_what_was_measured() {
    let mut stage = side_by_side((80, 24), FULL);
    look_at(&mut stage, 20);
    // NumPy: turns of 84.895° and 23.270°, straightness 0.401 and 0.669.
    let words = "last 20 steps: SGD batch 1 turned 85° a step and came about 40 % of the way it walked; Adam 23° \
                 and about 67 %";
    assert!(verdict(&stage).starts_with(words), "{}", verdict(&stage));
    look_at(&mut stage, 200);
    let words = "last 200 steps: SGD batch 1 (its first 150) turned 82° a step and came about 24 % of the way it \
                 walked; Adam (its first 110) 18° and about 75 % · ";
    let said = verdict(&stage);
    assert!(said.starts_with(words), "{said}");
    let scales = said.strip_prefix(words).expect("it was just seen");
    assert!(scales.contains("path drawn ") && scales.contains(" times as large as "), "{scales}");
    stage.keys("b");
    stage.press(KeyCode::Esc);
    assert_eq!(verdict(&stage), format!("{words}both drawn at one scale"));
}

#[test]
fn the_words_are_the_same_when_adam_is_the_one_that_zigzags() {
    let mut stage = Stage::new(&["sgd", "adam"], (120, 40), FULL);
    stage.start();
    let fixture = recorded();
    for (run, recorded) in fixture.runs.iter().rev().enumerate() {
        stage.event(run, recorded.progress(0..100, 32, 0));
    }
    stage.keys("2");
    look_at(&mut stage, 500);
    let expected = fixture.runs.iter().rev().map(|run| {
        let cosines = run.update_cosine[..100].iter().flatten();
        let degrees: Vec<f64> = cosines.map(|cosine| f64::from(*cosine).acos().to_degrees()).collect();
        degrees.iter().sum::<f64>() / degrees.len() as f64
    });
    let expected: Vec<String> = expected.map(|turn| format!("{turn:.0}°")).collect();
    let words = verdict(&stage);
    assert!(
        words.starts_with(&format!("first 100 steps: SGD turned {} a step and came about ", expected[0])),
        "{words}"
    );
    assert!(words.contains(&format!("; Adam {} and about ", expected[1])), "{words}");
}

#[test]
fn what_was_not_sketched_is_not_spoken_of() {
    let mut stage = Stage::new(&PAIR, (80, 24), FULL);
    stage.start();
    stage.keys("2");
    assert_eq!(verdict(&stage), "first 0 steps: SGD batch 1 has not turned yet; Adam has not turned yet");
    let fixture = recorded();
    for (run, recorded) in fixture.runs.iter().enumerate() {
        stage.event(run, recorded.progress(0..100, BATCHES[run], 90));
    }
    stage.tick(1000);
    look_at(&mut stage, 100);
    let words = verdict(&stage);
    assert!(words.starts_with("last 100 steps: SGD batch 1 turned ") && !words.contains('%'), "{words}");
    assert!(stage.zigzag().panes().iter().all(|pane| pane.drawn() == 10));
    stage.event(0, fixture.runs[0].progress(100..110, 1, 0));
    stage.tick(1000);
    look_at(&mut stage, 20);
    let words = verdict(&stage);
    assert!(words.contains("of the way it walked; Adam") && words.matches('%').count() == 1, "{words}");
    assert!(stage.picture().contains("one moment"), "no exact path came yet");
    stage.event(0, fixture.runs[0].trail(110, 20));
    stage.tick(1000);
    assert_eq!(stage.zigzag().panes()[0].drawn(), 20);
    look_at(&mut stage, 100);
    // From here on nobody sketches, as while another view is shown.
    stage.event(0, fixture.runs[0].progress(110..120, 1, 150));
    stage.tick(1000);
    assert_eq!(stage.zigzag().panes()[0].drawn(), 0, "what was before is not the last steps");
    assert!(stage.picture().contains("recorded from now on"));
    stage.event(0, EventKind::Diverged { step: 120, samples: 120, why: None });
    assert!(stage.picture().contains("not recorded: it ended"));
}

#[test]
fn before_anything_was_measured_adam_stands_beside_the_chosen_run_and_sgd_beside_adam() {
    let sides = |specs: &[&str], selected: usize| {
        let mut stage = Stage::new(specs, (80, 24), FULL);
        (0..selected).for_each(|_| drop(stage.press(KeyCode::Down)));
        stage.keys("2");
        assert_eq!(stage.app.board.selected, selected, "the chosen run stays chosen");
        stage.zigzag().sides().to_vec()
    };
    assert_eq!(sides(&SIX, 0), [0, 5]);
    assert_eq!(sides(&SIX, 4), [4, 5]);
    assert_eq!(sides(&["adam", "momentum", "sgd:batch=1", "sgd"], 0), [0, 2]);
    assert_eq!(sides(&["momentum", "rmsprop", "nesterov"], 0), [0, 1]);
    assert_eq!(sides(&["rmsprop", "momentum", "nesterov"], 2), [2, 0]);
    assert_eq!(sides(&["adagrad"], 0), [0]);
}

#[test]
fn opposite_the_chosen_run_stands_the_one_whose_turn_differs_most() {
    // A window of run r has a turn of 88 − 10 r degrees; run 2 comes back to 95.
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    stage.start();
    stage.train(300);
    let mut window = crate::support::window(2, 350);
    window.turn = 95.0;
    let windows = vec![Window { record: window, layers: Box::new([]) }];
    stage.event(2, EventKind::Progress { steps: Vec::new(), windows, sketches: Vec::new(), next_lr: 0.01 });
    (0..4).for_each(|_| drop(stage.press(KeyCode::Down)));
    stage.keys("2");
    assert_eq!((stage.zigzag().sides(), stage.app.board.selected), (&[4, 2][..], 4));
}

#[test]
fn sides_change_by_hand_alone_and_the_chosen_run_stays_chosen() {
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    stage.start();
    stage.train(300);
    stage.keys("2");
    let set = |run, lr| Effect::Race(Target::Run(run), Command::SetLr { lr });
    let sides = |stage: &Stage| (stage.zigzag().sides().to_vec(), stage.app.board.selected);
    assert_eq!(sides(&stage), (vec![0, 5], 0));
    assert_eq!(stage.press(KeyCode::Right), [set(0, 0.02)]);
    stage.press(KeyCode::Tab);
    assert_eq!(sides(&stage), (vec![0, 5], 5));
    assert_eq!(stage.press(KeyCode::Left), [set(5, 0.0005)]);
    // Past SGD, which is on the left.
    stage.keys("]");
    assert_eq!(sides(&stage), (vec![0, 1], 1));
    stage.keys("[");
    assert_eq!(sides(&stage), (vec![0, 5], 5));
    stage.press(KeyCode::Up);
    assert_eq!(sides(&stage), (vec![0, 4], 4));
    assert!(stage.picture().contains("RMSprop") && !stage.picture().contains("Adam "));
    // What another view selects is chosen here, if it is here.
    stage.keys("1");
    stage.press(KeyCode::Down);
    stage.press(KeyCode::Down);
    stage.keys("2");
    assert_eq!(sides(&stage), (vec![0, 4], 0));
    stage.keys("1");
    stage.press(KeyCode::Down);
    stage.keys("2");
    assert_eq!(sides(&stage), (vec![0, 4], 1), "Momentum is on no side");
    assert!(stage.status().contains("Momentum is on neither side"), "{}", stage.status());
    stage.keys("1");
    assert_eq!(stage.app.board.selected, 1);
    stage.keys("2");
    stage.click(60, 10);
    assert_eq!(stage.app.board.selected, 4);
}

#[test]
fn a_race_of_one_or_two_has_no_other_run_to_choose() {
    for specs in [&["adam"][..], &["sgd", "adam"]] {
        let mut stage = Stage::new(specs, (80, 24), FULL);
        stage.start();
        stage.train(300);
        stage.keys("2");
        let sides = stage.zigzag().sides().to_vec();
        stage.keys("][");
        stage.press(KeyCode::Tab);
        assert_eq!(stage.zigzag().sides(), sides);
        assert!(stage.status().contains("already on a side"), "{}", stage.status());
        assert!(verdict(&stage).contains("turned"));
    }
}

#[test]
fn the_number_of_steps_climbs_a_ladder_with_two_ends() {
    let mut stage = side_by_side((80, 24), FULL);
    let mut seen = Vec::new();
    stage.keys("<<<<<<<");
    assert!(stage.status().contains("no fewer"));
    for _ in 0..7 {
        seen.push(stage.zigzag().steps());
        stage.keys(">");
    }
    assert_eq!(seen, [20, 40, 100, 200, 500, 1000, 2000]);
    assert!(stage.status().contains("no more"));
}

#[test]
fn steps_are_recorded_while_they_are_looked_at_and_before_the_end() {
    let recordings = |stage: &mut Stage| -> Vec<Effect> {
        let is_trail = |effect: &Effect| matches!(effect, Effect::Race(_, Command::Trail { .. }));
        requests(stage).into_iter().filter(|effect| !is_trail(effect)).collect()
    };
    let (all, off) = (PathRecording::UpdatesAndSketches, PathRecording::Checkpoints);
    let sketches = PathRecording::Sketches;
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    stage.start();
    stage.train(300);
    assert_eq!(recordings(&mut stage), [], "the state of every run is kept from the start");
    stage.keys("2");
    assert_eq!(recordings(&mut stage), [record(0, all), record(5, all)]);
    stage.keys("]");
    assert_eq!(recordings(&mut stage), [record(0, off), record(1, all)]);
    stage.keys("1");
    assert_eq!(recordings(&mut stage), [record(1, off), record(5, off)]);
    // Five epochs of 1,500 steps are planned.
    (0..6).for_each(|run| stage.train_run(run, 5400));
    assert_eq!(recordings(&mut stage), []);
    (0..6).for_each(|run| stage.train_run(run, 5500));
    assert_eq!(recordings(&mut stage), [record(1, sketches), record(5, sketches)]);
    (0..6).for_each(|run| stage.train_run(run, 7450));
    assert_eq!(recordings(&mut stage), [], "the last steps of any run can be done again");
}

#[test]
fn a_path_is_asked_for_when_there_are_new_steps_and_of_a_race_at_rest_at_once() {
    let trails = |effects: Vec<Effect>| -> Vec<(usize, usize)> {
        let of = |effect| match effect {
            Effect::Race(Target::Run(run), Command::Trail { steps, at: None }) => Some((run, steps)),
            _ => None,
        };
        effects.into_iter().filter_map(of).collect()
    };
    let mut stage = Stage::new(&["sgd", "adam"], (80, 24), FULL);
    stage.start();
    stage.train(300);
    stage.keys("2");
    assert_eq!(trails(stage.tick(10)), [(0, 40), (1, 40)]);
    assert_eq!(trails(stage.tick(1000)), [], "there is nothing new");
    stage.train_run(0, 310);
    assert_eq!(trails(stage.tick(190)), [(0, 40)]);
    stage.train_run(0, 320);
    assert_eq!(trails(stage.tick(190)), [], "not so soon");
    assert_eq!(trails(stage.tick(10)), [(0, 40)]);
    assert_eq!(
        trails({
            stage.keys("<");
            stage.tick(1)
        }),
        [(0, 20), (1, 20)]
    );
    assert_eq!(
        trails({
            stage.keys(">>");
            stage.tick(1)
        }),
        [],
        "100 steps come from sketches"
    );
    stage.keys("<");
    stage.tick(1);
    stage.pause();
    stage.train_run(1, 301);
    assert_eq!(trails(stage.tick(1)), [(1, 40)], "every single step of a race at rest");
}

#[test]
fn a_path_on_its_own_plane_is_that_of_numpy() {
    let fixture = recorded();
    let stage = side_by_side((120, 40), FULL);
    assert_eq!(stage.zigzag().steps(), 40);
    let exact = stage.zigzag().panes().iter().map(|pane| pane.spots.clone());
    // Nine parameters are their own sketch: from sketches the path is the same.
    let mut stage = side_by_side((120, 40), FULL);
    look_at(&mut stage, 100);
    let all = fixture.runs.iter().map(|run| {
        let last = run.update[run.update.len() - 40..].iter().map(Vec::as_slice);
        optirace::geometry::SketchedPath::new(last).trail().spots
    });
    for (spots, expected) in exact.chain(all).zip(fixture.own.iter().cycle()) {
        assert_eq!(spots.len(), 41);
        let size = expected.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
        for (spot, [x, y]) in spots.iter().zip(expected) {
            assert!((spot.x - x).hypot(spot.y - y) < 1e-5 * size, "{spot:?} and not {x}, {y}");
        }
    }
}

#[test]
fn every_step_of_a_paused_race_is_seen_at_once_and_moves_the_mark() {
    let fixture = recorded();
    let mut stage = Stage::new(&PAIR, (80, 24), FULL);
    stage.start();
    for (run, recorded) in fixture.runs.iter().enumerate() {
        stage.event(run, recorded.progress(0..60, BATCHES[run], 0));
    }
    stage.keys("2");
    look_at(&mut stage, 20);
    stage.keys(" ");
    stage.pause();
    for step in 60..70 {
        let before = stage.picture();
        assert_eq!(stage.keys("."), [Effect::Race(Target::Run(0), Command::Step)]);
        stage.event(0, fixture.runs[0].progress(step..step + 1, 1, 0));
        stage.event(0, EventKind::Paused { step: step as u32 + 1, samples: step as u64 + 1 });
        stage.event(0, fixture.runs[0].trail(step + 1, 20));
        stage.tick(1);
        let pane = &stage.zigzag().panes()[0];
        assert_eq!((pane.step, pane.spots.len()), (step + 1, 21));
        let path = |picture: &str| picture.lines().skip(10).take(7).map(str::to_owned).collect::<Vec<_>>();
        assert_ne!(path(&before), path(&stage.picture()), "the mark moved");
    }
}

#[test]
fn a_race_that_runs_is_looked_at_ten_times_a_second() {
    let mut stage = side_by_side((80, 24), FULL);
    stage.tick(1000);
    stage.app.take_needs_drawing();
    let look = |stage: &mut Stage, ms| {
        stage.tick(ms);
        (stage.zigzag().panes()[0].step, stage.app.take_needs_drawing())
    };
    let before = stage.zigzag().panes()[0].step;
    let next = StepRecord { step: 151, ..recorded().runs[0].step(149, 1) };
    stage.event(0, EventKind::Progress { steps: vec![next], windows: Vec::new(), sketches: Vec::new(), next_lr: 0.01 });
    // The last look was long ago.
    assert_eq!(look(&mut stage, 0), (before + 1, true));
    let next = StepRecord { step: 152, ..next };
    stage.event(0, EventKind::Progress { steps: vec![next], windows: Vec::new(), sketches: Vec::new(), next_lr: 0.01 });
    assert_eq!(look(&mut stage, 50), (before + 1, false));
    assert_eq!(look(&mut stage, 50), (before + 2, true));
    assert_eq!(look(&mut stage, 500), (before + 2, false), "there is nothing new");
}

#[test]
fn a_run_that_diverges_shows_its_end_and_spoils_no_scale() {
    let right_half = |stage: &Stage| {
        let lines = stage.picture();
        lines.lines().skip(3).take(35).map(|line| line.chars().skip(81).collect()).collect::<Vec<String>>()
    };
    // Four more steps of SGD of these sizes, and its end.
    let diverged = |sizes: [f32; 4]| {
        let mut stage = side_by_side((160, 50), FULL);
        let last = recorded().runs[0].step(149, 1);
        let wild = |(size, step)| StepRecord { step, loss: size, update_norm: size, update_cosine: -1.0, ..last };
        let steps = sizes.into_iter().zip(151..).map(wild).collect();
        let sketch = |(size, step)| StepSketch { step, update: Box::from([size; 9]) };
        let sketches = sizes.into_iter().zip(151..).map(sketch).collect();
        stage.event(0, EventKind::Progress { steps, windows: Vec::new(), sketches, next_lr: 0.01 });
        stage.event(0, EventKind::Diverged { step: 154, samples: 154, why: None });
        stage.tick(1000);
        stage.press(KeyCode::Esc);
        stage
    };
    let stage = diverged([1e3, 1e9, 1e30, f32::INFINITY]);
    assert!(stage.picture().contains("diverged at 154"));
    assert_eq!(right_half(&diverged([1.0; 4])), right_half(&stage), "Adam is seen as beside a run without wild steps");
    assert_eq!(stage.zigzag().panes()[0].step, 154);
    assert!(!verdict(&stage).contains("NaN") && !verdict(&stage).contains("inf"), "{}", verdict(&stage));
}

#[test]
fn a_restart_empties_both_sides() {
    let mut stage = side_by_side((80, 24), FULL);
    stage.next_generation();
    stage.start();
    assert_eq!(verdict(&stage), "first 0 steps: SGD batch 1 has not turned yet; Adam has not turned yet");
    assert!(stage.picture().contains("no step yet"));
    assert_eq!(stage.app.view().kind().name, "zigzag");
}
