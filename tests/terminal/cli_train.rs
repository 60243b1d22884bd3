//! `optirace train` from its start to its files.
#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::common::Running;
use optirace::record::csv::STEP_COLUMNS;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// A race that takes moments.
const SMALL: [&str; 6] = ["--samples", "512", "--epochs", "1", "--hidden", "8"];

fn train(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_optirace"));
    command
        .current_dir(folder)
        .arg("train")
        .args(arguments)
        .stdin(Stdio::null())
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8");
    command
}

fn small(folder: &Path, arguments: &[&str]) -> Output {
    train(folder, &[&SMALL, arguments].concat()).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text in UTF-8")
}

/// The rows of a CSV file below its header.
fn rows(file: &Path) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(file).expect("a CSV file");
    reader.records().map(|row| row.expect("a row as long as the header")).collect()
}

/// Where the column of this name stands in `steps.csv`.
fn column(name: &str) -> usize {
    STEP_COLUMNS.iter().position(|column| *column == name).expect("a column")
}

fn manifest(dir: &Path) -> serde_json::Value {
    let text = fs::read_to_string(dir.join("manifest.json")).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_textbook_races_sgd_at_one_sample_a_step_and_the_others_at_32() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = small(folder.path(), &["--preset", "textbook", "--out", "results"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let optimizers = &manifest(&folder.path().join("results"))["settings"]["optimizers"];
    let expected = [
        "sgd:lr=0.01,dialect=keras,batch=1,label=SGD batch 1",
        "sgd:lr=0.01,dialect=keras,batch=32,label=SGD batch 32",
        "momentum:lr=0.01,momentum=0.9,dialect=keras",
        "adagrad:lr=0.001,initial_accumulator=0.1,eps=1e-7,dialect=keras",
        "rmsprop:lr=0.001,rho=0.9,eps=1e-7,momentum=0,centered=false,dialect=keras",
        "adam:lr=0.001,beta1=0.9,beta2=0.999,eps=1e-7,amsgrad=false,dialect=keras",
    ];
    assert_eq!(*optimizers, serde_json::json!(expected));
    let steps = rows(&folder.path().join("results/steps.csv"));
    assert_eq!(steps.iter().filter(|row| &row[0] == "SGD batch 1").count(), 512);
    let roughness =
        |row: &csv::StringRecord| row[column("roughness")].parse::<f32>().is_ok_and(|roughness| roughness > 0.0);
    assert_eq!(steps.iter().filter(|row| roughness(row)).count(), 10, "a value every 50 steps");
    let cosines: Vec<&str> =
        steps.iter().map(|row| &row[column("gradient_cosine")]).filter(|cosine| !cosine.is_empty()).collect();
    assert!(cosines.len() == 1 && cosines[0].parse::<f32>().is_ok_and(|cosine| cosine.abs() <= 1.0), "{cosines:?}");
}

#[test]
fn a_race_leaves_its_files_and_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = small(folder.path(), &["-o", "sgd", "-o", "adam:batch=64", "--out", "results"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stdout.contains("Flatten") && stdout.contains("Parameters in all: 6,370"), "{stdout}");
    for (part, place) in [("SGD", "stdout"), ("Adam", "stdout"), ("not reached", "stdout"), ("finished", "stdout")] {
        assert!(stdout.contains(part), "{part:?} is not on {place}: {stdout}");
    }
    for part in ["epoch 0/1", "epoch 1/1", "val loss", "Results written to results"] {
        assert!(stderr.contains(part), "{part:?} is not on stderr: {stderr}");
    }

    let dir = folder.path().join("results");
    let steps = rows(&dir.join("steps.csv"));
    assert_eq!(steps.len(), 512 / 32 + 512 / 64);
    assert_eq!(steps.iter().map(|row| row[0].to_owned()).collect::<BTreeSet<_>>().len(), 2);
    assert!(steps[0][11].is_empty(), "there is no cosine at step 1");
    assert!(steps[1][11].parse::<f32>().is_ok_and(|cosine| cosine.abs() <= 1.0));
    let epochs = rows(&dir.join("epochs.csv"));
    assert_eq!(epochs.iter().map(|row| row[2].to_owned()).collect::<Vec<_>>(), ["0", "1", "0", "1"]);
    assert!(rows(&dir.join("events.csv")).iter().all(|row| &row[3] == "finished"));

    let manifest = manifest(&dir);
    assert_eq!(manifest["ended"], "finished");
    assert_eq!(manifest["data"]["train_samples"], 512);
    assert_eq!(manifest["weights_sha256"].as_str().map(str::len), Some(64));
    assert_eq!(manifest["order_sha256"].as_str().map(str::len), Some(64));
    for (run, optimizer) in ["sgd", "adam"].into_iter().enumerate() {
        let run = &manifest["runs"][run];
        assert_eq!((&run["optimizer"], &run["state"]), (&optimizer.into(), &"finished".into()));
        let last: f32 =
            epochs.iter().rfind(|row| row[1] == *optimizer).expect("its last epoch")[10].parse().expect("a loss");
        assert_eq!(run["val"]["loss"].as_f64().map(|loss| loss as f32), Some(last));
        assert!(run["test"]["accuracy"].as_f64().is_some_and(|accuracy| accuracy > 0.0));
    }
}

#[test]
fn the_same_race_gives_the_same_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let numbers = |out: &str, arguments: &[&str]| {
        let output = small(folder.path(), &[&["-o", "momentum", "--out", out], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let steps = rows(&folder.path().join(out).join("steps.csv"));
        let without_time = |row: csv::StringRecord| {
            row.iter().enumerate().filter(|(i, _)| *i != 5).map(|(_, v)| v.to_owned()).collect()
        };
        steps.into_iter().map(without_time).filter(|row: &Vec<String>| row[1] == "momentum").collect::<Vec<_>>()
    };
    let alone = numbers("alone", &["--threads", "1"]);
    assert_eq!(alone.len(), 16);
    assert_eq!(alone, numbers("beside", &["-o", "adam", "--threads", "2"]));
    assert_ne!(alone, numbers("other", &["--seed", "1"]));
}

#[test]
fn a_filled_folder_is_refused_before_anything_is_computed() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("results");
    fs::create_dir(&dir).expect("a folder");
    fs::write(dir.join("steps.csv"), "precious").expect("a file");
    let refused = small(folder.path(), &["--out", "results"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        text(&refused.stderr),
        "error: results already holds files; name a folder that is empty or new, or add --force\n"
    );
    assert_eq!(text(&refused.stdout), "");
    assert_eq!(fs::read_to_string(dir.join("steps.csv")).expect("the file"), "precious");

    let forced = small(folder.path(), &["-o", "sgd", "--out", "results", "--force"]);
    assert_eq!(forced.status.code(), Some(0), "{}", text(&forced.stderr));
    assert_eq!(rows(&dir.join("steps.csv")).len(), 16);
}

#[test]
fn one_run_may_diverge() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = small(folder.path(), &["-o", "sgd:lr=1e30", "-o", "adam", "--out", "results"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stdout.contains("diverged at step "), "{stdout}");
    assert!(stderr.contains("1 of 2 runs did not come to their end: SGD diverged at step "), "{stderr}");
    let manifest = manifest(&folder.path().join("results"));
    assert_eq!(manifest["ended"], "finished");
    assert_eq!(manifest["runs"][0]["state"], "diverged");
    assert!(manifest["runs"][0]["diverged_at_step"].is_u64());
    let events = rows(&folder.path().join("results/events.csv"));
    assert!(events.iter().any(|row| &row[0] == "SGD" && &row[3] == "diverged"));
}

#[test]
fn when_all_runs_diverge_the_race_has_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = small(folder.path(), &["-o", "sgd:lr=1e30", "-o", "momentum:lr=1e30", "--out", "results"]);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("error: no run came to its end: SGD diverged at step "), "{stderr}");
    assert!(stderr.contains("the results up to there are in results"), "{stderr}");
    assert_eq!(manifest(&folder.path().join("results"))["ended"], "all_died");
}

#[test]
fn a_race_whose_folder_was_taken_away_writes_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = endless(folder.path());
    let mut stderr = progress(&mut child);
    let dir = folder.path().join("results");
    fs::remove_dir_all(&dir).expect("the folder of results");
    fs::write(&dir, "in the way").expect("a file");
    signal(&child, "INT");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest}");
    assert!(rest.contains("Results written to results-2\n"), "{rest}");
    assert!(folder.path().join("results-2/steps.csv").is_file());
    assert_eq!(fs::read_to_string(&dir).expect("the file"), "in the way");
}

