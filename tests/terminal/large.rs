//! Races that are large, long or next to nothing: each works, or says at its start what it needs.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::{PROGRAM, Running, Terminal};

fn train(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(["train", "--out", "results"]).args(arguments).stdin(Stdio::null());
    command.output().expect("the program starts")
}

/// Races to the end; what was said on stderr, and the rows of `steps.csv`.
fn raced(arguments: &[&str]) -> (String, Vec<csv::StringRecord>) {
    let home = tempfile::tempdir().expect("a folder");
    let output = train(home.path(), arguments);
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
    let steps = csv::Reader::from_path(home.path().join("results/steps.csv")).expect("a CSV file");
    (stderr, steps.into_records().map(|row| row.expect("a row")).collect())
}

fn number(row: &csv::StringRecord, column: usize) -> f32 {
    row[column].parse().expect("a number")
}

/// What is told before the first step of the memory that a race needs, in MB.
fn told_megabytes(stderr: &str) -> f64 {
    let (_, rest) = stderr.split_once("This race needs about ").unwrap_or_else(|| panic!("no need told: {stderr}"));
    let mut words = rest.split_whitespace();
    let number: f64 = words.next().and_then(|number| number.parse().ok()).expect("a number");
    match words.next() {
        Some("MB") => number,
        Some("GB") => number * 1000.0,
        unit => panic!("{unit:?}"),
    }
}

/// `optirace`'s arguments for so many runs, each with its own rate.
fn runs(count: usize) -> Vec<String> {
    let names = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];
    (0..count).flat_map(|run| ["-o".to_owned(), format!("{}:lr=0.00{}", names[run % 6], run + 10)]).collect()
}

#[test]
fn sixty_four_runs_race_at_once() {
    let own = runs(64);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let (_, steps) = raced(&[&own[..], &["--samples", "64", "--epochs", "1"]].concat());
    let labels: std::collections::HashSet<&str> = steps.iter().map(|row| &row[0]).collect();
    assert_eq!((labels.len(), steps.len()), (64, 128));
}

#[test]
fn sixty_four_runs_are_on_the_screen_and_can_be_reached() {
    let home = tempfile::tempdir().expect("a folder");
    let own = runs(64);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let arguments = [&own[..], &["--samples", "640", "--hidden", "16", "--epochs", "10000"]].concat();
    let mut terminal = Terminal::start(&arguments, home.path(), 100, 40);
    terminal.until_shown("samples/s");
    // Up from the first run is the last one.
    terminal.keys("\x1b[A");
    terminal.until("the last run's sign in the table", |text| {
        text.lines().any(|line| line.contains("▸z AdaGrad lr=0.0073"))
    });
    // Before the first step there would be nothing to lose, and nothing to ask.
    terminal.until_racing();
    assert_eq!(terminal.left_with("q", "q").code, 0);
}

#[test]
fn a_wide_network_takes_the_memory_that_was_told() {
    let arguments = ["-o", "sgd", "-o", "adam", "--hidden", "2048,2048,1024", "--samples", "64", "--batch-size", "64"];
    let (stderr, steps) = raced(&[&arguments[..], &["--epochs", "1"]].concat());
    assert_eq!(steps.len(), 2);
    // 784 → 2048 → 2048 → 1024 → 10 are 7,912,458 parameters; 4 bytes of 7 numbers for one run and 9 for the other.
    let told = told_megabytes(&stderr);
    assert!((90.0 + 506.0..90.0 + 590.0).contains(&told), "{told} MB");
}

