//! A run that died: what stays of it, and how it is begun again.

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use optirace::race::measure::{Window, WindowRecord};
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::tui::effect::Effect;

use crate::support::{FULL, SIX, Stage, step_record, window};

/// Momentum diverged at step 950, with the window that ends there; it is selected.
fn one_dead() -> Stage {
    let mut stage = Stage::new(&SIX, (120, 30), FULL);
    stage.start();
    stage.train(900);
    let mut steps: Vec<_> = (901..=950).map(|step| step_record(1, step, 0.01)).collect();
    let last = &mut steps[49];
    (last.loss, last.grad_norm, last.update_norm) = (f32::NAN, f32::INFINITY, f32::NAN);
    let broken = WindowRecord { straightness: f32::NAN, distance: f32::INFINITY, ..window(1, 950) };
    stage.event(
        1,
        EventKind::Progress {
            steps,
            windows: vec![Window { record: broken, layers: Box::default() }],
            sketches: Vec::new(),
            next_lr: 0.01,
        },
    );
    stage.event(1, EventKind::Diverged { step: 950, samples: 950 * 32, why: None });
    stage.keys("j");
    stage.tick(30);
    stage
}

fn row(stage: &Stage, label: &str) -> String {
    let picture = stage.picture();
    picture.lines().find(|line| line.contains(label) && line.contains("ep ")).expect("its row").to_owned()
}

#[test]
fn its_last_numbers_stay() {
    let stage = one_dead();
    let row = row(&stage, "Momentum");
    assert!(row.contains("diverged") && !row.contains("NaN") && !row.contains("inf"), "{row}");
    assert!(row.contains(" 0.30 ") && row.contains(" 3.000 "), "straightness and distance of the window before: {row}");
}

#[test]
fn r_begins_it_again_by_itself() {
    let mut stage = one_dead();
    assert_eq!(stage.keys("r"), []);
    assert_snapshot!(stage.picture());
    assert_eq!(stage.keys("r"), [Effect::Race(Target::Run(1), Command::Restart { lr: None })]);
    assert!(stage.status().contains("Momentum begins again, with its first learning rate; the others go on"));
    stage.event(1, EventKind::Restarted { step: 950 });
    stage.start_run(1);
    stage.tick(30);
    assert!(stage.app.board.history.runs[1].steps.is_empty() && stage.app.board.history.runs[0].steps.len() == 900);
    // Its curves begin anew, too, however far they had come.
    stage.train_run(1, 400);
    stage.tick(30);
    let mut fresh = Stage::new(&SIX, (120, 30), FULL);
    fresh.start();
    [900, 400, 900, 900, 900, 900].into_iter().enumerate().for_each(|(run, step)| fresh.train_run(run, step));
    fresh.keys("j");
    stage.press(KeyCode::Esc);
    fresh.tick(10_000);
    stage.tick(10_000);
    let charts = |stage: &Stage| stage.picture().lines().skip(2).take(19).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(charts(&stage), charts(&fresh));
}

#[test]
fn with_a_tenth_of_its_rate_or_with_all_runs() {
    let mut stage = one_dead();
    assert_eq!(stage.keys("rl"), [Effect::Race(Target::Run(1), Command::Restart { lr: Some(0.001) })]);
    let mut stage = one_dead();
    assert_eq!(stage.keys("ra"), []);
    assert!(stage.picture().contains("Restart the race?"));
    assert_eq!(stage.keys("r"), [Effect::Race(Target::All, Command::Restart { lr: None })]);
    let mut stage = one_dead();
    stage.keys("r");
    assert_eq!(stage.press(KeyCode::Esc), []);
    assert_eq!(stage.app.dialog, None);
}

#[test]
fn another_rate_offers_it() {
    let mut stage = one_dead();
    assert_eq!(stage.press(KeyCode::Left), []);
    assert!(stage.picture().contains("Begin Momentum again?") && stage.picture().contains("lr 0.005"));
    assert_eq!(stage.press(KeyCode::Enter), [Effect::Race(Target::Run(1), Command::Restart { lr: Some(0.005) })]);
    let mut stage = one_dead();
    stage.keys("=3e-4");
    assert_eq!(stage.press(KeyCode::Enter), []);
    assert!(stage.picture().contains("lr 3e-4"));
    assert_eq!(stage.press(KeyCode::Esc), []);
    assert_eq!(stage.app.dialog, None);
}
