//! Whatever fails inside the program, the terminal comes back, the cause is told and the results are kept.
//!
//! The faults are asked for through `OPTIRACE_FAILPOINT`, which builds without debug assertions do not know.
#![cfg(unix)]
#![allow(clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{LONG, Terminal, is_racing};
use optirace::record::Ended;
use optirace::record::csv::{EVENT_COLUMNS, STEP_COLUMNS};
use optirace::record::saved_race::SavedRace;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

fn with_fault(fault: &str, folder: &Path) -> Terminal {
    let variables = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("OPTIRACE_FAILPOINT", fault)];
    Terminal::start_with(&LONG, folder, 100, 30, &variables)
}

fn only_race_in(home: &Path) -> SavedRace {
    let folders = fs::read_dir(home.join("optirace-runs")).expect("the folder of races");
    let folders: Vec<PathBuf> = folders.map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(folders.len(), 1, "one race was written: {folders:?}");
    SavedRace::open(&folders[0]).expect("a race")
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "a build without debug assertions has no faults on demand")]
fn a_panic_of_the_screen_gives_the_terminal_back_and_saves_the_results() {
    for (fault, keys) in [("draw:60", ""), ("key:3", "jjj")] {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = with_fault(fault, home.path());
        if !keys.is_empty() {
            terminal.until_racing();
            terminal.keys(keys);
        }
        let ended = terminal.ended();
        ended.assert_restored();
        assert_eq!(ended.code, 1, "{fault}: {}", ended.raw);
        let (place, _) = fault.split_once(':').expect("a place and a number");
        let told = ended.screen.contents().replace('\n', "");
        let panic = format!("this failure in `{place}` was asked for");
        assert!(told.contains("panicked at src/failpoint.rs"), "{fault}: {told}");
        assert!(told.contains(&format!("error: the screen failed: {panic}; the results so far are in ")), "{told}");
        let past = only_race_in(home.path());
        assert!(told.contains(&*past.dir.file_name().expect("a name").to_string_lossy()), "{told}");
        assert!(!past.is_partial && past.manifest.ended == Ended::Interrupted);
        assert!(!past.rows("steps.csv", &STEP_COLUMNS).expect("rows").is_empty());
    }
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "a build without debug assertions has no faults on demand")]
fn a_panic_of_a_run_fails_that_run_and_the_others_race_on() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = with_fault("train:500", home.path());
    terminal.until_shown("this failure in `train` was asked for");
    assert!(terminal.screen().alternate_screen() && terminal.screen().hide_cursor(), "the screen stays");
    terminal.until("five runs to go on", |screen| {
        screen.matches(" running").count() == 5 && screen.matches(" failed").count() >= 1
    });
    let failed_in = epoch(&terminal.text());
    terminal.until("a later epoch", |screen| epoch(screen) >= failed_in + 3.0);
    let ended = terminal.left_with("q", "w");
    assert_eq!(ended.code, 0, "{}", ended.raw);
    let past = only_race_in(home.path());
    let failed: Vec<_> = past.manifest.runs.iter().filter(|run| run.state == "failed").collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].failure, Some("this failure in `train` was asked for".into()));
    let events = past.rows("events.csv", &EVENT_COLUMNS).expect("rows");
    assert!(events.iter().any(|row| row[0] == *failed[0].label && &row[3] == "failed"));
    let steps = past.rows("steps.csv", &STEP_COLUMNS).expect("rows");
    for run in &past.manifest.runs {
        let count = steps.iter().filter(|row| row[0] == *run.label).count() as u64;
        assert_eq!(count, run.steps, "{}: what it did is kept", run.label);
        assert!(count > 0 && (run.state == "failed" || count > failed[0].steps), "{}: it raced on", run.label);
    }
}

/// The epoch that the top of the screen tells.
fn epoch(screen: &str) -> f64 {
    let shown = screen.split_once("epoch ").and_then(|(_, rest)| rest.split_once('/'));
    shown.and_then(|(epoch, _)| epoch.parse().ok()).expect("an epoch")
}

#[test]
fn ctrl_z_gives_the_shell_back_and_fg_draws_the_race_again() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::shell(home.path(), 100, 30);
    terminal.until_shown("prompt>");
    terminal.keys(&format!("\"$PROGRAM\" {}\n", LONG.join(" ")));
    terminal.until_racing();
    // Once as the key, once as the signal that a shell or a script sends, with another size after each.
    for (round, (columns, rows)) in [(80, 24), (120, 40)].into_iter().enumerate() {
        match round {
            0 => terminal.keys("\x1a"),
            _ => terminal.signal_foreground("TSTP"),
        }
        terminal.until("the shell", |screen| screen.trim_end().ends_with("prompt>"));
        assert!(!terminal.screen().alternate_screen() && !terminal.screen().hide_cursor());
        assert_eq!(terminal.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is off");
        assert!(terminal.is_cooked(), "raw mode is off");
        terminal.resize(columns, rows);
        terminal.keys(&format!("echo $(({round} + 40)) of 42\n"));
        terminal.until_shown(&format!("{} of 42", round + 40));
        terminal.keys("fg\n");
        terminal.until("the race", |screen| is_racing(screen) && screen.contains("q quit"));
        assert!(terminal.screen().alternate_screen() && terminal.screen().hide_cursor());
    }
    terminal.keys("q");
    terminal.until_shown("write and quit");
    terminal.keys("q");
    terminal.until("the shell", |screen| screen.trim_end().ends_with("prompt>"));
    assert!(terminal.is_cooked() && !terminal.screen().alternate_screen());
    terminal.keys("exit\n");
    terminal.ended().assert_restored();
}