/// The most memory that a race has had when its first epoch was done, in MB, and what it told that it needs.
#[cfg(target_os = "linux")]
fn peak(arguments: &[&str]) -> (f64, f64) {
    use std::io::{BufRead, BufReader};
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(PROGRAM);
    command.current_dir(home.path()).args(["train", "--out", "results", "--epochs", "1000000"]).args(arguments);
    let mut child = Running::start(command.stdout(Stdio::null()).stderr(Stdio::piped()));
    let mut told = None;
    for line in BufReader::new(child.stderr.take().expect("a pipe")).lines() {
        let line = line.expect("text");
        told = told.or_else(|| line.starts_with("This race").then(|| told_megabytes(&line)));
        if line.contains(" 3/1000000") {
            break;
        }
    }
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("its status");
    child.kill().expect("it still runs");
    child.wait().expect("it ends");
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok());
    (peak.map(|kib: f64| kib * 1024.0 / 1e6).expect("a peak"), told.expect("a need"))
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_told_is_what_a_race_takes() {
    for arguments in [
        &["-o", "sgd", "--hidden", "8", "--samples", "640"][..],
        &[
            "-o",
            "sgd",
            "-o",
            "adam",
            "-o",
            "adam:clip_norm=1,label=clipped",
            "--hidden",
            "1024,512",
            "--samples",
            "640",
        ],
        &["-o", "sgd", "-o", "adam", "-o", "rmsprop", "-o", "adagrad", "--batch-size", "full", "--hidden", "64"],
    ] {
        let (peak, told) = peak(arguments);
        println!("{peak:.0} MB taken, {told:.0} MB told: {arguments:?}");
        assert!(peak < 1.1 * told && peak > 0.8 * told, "{peak:.0} MB taken, {told:.0} MB told: {arguments:?}");
    }
}

#[test]
fn a_race_that_cannot_fit_is_refused_before_it_takes_anything() {
    let home = tempfile::tempdir().expect("a folder");
    // 88 million parameters each: 4.9 TB in all.
    let own = runs(2000);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let output = train(home.path(), &[&own[..], &["--hidden", "9000,9000"]].concat());
    let stderr = String::from_utf8(output.stderr).expect("text");
    if cfg!(target_os = "linux") {
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.starts_with("error: 2000 runs to train need about 5.") && stderr.contains(" TB"), "{stderr}");
        assert!(stderr.contains("race fewer optimizers (-o), or name smaller hidden layers (--hidden)"), "{stderr}");
        assert!(!home.path().join("results").exists(), "no folder is made");
    }
}

#[test]
fn all_samples_in_a_minibatch_are_one_step_an_epoch() {
    let (_, steps) = raced(&["-o", "sgd", "-o", "adam", "--batch-size", "full", "--epochs", "1", "--hidden", "8"]);
    let samples: Vec<&str> = steps.iter().map(|row| &row[4]).collect();
    assert_eq!(samples, ["48000", "48000"]);
}

#[test]
fn one_sample_is_trained_on_again_and_again() {
    let (_, steps) = raced(&["-o", "sgd:lr=0.1", "--samples", "1", "--epochs", "200", "--hidden", "8"]);
    assert_eq!(steps.len(), 200);
    let (first, last) = (number(&steps[0], 7), number(&steps[199], 7));
    assert!(last < 0.1 && first > 0.5, "from {first} to {last}");
}

#[test]
fn one_class_is_learnt_at_once() {
    let home = tempfile::tempdir().expect("a folder");
    for (prefix, count) in [("train", 200_u32), ("t10k", 50)] {
        let mut images: Vec<u8> = [2051, count, 4, 4].into_iter().flat_map(u32::to_be_bytes).collect();
        images.extend((0..count * 16).map(|pixel| (pixel * 7 % 251) as u8));
        let mut labels: Vec<u8> = [2049, count].into_iter().flat_map(u32::to_be_bytes).collect();
        labels.extend(std::iter::repeat_n(0, count as usize));
        fs::write(home.path().join(format!("{prefix}-images-idx3-ubyte")), images).expect("a file");
        fs::write(home.path().join(format!("{prefix}-labels-idx1-ubyte")), labels).expect("a file");
    }
    let data = home.path().to_str().expect("a path in UTF-8");
    let (_, steps) = raced(&["--data", data, "-o", "sgd", "-o", "adam", "--epochs", "2"]);
    // One class has all the probability: there is nothing to lose, and no gradient.
    assert!(steps.len() == 20 && steps.iter().all(|row| number(row, 7) == 0.0 && number(row, 8) == 1.0), "{steps:?}");
}

#[test]
fn ten_thousand_epochs_begin_can_be_stepped_through_and_left() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["-o", "sgd", "-o", "adam", "--samples", "640", "--hidden", "8", "--epochs", "10000"];
    let mut terminal = Terminal::start(&arguments, home.path(), 100, 30);
    terminal.until_shown("samples/s");
    terminal.keys(" ");
    terminal.until_shown("PAUSED");
    terminal.keys("..");
    assert_eq!(terminal.left_with("q", "q").code, 0);
}
