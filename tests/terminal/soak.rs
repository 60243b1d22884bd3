//! Twelve runs on the screen for a long time: memory, frames and pace stay as they are meant to be.
//! Run with `OPTIRACE_SOAK_MINUTES=30 cargo test --release --test terminal soak -- --ignored --nocapture`.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic)]

use std::fs;
use std::time::{Duration, Instant};

use crate::common::Terminal;
use optirace::board::series::STEP_BYTES as CURVE_BYTES;
use optirace::race::measure::step_bytes;
use optirace::race::recording::most_snapshots;
use optirace::race::scheduler::{GRANT_SAMPLES, WINDOW_SAMPLES};

/// Runs of the race.
const RUNS: usize = 12;

/// Steps that a run does in an epoch.
const EPOCH_STEPS: f64 = 32.0;

/// What allocations leave between them, in bytes.
const SLACK: f64 = 8e6;

/// Parameters of each run's network.
const PARAMETERS: usize = 79_510;

/// Ninety-nine of a hundred keys show within this time.
const FRAME: Duration = Duration::from_millis(33);

/// From one key to the next.
const PAUSE: Duration = Duration::from_millis(150);

/// Resident memory of a process, in bytes.
fn memory(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches("kB").trim().parse::<f64>().expect("a number") * 1024.0
}

/// Steps that all runs have done together, from the header's epoch.
fn steps(screen: &str) -> f64 {
    let (_, epoch) = screen.split_once("epoch ").expect("an epoch");
    let (epoch, _) = epoch.split_once('/').expect("of how many");
    epoch.trim().parse::<f64>().expect("a number") * EPOCH_STEPS * RUNS as f64
}

/// The line of the table that is selected.
fn selected(screen: &str) -> Option<usize> {
    screen.lines().position(|line| line.starts_with('▸'))
}

/// Selects the next run; how long it took to be shown.
fn key(terminal: &mut Terminal, down: bool) -> Duration {
    let before = selected(&terminal.text());
    let pressed = Instant::now();
    terminal.keys(if down { "\x1b[B" } else { "\x1b[A" });
    terminal.until("another run selected", |screen| {
        let now = selected(screen);
        now.is_some() && now != before
    });
    pressed.elapsed()
}

#[test]
#[ignore = "takes half an hour, and a machine for itself"]
fn twelve_runs_go_on_for_long() {
    let minutes = std::env::var("OPTIRACE_SOAK_MINUTES").unwrap_or_else(|_| "30".to_owned());
    let minutes: f64 = minutes.parse().expect("OPTIRACE_SOAK_MINUTES is a number of minutes");
    let home = tempfile::tempdir().expect("a folder");
    let specs: Vec<String> = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"]
        .iter()
        .flat_map(|name| [name.to_string(), format!("{name}:lr=0.0005")])
        .collect();
    let mut arguments = vec!["--samples", "8192", "--batch-size", "256", "--epochs", "1000000", "--out", "results"];
    specs.iter().for_each(|spec| arguments.extend(["-o", spec]));
    let mut terminal = Terminal::start(&arguments, home.path(), 200, 60);
    terminal.until("every run under way", |screen| screen.matches("running").count() == RUNS);
    // What is made once is made by then.
    terminal.watch_until(Instant::now() + Duration::from_secs(15));
    let process = terminal.process();
    let (first_memory, first_steps) = (memory(process), steps(&terminal.text()));

    let end = Instant::now() + Duration::from_secs_f64(minutes * 60.0);
    let mut times = Vec::new();
    while Instant::now() < end {
        times.push(key(&mut terminal, times.len() % 2 == 0));
        terminal.watch_until(Instant::now() + PAUSE);
        terminal.raw.clear();
    }
    let grown = memory(process) - first_memory;
    let done = steps(&terminal.text()) - first_steps;
    times.sort();
    let (median, late) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let (worst, stated) = (times[times.len() - 1], step_bytes(2) + CURVE_BYTES);
    println!("{minutes} minutes: {done:.0} steps, {:.1} bytes a step ({stated:.1} stated)", grown / done);
    println!("{} keys shown: median {median:?}, 99th percentile {late:?}, worst {worst:?}", times.len());

    terminal.keys(" ");
    terminal.until("all runs paused", |screen| screen.matches(" paused").count() == RUNS);
    assert_eq!(terminal.left_with("q", "w").code, 0);
    let manifest = fs::read_to_string(home.path().join("results/manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    let runs = manifest["runs"].as_array().expect("runs");
    let samples: Vec<u64> = runs.iter().map(|run| run["samples"].as_u64().expect("a number")).collect();
    let apart = samples.iter().max().expect("runs") - samples.iter().min().expect("runs");
    println!("runs are up to {apart} samples apart");

    // Of the most snapshots that a run keeps, it has between half and all.
    let snapshots = f64::from(most_snapshots(PARAMETERS)) / 2.0 * (PARAMETERS * size_of::<f32>() * RUNS) as f64;
    assert!(grown <= done * stated + snapshots + SLACK, "{grown} bytes in {done} steps");
    assert!(late < FRAME, "the 99th percentile is {late:?}");
    assert!(apart <= WINDOW_SAMPLES + GRANT_SAMPLES, "{samples:?}");
}
