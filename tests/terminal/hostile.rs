//! Limits, pipes, links, signals and terminals that nobody reads: nothing hangs, nothing measured is lost.
//!
//! What takes longer is run by `cargo test -- --ignored hostile`.
#![allow(clippy::expect_used)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::aloud::not_tested;
use crate::common::{LONG, PROGRAM, Terminal};

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

fn signal(process: u32, name: &str) {
    let status = Command::new("kill").args(["-s", name, &process.to_string()]).status();
    assert!(status.expect("kill is there").success());
}

/// The program, once its line on stderr contains `text`.
fn started(folder: &Path, arguments: &[&str], text: &str) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        assert!(lines.read_line(&mut line).expect("text") > 0, "it ended before {text:?}");
    }
    (child, lines)
}

#[test]
fn pipes_in_the_folder_of_results_are_refused() {
    let home = tempfile::tempdir().expect("a folder");
    for (folder, name, force) in [("a", "manifest.json", false), ("b", "steps.csv.partial", true)] {
        fs::create_dir(home.path().join(folder)).expect("a folder");
        let made = Command::new("mkfifo").arg(home.path().join(folder).join(name)).status();
        assert!(made.expect("mkfifo is there").success());
        let mut arguments = [&SMALL[..], &[folder]].concat();
        arguments.extend(force.then_some("--force"));
        assert_refused(&under(home.path(), "", &arguments), if force { "a named pipe" } else { "already holds files" });
    }
}

#[test]
fn a_link_in_the_folder_of_results_is_not_followed() {
    let home = tempfile::tempdir().expect("a folder");
    let victim = home.path().join("victim");
    fs::write(&victim, "precious").expect("a file");
    fs::create_dir(home.path().join("r")).expect("a folder");
    for name in ["steps.csv", "steps.csv.partial", "manifest.json.partial"] {
        symlink("../victim", home.path().join("r").join(name)).expect("a link");
    }
    let output = under(home.path(), "", &[&SMALL[..], &["r", "--force"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(fs::read_to_string(&victim).expect("a file"), "precious");
    assert!(rows(&home.path().join("r/steps.csv")) > 0);
}

#[test]
fn limits_are_errors_that_say_so() {
    let home = tempfile::tempdir().expect("a folder");
    let long = under(home.path(), "ulimit -f 12", &[&SMALL[..], &["f", "-o", "sgd:batch=1"]].concat());
    assert_refused(&long, "File too large");
    assert!(home.path().join("f/steps.csv.partial").is_file(), "what was streamed stays");
    let large = ["--samples", "64", "--epochs", "1", "--hidden", "4000,4000", "-o", "sgd"];
    for limit in ["ulimit -v 600000", "ulimit -d 500000"] {
        let output = under(home.path(), limit, &[&["train", "--out", "v"], &large[..]].concat());
        assert_refused(&output, "are free; name smaller hidden layers");
    }
    let output = under(home.path(), "ulimit -v 70000", &[&SMALL[..], &["d"]].concat());
    assert_refused(&output, "are free; allow more (ulimit -v, -d)");
}

#[test]
fn odd_settings_do_not_hang() {
    let home = tempfile::tempdir().expect("a folder");
    for (folder, limits, more) in [
        ("threads", "", &["--threads", "18446744073709551615"][..]),
        ("zone", "export TZ=/dev/zero", &[]),
        ("zone-2", "export TZ=:/dev/zero", &[]),
        ("stack", "export RUST_MIN_STACK=100000", &[]),
    ] {
        let output = under(home.path(), limits, &[&SMALL[..], &[folder], more].concat());
        assert_eq!(output.status.code(), Some(0), "{folder}: {}", told(&output));
    }
}

#[test]
fn every_signal_that_ends_a_race_leaves_its_results() {
    for name in ["INT", "TERM", "HUP", "QUIT"] {
        let home = tempfile::tempdir().expect("a folder");
        let (mut child, _stderr) = started(home.path(), &[&ENDLESS[..], &["r"]].concat(), "epoch    1/1000");
        signal(child.id(), name);
        assert_eq!(child.wait().expect("an end").code(), Some(130), "{name}");
        assert!(rows(&home.path().join("r/steps.csv")) > 0, "{name}");
    }
}

#[test]
fn an_interrupted_lesson_leaves_what_it_has() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["lesson", "--samples", "2000", "--out", "l"];
    let (mut child, mut stderr) = started(home.path(), &arguments, "seed 0: rates of sgd");
    signal(child.id(), "INT");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("an end").code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted after 0 of 5 seeds; what was run is in l"), "{rest}");
    assert!(rows(&home.path().join("l/seed-0/race/steps.csv")) > 0);
    assert!(home.path().join("l/lesson.csv").is_file());
}

#[test]
fn the_screen_keeps_its_rows_in_the_folder_that_was_named() {
    let home = tempfile::tempdir().expect("a folder");
    let partial = home.path().join("r/steps.csv.partial");
    let arguments = [&LONG[..], &["--out", "r"]].concat();
    let mut terminal = Terminal::start(&arguments, home.path(), 100, 30);
    terminal.until("rows in the folder", |_| rows(&partial) > 100);
    terminal.keys("w");
    terminal.until_shown("written to r");
    let written = rows(&home.path().join("r/steps.csv"));
    terminal.until("rows beyond those written", |_| rows(&partial) > written);
    terminal.signal("KILL");
    terminal.ended();
    assert!(rows(&partial) > written, "what was streamed outlives the program");

    // Who leaves without writing leaves nothing, and the folder can be used again.
    let arguments = [&LONG[..], &["--out", "q"]].concat();
    let mut terminal = Terminal::start(&arguments, home.path(), 100, 30);
    terminal.until("rows in the folder", |_| rows(&home.path().join("q/steps.csv.partial")) > 0);
    terminal.keys("q");
    terminal.until_shown("write and quit");
    terminal.keys("q");
    assert_eq!(terminal.ended().code, 0);
    assert_eq!(fs::read_dir(home.path().join("q")).expect("a folder").count(), 0);
}

#[test]
fn ctrl_c_gets_through_behind_half_an_escape_sequence() {
    for half in ["\x1b[<", "\x1b[<0;", "\x1b[200~", "\x1b[", "\x1bO", "\x1b]", "\x1b[1;"] {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
        terminal.until_racing();
        terminal.keys(half);
        terminal.keys("\x03");
        terminal.until_shown("write and quit");
        terminal.keys("\x03");
        let ended = terminal.ended();
        ended.assert_restored();
        assert_eq!(ended.code, 0, "{half:?}");
    }
}

/// Starts the screen in a terminal of which nothing more is read once the race runs, sends the signal, and returns how
/// long the program took to end, and its exit code.
fn unread(home: &Path, name: &str) -> (Duration, u32) {
    let pty = native_pty_system().openpty(PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 });
    let pty = pty.expect("a terminal");
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(LONG);
    command.args(["--out", "r"]);
    command.cwd(home);
    command.env("TERM", "xterm-256color");
    let mut child = pty.slave.spawn_command(command).expect("the program starts");
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().expect("a reader");
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("running") {
        let count = reader.read(&mut buffer).expect("bytes");
        seen.extend_from_slice(&buffer[..count]);
    }
    // Nobody reads from here on. By the time that so many more rows are there, what the terminal holds is full.
    let partial = home.join("r/steps.csv.partial");
    let enough = rows(&partial) + 20_000;
    let deadline = Instant::now() + Duration::from_secs(60);
    while rows(&partial) < enough && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(rows(&partial) >= enough, "training goes on while nobody reads");
    let begun = Instant::now();
    signal(child.process_id().expect("a process"), name);
    let code = child.wait().expect("an end").exit_code();
    (begun.elapsed(), code)
}

#[test]
fn a_terminal_that_nobody_reads_keeps_no_signal_waiting() {
    let home = tempfile::tempdir().expect("a folder");
    let (took, code) = unread(home.path(), "TERM");
    assert_eq!(code, 130);
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(rows(&home.path().join("r/steps.csv")) > 20_000);
}

#[test]
#[ignore = "a minute: the other signals"]
fn hostile_terminals_that_nobody_reads() {
    for name in ["INT", "HUP", "QUIT"] {
        let home = tempfile::tempdir().expect("a folder");
        let (took, code) = unread(home.path(), name);
        assert_eq!(code, 130, "{name}");
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
        assert!(rows(&home.path().join("r/steps.csv")) > 20_000, "{name}");
    }
}

#[test]
#[ignore = "a minute: a race for each number of threads"]
fn hostile_limits_on_threads() {
    if !is_root() {
        return not_tested("only root can start a program as another user, whose threads are counted");
    }
    let home = tempfile::tempdir().expect("a folder");
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("rights");
    open(home.path());
    let program = home.path().join("optirace");
    fs::copy(PROGRAM, &program).expect("a copy that others may start");
    open(&program);
    for threads in 1..=14 {
        let folder = format!("x{threads}");
        let mut command = limited(home.path(), &format!("ulimit -u {threads}"), &program);
        let output = command.args(SMALL).arg(&folder).uid(65534).gid(65534).output().expect("timeout is there");
        let told = told(&output);
        assert!(output.status.code() != Some(HUNG), "{threads}: {told}");
        assert!(!told.contains("panicked"), "{threads}: {told}");
        assert!(
            output.status.code() == Some(0) || told.contains("error: ") || told.contains("bash"),
            "{threads}: {told}"
        );
    }
}

/// Whether the tests run as root, as the owner of a file that they make tells.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    tempfile::tempfile().and_then(|file: File| file.metadata()).is_ok_and(|found| found.uid() == 0)
}

