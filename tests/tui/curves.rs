//! What the charts show of many runs, of one alone, and of runs that only guess.

use crossterm::event::KeyCode;
use optirace::race::measure::{StepRecord, Window};
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::tui::effect::Effect;

use crate::support::{BATCH, EPOCH_STEPS, FULL, SIX, Stage, step_record, window};

/// One run trains up to `step`, with this loss in every step.
fn train_with_loss(stage: &mut Stage, run: usize, step: u32, loss: f32) {
    let done = stage.app.board.history.runs[run].steps.len() as u32;
    let steps: Vec<StepRecord> =
        (done + 1..=step).map(|step| StepRecord { loss, ..step_record(run, step, 0.01) }).collect();
    let windows = (done + 1..=step).filter(|step| step.is_multiple_of(50));
    let windows = windows.map(|step| Window { record: window(run, step), layers: Box::default() }).collect();
    stage.event(run, EventKind::Progress { steps, windows, sketches: Vec::new(), next_lr: 0.01 });
}

/// The line of the table, or of the result, with this run.
fn line(stage: &Stage, run: usize) -> String {
    let picture = stage.picture();
    let name = format!("{} {} ", FULL.marker(run), stage.app.board.label(run));
    picture.lines().rev().find(|line| line.contains(&name)).expect("a line with the run").to_owned()
}

#[test]
fn a_run_that_does_no_better_than_guessing_is_told_from_one_that_trains() {
    let mut stage = Stage::new(&["sgd", "adam"], (120, 40), FULL);
    stage.start();
    let guessing = 10_f32.ln();
    train_with_loss(&mut stage, 0, 399, guessing);
    train_with_loss(&mut stage, 1, 399, guessing);
    stage.tick(100);
    assert!(line(&stage, 0).contains("running"), "at first every run guesses");
    for (run, loss) in [(0, guessing - 0.009), (1, guessing - 0.011)] {
        train_with_loss(&mut stage, run, 600, loss);
    }
    stage.tick(100);
    assert!(line(&stage, 0).contains("guessing"), "{}", line(&stage, 0));
    assert!(line(&stage, 1).contains("running"), "{}", line(&stage, 1));
    stage.pause();
    assert!(line(&stage, 0).contains("guessing"));
    // It is the mean of the last four windows that counts.
    train_with_loss(&mut stage, 0, 650, 1.0);
    stage.tick(100);
    assert!(!line(&stage, 0).contains("guessing"));
    train_with_loss(&mut stage, 0, 900, 442.0);
    let chart = stage.picture();
    assert!(chart.contains("╌╌ guessing"), "a line at its loss, with its name: {chart}");
    stage.finish();
    assert!(!line(&stage, 1).contains("guessing"));
}

#[test]
fn o_shows_one_run_alone_and_all_again() {
    let mut stage = Stage::new(&SIX, (120, 40), FULL);
    stage.start();
    stage.train(600);
    stage.press(KeyCode::Down);
    stage.keys("v");
    stage.keys("o");
    assert_eq!(stage.app.board.hidden, [true, false, true, true, true, true], "{}", stage.status());
    assert!(stage.status().contains("Momentum alone"), "{}", stage.status());
    stage.press(KeyCode::Down);
    stage.keys("o");
    assert_eq!(stage.app.board.hidden, [true, true, false, true, true, true], "another one");
    stage.keys("o");
    assert_eq!(stage.app.board.hidden, [false; 6]);
}

#[test]
fn a_step_back_on_the_ladder_undoes_a_step_forward() {
    let mut stage = Stage::new(&["sgd:lr=0.003"], (80, 24), FULL);
    stage.start();
    let set = |lr| Effect::Race(Target::Run(0), Command::SetLr { lr });
    assert_eq!(stage.press(KeyCode::Right), [set(0.005)]);
    assert_eq!(stage.press(KeyCode::Left), [set(0.003)]);
    assert_eq!(stage.press(KeyCode::Left), [set(0.002)]);
    assert_eq!(stage.press(KeyCode::Right), [set(0.003)]);
}

/// Fourteen runs, and twenty epochs of them.
fn crowd(size: (u16, u16)) -> Stage {
    let specs: Vec<&str> = SIX.into_iter().chain(SIX).chain(["sgd", "adam"]).collect();
    let mut stage = Stage::new(&specs, size, FULL);
    stage.start();
    let all = BATCH * 20 * u64::from(EPOCH_STEPS);
    for run in 0..specs.len() {
        stage.event(run, EventKind::Extended { step: 0, samples: 0, epochs: 20 });
        for epoch in 0..20 {
            stage.train_run(run, (epoch + 1) * EPOCH_STEPS);
        }
    }
    assert!(stage.app.board.history.runs.iter().all(|run| run.samples() == all && run.epochs.len() == 21));
    stage.tick(100);
    stage
}

#[test]
fn markers_of_many_runs_leave_the_columns_to_the_lines() {
    for size in [(120, 40), (60, 16)] {
        let stage = crowd(size);
        let markers: Vec<&str> = (0..14).map(|run| FULL.marker(run)).collect();
        let picture = stage.picture();
        let charts: Vec<Vec<char>> = picture
            .lines()
            .filter(|line| line.matches('│').count() >= 3)
            .map(|line| line.trim_matches('"').chars().collect())
            .collect();
        let mut marked = 0;
        for row in &charts {
            // The left chart, without its labels and the names at the ends.
            let signs = &row[6..usize::from(size.0) / 2 - 12];
            let is_marker = |sign: &char| markers.contains(&sign.to_string().as_str());
            let places: Vec<usize> = (0..signs.len()).filter(|column| is_marker(&signs[*column])).collect();
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 3), "markers side by side: {picture}");
            marked += places.len();
        }
        assert!(marked > 3, "{picture}");
    }
}

#[test]
fn evaluations_of_a_race_of_six_are_all_marked() {
    let mut stage = Stage::new(&SIX, (120, 40), FULL);
    stage.start();
    stage.finish();
    let picture = stage.picture();
    let stars = picture.lines().filter(|line| line.contains('│')).map(|line| line.matches('★').count());
    assert!(stars.sum::<usize>() >= 8, "five in each chart, some below others: {picture}");
}
