//! Terminals that nobody reads, keys that break off, rows that the screen keeps.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::{ENDLESS, rows, signal};
use crate::common::{LONG, PATIENCE, PROGRAM, Terminal, signals_that_end};

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
    for half in ["\x1b[<", "\x1b[<0;", "\x1b[200~", "\x1b[", "\x1bO", "\x1b]", "\x1b[1;"] {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
        terminal.until_racing();
        terminal.keys(half);
        let ended = terminal.left_with("\x03", "\x03");
        assert_eq!(ended.code, 0, "{half:?}");
    }
}

/// Starts a race in a terminal of which nothing more is read once it shows this text, sends the signal when so many
/// rows more are there, and returns how long the program took to end, and its exit code.
fn unread(home: &Path, arguments: &[&str], text: &str, more: usize, name: &str) -> (Duration, u32) {
    let pty = native_pty_system().openpty(PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 });
    let pty = pty.expect("a terminal");
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(arguments);
    command.cwd(home);
    command.env("TERM", "xterm-256color");
    let mut child = pty.slave.spawn_command(command).expect("the program starts");
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().expect("a reader");
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains(text) {
        let count = reader.read(&mut buffer).expect("bytes");
        seen.extend_from_slice(&buffer[..count]);
    }
    // Nobody reads from here on. By the time that so many more rows are there, what the terminal holds is full.
    let partial = home.join("r/steps.csv.partial");
    let enough = rows(&partial) + more;
    let deadline = Instant::now() + PATIENCE;
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
    let (took, code) = unread(home.path(), &SCREEN, "running", 20_000, "TERM");
    assert_eq!(code, 130);
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(rows(&home.path().join("r/steps.csv")) > 20_000);
}

#[test]
#[ignore = "a minute: the other signals, and a race without a screen"]
fn hostile_terminals_that_nobody_reads() {
    let bars = [&ENDLESS[..], &["r"]].concat();
    for (arguments, text) in [(&SCREEN[..], "running"), (&bars, "loss")] {
        for name in signals_that_end() {
            let home = tempfile::tempdir().expect("a folder");
            let (took, code) = unread(home.path(), arguments, text, 20_000, name);
            assert_eq!(code, 130, "{name}");
            assert!(took < Duration::from_secs(20), "{name}: {took:?}");
            assert!(rows(&home.path().join("r/steps.csv")) > 20_000, "{name}");
        }
    }
}

#[test]
#[ignore = "a minute: half a million steps"]
fn hostile_terminals_that_nobody_reads_after_half_a_million_steps() {
    let home = tempfile::tempdir().expect("a folder");
    let (took, code) = unread(home.path(), &SCREEN, "running", 500_000, "TERM");
    assert_eq!(code, 130);
    let count = rows(&home.path().join("r/steps.csv"));
    let _ = writeln!(std::io::stderr(), "{count} steps were written, and the program ended, in {took:.1?}");
    assert!(count > 500_000);
    // In 3 s on a machine with nothing else to do.
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn ctrl_z_gets_through_behind_half_an_escape_sequence() {
    stop_behind(&["\x1b[<"]);
}

/// Stops the screen behind each of these, wakes it, and ends it.
fn stop_behind(halves: &[&str]) {
    let home = tempfile::tempdir().expect("a folder");
    for half in halves {
        let mut terminal = Terminal::shell(home.path(), 100, 30);
        terminal.until_shown("prompt>");
        terminal.keys(&format!("\"$PROGRAM\" {}\n", LONG.join(" ")));
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
    stop_behind(&HALVES);
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
