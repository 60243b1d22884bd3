//! Limits, pipes, links, signals and terminals that nobody reads: nothing hangs, nothing measured is lost.
//!
//! What takes longer is run by `cargo test -- --ignored hostile`.
#![allow(clippy::expect_used)]

mod folders;
mod limits;
mod screens;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write as _};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common::{PROGRAM, Running, Terminal, signals_that_end};

/// A race that takes a moment.
const SMALL: [&str; 8] = ["train", "--samples", "500", "--epochs", "1", "--hidden", "8", "--out"];

/// A race that does not end by itself while a test looks at it.
const ENDLESS: [&str; 8] = ["train", "--samples", "4096", "--epochs", "1000", "--hidden", "16", "--out"];

/// Exit code of `timeout` where the program had to be killed.
const HUNG: i32 = 124;

/// The program under limits as bash sets them, such as `ulimit -f 4`. It is killed when it has not ended after 60 s.
fn limited(folder: &Path, limits: &str, program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.args(["-k", "1", "60", "bash", "-c", &format!("{limits}\nexec \"$0\" \"$@\"")]).arg(program);
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn under(folder: &Path, limits: &str, arguments: &[&str]) -> Output {
    limited(folder, limits, Path::new(PROGRAM)).args(arguments).output().expect("timeout and bash are there")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Asserts that the program has said what is wrong instead of hanging or failing in Rust's words.
fn assert_refused(output: &Output, why: &str) {
    let told = told(output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(why) && !told.contains("panicked"), "{told}");
}

fn rows(file: &Path) -> usize {
    fs::read_to_string(file).map_or(0, |text| text.lines().count().saturating_sub(1))
}

/// The program in `folder`, as nobody where the tests are root's, once a line of its stderr contains `text`.
fn started(folder: &Path, arguments: &[&str], as_nobody: bool, text: &str) -> (Running, BufReader<ChildStderr>) {
    let mut command = match as_nobody && is_root() {
        true => {
            let mut command = Command::new(program_for_all(folder));
            command.uid(NOBODY).gid(NOBODY);
            command
        }
        false => Command::new(PROGRAM),
    };
    command.current_dir(folder).args(arguments).env("TMPDIR", "tmp");
    told_so_far(command, text)
}

/// The program, once a line of its stderr contains `text`.
fn told_so_far(mut command: Command, text: &str) -> (Running, BufReader<ChildStderr>) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = Running::start(&mut command);
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe"));
    read_until(&mut lines, text);
    (child, lines)
}

/// Reads up to a line that contains `text`, and returns it.
fn read_until(lines: &mut impl BufRead, text: &str) -> String {
    let mut all = String::new();
    loop {
        let begin = all.len();
        assert!(lines.read_line(&mut all).expect("text") > 0, "it ended before {text:?}: {all}");
        if all[begin..].contains(text) {
            return all[begin..].to_owned();
        }
    }
}

/// The user that has no rights.
const NOBODY: u32 = 65534;

/// A copy of the program in `folder` that every user may start, who may also write there.
fn program_for_all(folder: &Path) -> PathBuf {
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("rights");
    open(folder);
    let program = folder.join("optirace");
    fs::copy(PROGRAM, &program).expect("a copy that others may start");
    open(&program);
    program
}

/// Whether the tests run as root, as the owner of a file that they make tells.
fn is_root() -> bool {
    tempfile::tempfile().and_then(|file: File| file.metadata()).is_ok_and(|found| found.uid() == 0)
}

#[test]
fn every_signal_that_ends_a_race_leaves_its_results() {
    for name in signals_that_end() {
        let home = tempfile::tempdir().expect("a folder");
        let (mut child, _stderr) = started(home.path(), &[&ENDLESS[..], &["r"]].concat(), false, "epoch    1/1000");
        child.signal(name);
        assert_eq!(child.wait().expect("an end").code(), Some(130), "{name}");
        assert!(rows(&home.path().join("r/steps.csv")) > 0, "{name}");
    }
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "a build without debug assertions has no faults on demand")]
fn a_second_ctrl_c_ends_a_race_at_once_whose_disk_hangs() {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(PROGRAM);
    // The folder is claimed, and nothing can be written to it.
    command.current_dir(home.path()).args(ENDLESS).arg("r").env("OPTIRACE_FAILPOINT", "file:3:hang");
    let (mut child, mut stderr) = told_so_far(command, "epoch    3/1000");
    child.signal("INT");
    read_until(&mut stderr, "Writing the results…");
    assert_eq!(child.try_wait().expect("a process"), None, "it waits for the disk");
    child.signal("INT");
    assert_eq!(child.wait().expect("an end").code(), Some(130));
}

#[test]
#[ignore = "half a minute: networks so wide that an evaluation takes longer"]
fn hostile_evaluations_end_within_a_second() {
    // All of 12,000 samples would take it some twenty seconds, and nothing comes before.
    const WIDE: [&str; 10] = ["--hidden", "65536", "--samples", "64", "-o", "sgd", "-o", "adam", "--out", "r"];
    for name in ["INT", "TERM"] {
        let home = tempfile::tempdir().expect("a folder");
        let (mut child, mut stderr) = started(home.path(), &[&["train"], &WIDE[..]].concat(), false, "This race needs");
        // Weights and their hash are made before.
        while cpu_seconds(child.id()) < 8.0 {
            std::thread::yield_now();
        }
        let begun = Instant::now();
        child.signal(name);
        read_until(&mut stderr, "Writing the results…");
        let stopped = begun.elapsed();
        assert_eq!(child.wait().expect("an end").code(), Some(130), "{name}");
        let _ = writeln!(std::io::stderr(), "{name}: an evaluation under way ended in {stopped:.1?}");
        assert!(stopped < Duration::from_secs(6), "{name}: {stopped:?}");
    }
    let home = tempfile::tempdir().expect("a folder");
    for keys in ["q", "\x03"] {
        let mut terminal = Terminal::start(&WIDE, home.path(), 100, 30);
        // Before the first step there is nothing to lose, and nothing to ask.
        terminal.until_shown("6 lesson");
        let begun = Instant::now();
        terminal.keys(keys);
        let ended = terminal.ended();
        ended.assert_restored();
        assert!(ended.code == 0 && begun.elapsed() < Duration::from_secs(6), "{keys:?}: {:?}", begun.elapsed());
    }
}

/// CPU time that a process has taken so far.
fn cpu_seconds(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let fields = stat.rsplit(')').next().expect("fields").split_whitespace().skip(11).take(2);
    fields.map(|ticks| ticks.parse::<f64>().expect("a number") / 100.0).sum()
}

#[test]
fn an_interrupted_lesson_leaves_what_it_has() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["lesson", "--samples", "800", "--out", "l"];
    let (mut child, mut stderr) = started(home.path(), &arguments, false, "seed 0: rates of sgd");
    child.signal("INT");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("an end").code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted after 0 of 5 seeds; what was run is in l"), "{rest}");
    assert!(rows(&home.path().join("l/seed-0/race/steps.csv")) > 0);
    assert!(home.path().join("l/lesson.csv").is_file());
}