#[test]
#[ignore = "minutes: races up to the end of memory"]
fn hostile_limits_on_memory() {
    for megabytes in [60, 80, 130, 200, 300, 500] {
        let home = tempfile::tempdir().expect("a folder");
        let limit = format!("ulimit -v {megabytes}000");
        let arguments = ["train", "--preset", "textbook", "--epochs", "10000", "--hidden", "2", "--out", "m"];
        let output = under(home.path(), &limit, &arguments);
        let told = told(&output);
        let kept = rows(&home.path().join("m/steps.csv.partial"));
        let refused = told.contains("error: ") && !told.contains("panicked");
        assert!(refused || kept > 0, "{megabytes} MB: {told}");
    }
}

#[test]
#[ignore = "a swap in the middle of a race"]
fn hostile_swaps_of_the_folder() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut child, mut stderr) = started(home.path(), &[&ENDLESS[..], &["r"]].concat(), "epoch");
    fs::remove_dir_all(home.path().join("r")).expect("it can be removed");
    fs::create_dir(home.path().join("other")).expect("a folder");
    fs::write(home.path().join("other/steps.csv"), "precious").expect("a file");
    symlink("other", home.path().join("r")).expect("a link");
    let mut line = String::new();
    while !line.contains("the results go to r-2") {
        line.clear();
        assert!(stderr.read_line(&mut line).expect("text") > 0, "it ended");
    }
    signal(child.id(), "TERM");
    assert_eq!(child.wait().expect("an end").code(), Some(130));
    assert_eq!(fs::read_to_string(home.path().join("other/steps.csv")).expect("a file"), "precious");
    assert!(rows(&home.path().join("r-2/steps.csv")) > 0);
}