#[test]
fn every_terminal_gets_what_it_can_show() {
    let cases: [(Variables, Colours, bool); 6] = [
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")], Colours::All, false),
        (&[("TERM", "xterm-256color"), ("LANG", "C.UTF-8")], Colours::Indexed(255), false),
        (&[("TERM", "xterm"), ("LANG", "C.UTF-8")], Colours::Indexed(15), false),
        (&[("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("NO_COLOR", "1")], Colours::None, false),
        (&[("TERM", "xterm-256color"), ("LANG", "C")], Colours::Indexed(255), true),
        (&[("TERM", "linux"), ("LANG", "C.UTF-8")], Colours::Indexed(15), true),
    ];
    for (variables, colours, ascii) in cases {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::start_with(&LONG, home.path(), 100, 30, variables);
        terminal.until("a race under way", |screen| is_racing(screen) && screen.contains("loss"));
        // Much of what can be shown: another run, the help, the textbook's surface.
        let help = "What this is";
        terminal.keys("j?");
        terminal.until_shown(help);
        terminal.keys("?");
        terminal.until("the race", |screen| !screen.contains(help));
        terminal.keys("5");
        terminal.until_shown("ravine");
        terminal.keys("1");
        terminal.until("the race", |screen| !screen.contains("ravine"));
        let ended = terminal.left_with("q", "q");
        let used = colours_in(&ended.raw);
        match colours {
            Colours::All => assert!(used.iter().any(|colour| matches!(colour, Colour::True)), "{variables:?}"),
            Colours::Indexed(last) => {
                assert!(!used.is_empty(), "{variables:?}");
                let fits = |colour: &Colour| matches!(colour, Colour::Indexed(index) if *index <= last);
                assert!(used.iter().all(fits), "{variables:?}: {used:?}");
            }
            Colours::None => assert!(used.is_empty(), "{variables:?}: {used:?}"),
        }
        let others: String = ended.raw.chars().filter(|c| !c.is_ascii()).take(20).collect();
        assert_eq!(others.is_empty(), ascii, "{variables:?}: {others}");
    }
}

/// Names and values.
type Variables = &'static [(&'static str, &'static str)];

/// Which colours a terminal can show.
#[derive(Debug, Clone, Copy)]
enum Colours {
    None,
    /// Those up to this number.
    Indexed(u32),
    All,
}

/// A colour that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Colour {
    Indexed(u32),
    True,
}

/// The colours that the escape sequences in `text` set, other than the terminal's own.
fn colours_in(text: &str) -> Vec<Colour> {
    let mut colours = Vec::new();
    for sequence in text.split("\x1b[").skip(1) {
        let Some((numbers, _)) = sequence.split_once('m') else { continue };
        if !numbers.chars().all(|c| c.is_ascii_digit() || c == ';') {
            continue;
        }
        let mut numbers = numbers.split(';').map(|number| number.parse::<u32>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            colours.extend(match (number, numbers.clone().next()) {
                (38 | 48, Some(5)) => numbers.by_ref().nth(1).map(Colour::Indexed),
                (38 | 48, Some(2)) => numbers.by_ref().nth(3).map(|_| Colour::True),
                (30..=37 | 40..=47, _) => Some(Colour::Indexed(number % 10)),
                (90..=97 | 100..=107, _) => Some(Colour::Indexed(8 + number % 10)),
                _ => None,
            });
        }
    }
    colours.dedup();
    colours
}

/// Learning rates that are typed while the terminal changes its size.
const TYPED: u32 = 200;

/// Sizes that it takes meanwhile for each of them.
const SIZES_EACH: u32 = 10;

#[test]
fn two_thousand_sizes_while_training_lose_no_key() {
    let home = tempfile::tempdir().expect("a folder");
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let arguments = [&LONG[..], &["-o", "sgd", "-o", "adam", "--out", "results"]].concat();
    let mut terminal = Terminal::start(&arguments, home.path(), 100, 30);
    terminal.until_racing();
    for typed in 1..=TYPED {
        // = opens the line; a digit more with each size; enter sets the rate. Each rate differs from all others.
        let keys = format!("={:.7}\r", f64::from(typed) / 1e7);
        assert_eq!(keys.len(), SIZES_EACH as usize + 1);
        for (place, key) in keys.char_indices() {
            let size = match (typed, place) {
                (1, 0) => (1, 1),
                (1, 1) => (500, 200),
                _ => (random.random_range(1..=500), random.random_range(1..=200)),
            };
            terminal.keys(key.encode_utf8(&mut [0; 4]));
            terminal.resize_unseen(size.0, size.1);
        }
    }
    terminal.resize_seen(100, 30);
    terminal.keys(" ");
    terminal.until("a paused race", |screen| screen.contains("PAUSED") && screen.matches(" paused").count() == 2);
    let rate = f64::from(TYPED) / 1e7;
    terminal.until("the last rate", |screen| screen.contains(&format!("{rate:e}")));
    // What was said last would be gone in the next frame.
    terminal.keys("\x1b");
    terminal.until("silence", |screen| !screen.contains("from step"));
    // A frame that is drawn as a whole shows the same: nothing of another size is left.
    let drawn = terminal.text();
    terminal.redrawn();
    assert_eq!(terminal.text(), drawn);
    terminal.keys("w");
    terminal.until_shown("written to results");
    let ended = terminal.left_with("q", "q");
    assert_eq!(ended.code, 0);
    let past = SavedRace::open(&home.path().join("results")).expect("a race");
    let events = past.rows("events.csv", &EVENT_COLUMNS).expect("rows");
    let rates = events.iter().filter(|row| &row[3] == "lr").map(|row| row[4].parse::<f64>().expect("a rate"));
    let typed: Vec<f64> = (1..=TYPED).map(|typed| f64::from(typed) / 1e7).collect();
    assert_eq!(rates.collect::<Vec<_>>(), typed, "every key came through, in order");
}
