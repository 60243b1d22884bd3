//! How long a frame takes. Run with `cargo test --release --test tui -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use optirace::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::support::{FULL, SIX, Stage};

/// A frame of 12 runs of 100,000 steps may take this long.
const LIMIT: Duration = Duration::from_millis(4);

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
        let began = Instant::now();
        stage.tick(30);
        terminal.draw(|frame| view::draw(frame, &stage.app)).expect("memory never fails");
        times.push(began.elapsed());
    }
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("a frame of 12 runs of 100,000 steps at 200×60: median {median:?}, worst {worst:?}");
    let began = Instant::now();
    stage.keys("s");
    println!("smoothing all of them anew: {:?}", began.elapsed());
    assert!(median <= LIMIT, "the median frame took {median:?}");
}
