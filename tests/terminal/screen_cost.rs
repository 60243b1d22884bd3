//! What the screen costs: how long until it shows something, how much of a core its thread takes, and how much longer a
//! race at full speed lasts under it.
//! Run with `cargo test --release --test terminal screen_cost -- --ignored --nocapture`.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::common::Terminal;

/// From the start of the program to the first point of a curve, the data decoded on the way.
const LAUNCH: Duration = Duration::from_millis(700);

/// Share of a core that the thread of the screen may take.
const SHARE: f64 = 0.05;

/// How long it is watched.
const WATCHED: Duration = Duration::from_secs(10);

/// A race with the screen, view 1 shown, may last so many times as long as without.
const SLOWDOWN: f64 = 1.05;

/// A race that lasts some seconds.
const RACE: [&str; 6] = ["--epochs", "10", "--samples", "24000", "--out", "out"];

/// Seconds from the beginning of the race that was written to `out` below `home` to its last evaluation.
fn wall_time(home: &Path) -> f64 {
    let mut epochs = csv::Reader::from_path(home.join("out/epochs.csv")).expect("the epochs");
    let column = epochs.headers().expect("names").iter().position(|name| name == "wall_s").expect("the time");
    let times = epochs.records().map(|row| row.expect("a row")[column].parse().expect("seconds"));
    times.fold(0.0, f64::max)
}

fn time_with_the_screen() -> f64 {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&RACE, home.path(), 120, 40);
    terminal.until_shown("RESULT");
    terminal.until_shown("written to ");
    terminal.keys("q");
    terminal.ended();
    wall_time(home.path())
}

fn time_without_it() -> f64 {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_optirace"));
    command.arg("train").args(RACE).current_dir(home.path()).assert().success();
    wall_time(home.path())
}

/// Pairs one after the other, so that what else the machine does falls on both.
#[test]
#[ignore = "measures time; needs a release build and a quiet machine"]
fn a_race_at_full_speed_lasts_no_longer_under_the_screen() {
    let mut ratios: Vec<f64> = (0..7)
        .map(|_| {
            let (with, without) = (time_with_the_screen(), time_without_it());
            println!("{with:.2} s with the screen, {without:.2} s without");
            with / without
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("with the screen ÷ without: median {:.3}, {:.3} to {:.3}", ratios[3], ratios[0], ratios[6]);
    assert!(ratios[3] <= SLOWDOWN, "{ratios:?}");
}

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
