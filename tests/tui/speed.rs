//! How long a frame takes. Run with `cargo test --release --test tui -- --ignored --nocapture`.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use rustix::time::{ClockId, clock_gettime};

use crate::support::{FULL, SIX, Stage};

/// A frame of 12 runs of 100,000 steps may take this long. CPU time is measured, so that what else runs does not count.
const LIMIT: Duration = Duration::from_millis(4);

fn cpu_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("time goes forward")
}

/// Frames of two runs of 100,000 steps side by side, of which 2,000 are seen, in which both are looked at anew.
#[test]
#[ignore = "measures time; needs a release build and a quiet machine"]
fn two_runs_side_by_side_are_drawn_in_time() {
    let mut stage = Stage::new(&["sgd:batch=1", "adam"], (200, 60), FULL);
    stage.start();
    stage.train(100_000);
    stage.keys("2>>>>>");
    assert_eq!(stage.zigzag().steps(), 2000);
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("memory never fails");
    let (mut looks, mut draws) = (Vec::new(), Vec::new());
    for round in 1..=200 {
        stage.train(100_000 + round * 2000);
        let began = cpu_time();
        stage.train_run(0, 100_000 + round * 2000 + 1);
        stage.tick(101);
        looks.push(cpu_time() - began);
        let began = cpu_time();
        terminal.draw(|frame| drop(stage.app.draw(frame))).expect("memory never fails");
        draws.push(cpu_time() - began);
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (look, draw) = (median(&mut looks), median(&mut draws));
    println!("two runs side by side at 200×60, 2,000 steps: a look {look:?}, drawing it {draw:?}");
    assert!(look + draw <= LIMIT, "the median frame took {:?}", look + draw);
}

#[test]
#[ignore = "measures time; needs a release build and a quiet machine"]
fn a_large_frame_is_drawn_in_time() {
    let specs: Vec<&str> = SIX.iter().copied().cycle().take(12).collect();
    let mut stage = Stage::new(&specs, (200, 60), FULL);
    stage.start();
    stage.train(100_000);
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("memory never fails");
    let mut times = Vec::new();
    for round in 1..=200 {
        stage.train(100_000 + round * 20);
        let began = cpu_time();
        stage.tick(30);
        terminal.draw(|frame| drop(stage.app.draw(frame))).expect("memory never fails");
        times.push(cpu_time() - began);
    }
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("a frame of 12 runs of 100,000 steps at 200×60: median {median:?}, worst {worst:?}");
    let began = cpu_time();
    stage.keys("s");
    println!("smoothing all of them anew: {:?}", cpu_time() - began);
    assert!(median <= LIMIT, "the median frame took {median:?}");
}
