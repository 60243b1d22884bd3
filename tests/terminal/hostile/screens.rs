//! Terminals that nobody reads, keys that break off, rows that the screen keeps.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::{ENDLESS, rows};
use crate::common::{LONG, PATIENCE, PROGRAM, Terminal, VARIABLES, signals_that_end};

/// A race on the screen whose rows are kept.
const SCREEN: [&str; 8] = ["--epochs", "100000", "--samples", "4096", "--hidden", "8", "--out", "r"];

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
    assert_eq!(terminal.left_with("q", "q").code, 0);
    assert_eq!(fs::read_dir(home.path().join("q")).expect("a folder").count(), 0);
}

#[test]
fn ctrl_c_gets_through_behind_half_an_escape_sequence() {
    for half in ["\x1b[<", "\x1b[200~", "\x1b]"] {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
        terminal.until_racing();
        terminal.keys(half);
        let ended = terminal.left_with("\x03", "\x03");
        assert_eq!(ended.code, 0, "{half:?}");
    }
}

/// A program that ends with the test.
struct Ends(Box<dyn Child + Send + Sync>);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a program ended that nobody reads.
struct Unread {
    code: u32,
    /// How long after the signal.
    took: Duration,
    /// How long after the signal it was seen to write its results, where these are large.
    wrote: Option<Duration>,
}

/// Starts a race in a terminal of which nothing more is read once it shows this text, and sends the signal when so many
/// rows more are there.
fn unread(home: &Path, arguments: &[&str], text: &str, more: usize, name: &str) -> Unread {
    let pty = native_pty_system().openpty(PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 });
    let pty = pty.expect("a terminal");
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(arguments);
    command.cwd(home);
    command.env("TERM", "xterm-256color");
    let mut child = Ends(pty.slave.spawn_command(command).expect("the program starts"));
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().expect("a reader");
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains(text) {
        let count = reader.read(&mut buffer).expect("bytes");
        seen.extend_from_slice(&buffer[..count]);
    }
    // Nobody reads from here on. By the time that so many more rows are there, what the terminal holds is full.
    let length = || fs::metadata(home.join("r/steps.csv.partial")).map_or(0, |file| file.len());
    let enough = length() + more as u64 * LONGEST_ROW;
    let deadline = Instant::now() + 3 * PATIENCE;
    while length() < enough && Instant::now() < deadline {
        look_again();
    }
    assert!(length() >= enough, "training goes on while nobody reads");
    let process = child.0.process_id().expect("a process").to_string();
    let begun = Instant::now();
    assert!(std::process::Command::new("kill").args(["-s", name, &process]).status().expect("kill").success());
    let mut wrote = None;
    let status = loop {
        wrote = wrote.or_else(|| is_writing_steps(&home.join("r")).then(|| begun.elapsed()));
        if let Some(status) = child.0.try_wait().expect("a process") {
            break status;
        }
        assert!(begun.elapsed() < PATIENCE, "{name} does not end it");
        look_again();
    };
    Unread { code: status.exit_code(), took: begun.elapsed(), wrote }
}

/// Lets the program have the core for a moment: nothing tells when a file has grown.
fn look_again() {
    std::thread::park_timeout(Duration::from_millis(2));
}

/// Bytes of a row of steps, at most.
const LONGEST_ROW: u64 = 150;

/// Whether there is a draft that is too large to be one of a manifest.
fn is_writing_steps(folder: &Path) -> bool {
    let large = |entry: fs::DirEntry| entry.metadata().is_ok_and(|found| found.len() > 1 << 18);
    let drafts = fs::read_dir(folder).expect("a folder").flatten();
    drafts.filter(|entry| entry.file_name().to_string_lossy().ends_with(".draft")).any(large)
}

