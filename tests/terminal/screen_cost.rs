//! What the screen costs: how long until it shows something, and how much of a core its thread takes.
//! Run with `cargo test --release --test terminal screen_cost -- --ignored --nocapture`.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used)]

use std::fs;
use std::time::{Duration, Instant};

use crate::common::Terminal;

/// From the start of the program to the first point of a curve, the data decoded on the way.
const LAUNCH: Duration = Duration::from_millis(700);

/// Share of a core that the thread of the screen may take.
const SHARE: f64 = 0.05;

/// How long it is watched.
const WATCHED: Duration = Duration::from_secs(10);

/// Whether any curve is drawn: those are made of braille.
fn has_points(screen: &str) -> bool {
    screen.chars().any(|cell| ('\u{2801}'..='\u{28FF}').contains(&cell))
}

/// CPU time of a process's first thread, which draws the screen.
fn cpu_of_screen(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/task/{process}/schedstat")).expect("it runs");
    let nanoseconds = stat.split_whitespace().next().and_then(|time| time.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the time it ran"))
}

#[test]
#[ignore = "measures time; needs a release build and a quiet machine"]
fn the_first_point_is_there_at_once() {
    let home = tempfile::tempdir().expect("a folder");
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let started = Instant::now();
            let mut terminal = Terminal::start(&[], home.path(), 120, 40);
            terminal.until("a point", has_points);
            let time = started.elapsed();
            terminal.keys("qq");
            terminal.ended();
            time
        })
        .collect();
    times.sort();
    let [least, median, most] = [0, 4, 8].map(|index: usize| times[index]);
    println!("launch to first point: median {median:.0?}, {least:.0?} to {most:.0?}");
    assert!(median <= LAUNCH, "{median:?}");
}

#[test]
#[ignore = "measures time; needs a release build and a quiet machine"]
fn the_screen_takes_little_of_a_core() {
    for (columns, rows) in [(80, 24), (200, 60)] {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::start(&["--epochs", "1000"], home.path(), columns, rows);
        terminal.until("all runs under way", |screen| screen.matches("running").count() == 6);
        let (before, began) = (cpu_of_screen(terminal.process()), Instant::now());
        terminal.watch_until(began + WATCHED);
        let (took, time) = (cpu_of_screen(terminal.process()) - before, began.elapsed());
        let share = took.as_secs_f64() / time.as_secs_f64();
        println!("{columns}×{rows}: the screen took {:.1} % of a core", 100.0 * share);
        assert!(share <= SHARE, "{columns}×{rows}: {share}");
        terminal.keys("qq");
        terminal.ended();
    }
}