#[cfg(unix)]
#[test]
fn a_signal_stops_the_race_and_keeps_what_there_is() {
    for name in crate::common::signals_that_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = endless(folder.path());
        let mut stderr = progress(&mut child);
        signal(&child, name);
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).expect("text");
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "SIG{name}: {rest}");
        assert!(rest.contains("Results written to results"), "SIG{name}: {rest}");
        let dir = folder.path().join("results");
        let steps = rows(&dir.join("steps.csv"));
        assert!(!steps.is_empty(), "an epoch was done before the signal");
        let manifest = manifest(&dir);
        assert_eq!(manifest["ended"], "interrupted");
        assert_eq!(manifest["runs"][0]["state"], "stopped");
        assert_eq!(manifest["runs"][0]["steps"], steps.iter().filter(|row| &row[1] == "sgd").count());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_race_that_was_told_to_outlive_its_terminal_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--epochs", "1000000", "--samples", "512", "--hidden", "8", "-o", "sgd", "--out", "results"];
    let mut command = Command::new("sh");
    let script = "trap '' HUP; exec \"$@\"";
    command.current_dir(folder.path()).args(["-c", script, "sh", env!("CARGO_BIN_EXE_optirace"), "train"]);
    let command = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = Running::start(command);
    let mut stderr = progress(&mut child);
    signal(&child, "HUP");
    // It goes on, and is there to be ended otherwise.
    let mut some = [0; 4000];
    stderr.read_exact(&mut some).expect("many epochs more");
    signal(&child, "INT");
    std::io::copy(&mut stderr, &mut std::io::sink()).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn a_terminal_gets_a_bar_for_each_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let size = PtySize { rows: 24, cols: 100, ..PtySize::default() };
    let pty = native_pty_system().openpty(size).expect("a pseudo-terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_optirace"));
    command.cwd(folder.path());
    command.env("TERM", "xterm");
    command.env("LC_ALL", "C.UTF-8");
    command.arg("train");
    command.args(SMALL);
    command.args(["-o", "sgd", "-o", "sgd:lr=1e30,label=wild", "--out", "results"]);
    let mut reader = pty.master.try_clone_reader().expect("a reader");
    let mut child = pty.slave.spawn_command(command).expect("the program starts");
    drop(pty.slave);
    let mut screen = vt100::Parser::new(24, 100, 0);
    let mut bytes = [0; 4096];
    // The end of a pseudo-terminal is an error on some systems.
    while let Ok(length @ 1..) = reader.read(&mut bytes) {
        screen.process(&bytes[..length]);
    }
    assert!(child.wait().expect("it ends").success());
    let shown = screen.screen().rows(0, 100).collect::<Vec<_>>().join("\n");
    let line = |start: &str| shown.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("SGD  █").contains("100 %   0s left  finished  loss "), "{shown}");
    assert!(line("wild ").contains(" 0s left  diverged at step "), "{shown}");
    assert!(shown.contains("Results written to results"), "{shown}");
}