#[test]
fn a_terminal_that_nobody_reads_keeps_no_signal_waiting() {
    let home = tempfile::tempdir().expect("a folder");
    let Unread { code, took, .. } = unread(home.path(), &SCREEN, "running", 8_000, "TERM");
    assert_eq!(code, 130);
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(rows(&home.path().join("r/steps.csv")) > 8_000);
}

#[test]
#[ignore = "a minute: the other signals, and a race without a screen"]
fn hostile_terminals_that_nobody_reads() {
    let bars = [&ENDLESS[..], &["r"]].concat();
    for (arguments, text) in [(&SCREEN[..], "running"), (&bars, "loss")] {
        for name in signals_that_end() {
            let home = tempfile::tempdir().expect("a folder");
            let Unread { code, took, .. } = unread(home.path(), arguments, text, 20_000, name);
            assert_eq!(code, 130, "{name}");
            assert!(took < Duration::from_secs(20), "{name}: {took:?}");
            assert!(rows(&home.path().join("r/steps.csv")) > 20_000, "{name}");
        }
    }
    let home = tempfile::tempdir().expect("a folder");
    let Unread { code, took, .. } = unread(home.path(), &SCREEN, "running", 20_000, "ABRT");
    assert!(code == 1 && took < Duration::from_secs(20), "{code} after {took:?}");
}

#[test]
#[ignore = "a minute: more than half a million steps"]
fn hostile_terminals_that_nobody_reads_after_half_a_million_steps() {
    let home = tempfile::tempdir().expect("a folder");
    let Unread { code, took, wrote } = unread(home.path(), &SCREEN, "running", 500_000, "TERM");
    assert_eq!(code, 130);
    let count = rows(&home.path().join("r/steps.csv"));
    let wrote = wrote.expect("what takes so long is seen");
    let told = format!("{count} steps: writing began {wrote:.1?} after the signal, and all ended {took:.1?} after it");
    let _ = writeln!(std::io::stderr(), "{told}");
    assert!(count > 500_000);
    // On a machine with nothing else to do, within 1 s, and half a million in 3 s.
    assert!(wrote < Duration::from_secs(6) && took < Duration::from_secs(20), "{told}");
}

#[test]
fn ctrl_z_gets_through_behind_half_an_escape_sequence() {
    stop_behind(&["\x1b[<"], "");
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "a build without debug assertions has no faults on demand")]
fn what_was_typed_before_ctrl_z_and_not_read_is_not_for_the_shell() {
    stop_behind(&["\x1b[<"], "OPTIRACE_FAILPOINT=read:1:hang ");
}

#[test]
fn a_program_that_aborts_gives_the_terminal_back() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&[&LONG[..], &["--out", "r"]].concat(), home.path(), 100, 30);
    let streamed = home.path().join("r/steps.csv.partial");
    terminal.until("rows in the folder", |_| rows(&streamed) > 100);
    // What the standard library has the program do where memory cannot be had.
    terminal.signal("ABRT");
    let ended = terminal.ended();
    ended.assert_restored();
    assert_eq!(ended.code, 1);
    let told = ended.screen.contents();
    assert!(told.contains("error: the program had to end at once") && told.contains(".partial"), "{told}");
    assert!(rows(&streamed) > 100, "what was streamed stays");
}

fn with_disk_that_hangs(from: u32, more: &[&str], home: &Path) -> Terminal {
    let fault = format!("file:{from}:hang");
    let variables = [&VARIABLES[..], &[("OPTIRACE_FAILPOINT", &fault)]].concat();
    Terminal::start_with(&[&LONG[..], more].concat(), home, 100, 30, &variables)
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "a build without debug assertions has no faults on demand")]
fn a_disk_that_hangs_keeps_no_key_waiting() {
    let home = tempfile::tempdir().expect("a folder");
    for leaving in ["\x03\x03", "qq"] {
        let mut terminal = with_disk_that_hangs(1, &[], home.path());
        terminal.until_racing();
        terminal.keys("w");
        terminal.until_shown("writing…");
        terminal.keys("p");
        terminal.until_shown("writing a picture…");
        terminal.keys("p");
        terminal.until_shown("no picture: the last one is still being written");
        terminal.keys("?");
        terminal.until_shown("What this is");
        terminal.keys("\x1b");
        terminal.until("the race", |screen| !screen.contains("What this is"));
        terminal.keys(&leaving[..1]);
        terminal.until_shown("write and quit");
        terminal.keys(&leaving[1..]);
        if leaving == "qq" {
            terminal.until_shown("writing the results… ctrl-c ends without them");
            assert!(terminal.is_cooked());
            terminal.keys("\x03");
        }
        let ended = terminal.ended();
        ended.assert_restored();
        assert_eq!(ended.code, 130, "{leaving:?}");
        let told = "error: left while the results were being written";
        assert_eq!(ended.raw.contains(told), leaving != "qq", "{leaving:?}: {}", ended.raw);
    }
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "a build without debug assertions has no faults on demand")]
fn a_disk_that_hangs_while_rows_are_kept_keeps_no_key_waiting() {
    let home = tempfile::tempdir().expect("a folder");
    // The folder is claimed, and nothing can be written to it.
    let mut terminal = with_disk_that_hangs(3, &["--out", "r"], home.path());
    terminal.until_racing();
    terminal.keys("q");
    terminal.until_shown("write and quit");
    terminal.keys("q");
    terminal.until_shown("ctrl-c ends without them");
    terminal.keys("\x03");
    let ended = terminal.ended();
    ended.assert_restored();
    assert_eq!(ended.code, 130);
}

/// Stops the screen behind each of these, wakes it, and ends it; `before` stands before the command.
fn stop_behind(halves: &[&str], before: &str) {
    let home = tempfile::tempdir().expect("a folder");
    for half in halves {
        let mut terminal = Terminal::shell(home.path(), 100, 30);
        terminal.until_shown("prompt>");
        terminal.keys(&format!("{before}\"$PROGRAM\" {}\n", LONG.join(" ")));
        terminal.until_racing();
        terminal.keys(half);
        terminal.keys("\x1a");
        terminal.until("the shell", |screen| screen.trim_end().ends_with("prompt>"));
        assert!(terminal.is_cooked() && !terminal.screen().alternate_screen(), "{half:?}");
        terminal.keys("fg\n");
        terminal.until_racing();
        terminal.keys("\x03");
        terminal.until_shown("write and quit");
        terminal.keys("\x03");
        terminal.until("the shell", |screen| screen.trim_end().ends_with("prompt>"));
        assert!(terminal.is_cooked(), "{half:?}");
        terminal.keys("exit\n");
        terminal.ended().assert_restored();
    }
}

/// Escape sequences that break off.
const HALVES: [&str; 22] = [
    "\x1b[<",
    "\x1b[<0;",
    "\x1b[<0;1",
    "\x1b[<0;1;",
    "\x1b[200~",
    "\x1b[200~text",
    "\x1b[",
    "\x1bO",
    "\x1b]",
    "\x1b]11;rgb:",
    "\x1b[1;",
    "\x1b[M",
    "\x1b[M ",
    "\x1b[?",
    "\x1b[>",
    "\x1bP",
    "\x1b_",
    "\x1b^",
    "\x1b[O",
    "\x1b[27;",
    "\x1b[[",
    "\x1b",
];

#[test]
#[ignore = "two minutes: each half sequence, and floods of them"]
fn hostile_escape_sequences_that_break_off() {
    stop_behind(&HALVES, "");
    let mut random = ChaCha8Rng::seed_from_u64(8);
    for round in 0..8 {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
        terminal.until_racing();
        for _ in 0..3000 {
            terminal.keys(HALVES[random.random_range(0..HALVES.len())]);
        }
        let ended = terminal.left_with("\x03", "\x03");
        assert_eq!(ended.code, 0, "{round}");
    }
}