/// A race that does not end by itself.
fn endless(folder: &Path) -> Running {
    let arguments =
        [&SMALL[..2], &["--epochs", "1000000", "--hidden", "8", "-o", "sgd", "-o", "adam", "--out", "results"]];
    let mut command = train(folder, &arguments.concat());
    Running::start(command.stdout(Stdio::null()).stderr(Stdio::piped()))
}

/// Waits until the first epoch was told on stderr.
fn progress(child: &mut Child) -> impl Read + use<> {
    let mut stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
    let mut line = String::new();
    while !line.contains("epoch       1/1000000") {
        line.clear();
        let length = stderr.read_line(&mut line).expect("text");
        assert!(length > 0, "it ended before its first epoch");
    }
    stderr
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status();
    assert!(sent.expect("a shell").success());
}

#[test]
fn a_quiet_race_prints_its_result_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = small(folder.path(), &["--quiet", "--preset", "rates", "--out", "results"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""));
    assert!(stdout.starts_with("run ") && stdout.lines().count() == 4, "{stdout}");
    let output = small(folder.path(), &["-q", "--out", "results"]);
    assert!(text(&output.stderr).contains("results already holds files"), "what goes wrong is said");
}

#[test]
fn a_race_tells_what_to_look_at_and_how_long_it_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--epochs", "3", "--samples", "512", "--hidden", "8", "--preset", "rates", "--out", "results"];
    let output = train(folder.path(), &arguments).output().expect("the program starts");
    let stderr = text(&output.stderr);
    assert!(stderr.contains("one guesses for ever"), "{stderr}");
    let left = |epoch: &str| stderr.lines().filter(|line| line.contains(epoch) && line.ends_with(" s left")).count();
    assert_eq!([left("epoch 0/3"), left("epoch 1/3"), left("epoch 2/3"), left("epoch 3/3")], [0, 3, 3, 0], "{stderr}");
}
