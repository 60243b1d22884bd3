//! Limits that the system sets, and settings of the environment, tell their reason.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::{HUNG, NOBODY, SMALL};
use super::{assert_refused, is_root, limited, program_for_all, rows, told, under};
use crate::aloud::not_tested;
use crate::common::{self, LONG, Terminal, VARIABLES};
use crate::hostile_names;

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
    hostile_names::dataset(&home.path().join("clean"), "", |_, _| {});
    let tiny = [&["train"], &hostile_names::SMALL[..], &["--out"]].concat();
    for (folder, limits, more) in [
        ("threads", "", &["--threads", "18446744073709551615"][..]),
        ("zone", "export TZ=/dev/zero", &[]),
        ("zone-2", "export TZ=:/dev/zero", &[]),
        ("stack", "export RUST_MIN_STACK=1", &[]),
        ("stacks", "export RUST_MIN_STACK=99999999999999", &[]),
        ("pool", "export RAYON_NUM_THREADS=100000", &[]),
    ] {
        // Where it is about threads and stacks, with all that are started for real data.
        let race = if limits.contains("RUST") || limits.contains("RAYON") { &SMALL[..] } else { &tiny };
        let output = under(home.path(), limits, &[race, &[folder], more].concat());
        assert_eq!(output.status.code(), Some(0), "{folder}: {}", told(&output));
    }
}

#[test]
#[ignore = "a minute: a race for each number of threads"]
fn hostile_limits_on_threads() {
    if !is_root() {
        return not_tested("only root can start a program as another user, whose threads are counted");
    }
    let home = tempfile::tempdir().expect("a folder");
    let program = program_for_all(home.path());
    for threads in 1..=14 {
        let folder = format!("x{threads}");
        let mut command = limited(home.path(), &format!("ulimit -u {threads}"), &program);
        let output = command.args(SMALL).arg(&folder).uid(NOBODY).gid(NOBODY).output().expect("timeout is there");
        let told = told(&output);
        assert!(output.status.code() != Some(HUNG), "{threads}: {told}");
        assert!(!told.contains("panicked"), "{threads}: {told}");
        assert!(
            output.status.code() == Some(0) || told.contains("error: ") || told.contains("bash"),
            "{threads}: {told}"
        );
    }
}

#[test]
#[ignore = "half a minute: a race for each number of threads"]
fn hostile_limits_on_threads_of_the_screen() {
    let can_become_nobody = || Command::new("setpriv").arg("--version").output().is_ok();
    if !(is_root() && can_become_nobody()) {
        return not_tested("only root, with setpriv, can start a program as another user, whose threads are counted");
    }
    let home = tempfile::tempdir().expect("a folder");
    let program = program_for_all(home.path()).to_string_lossy().into_owned();
    for threads in 1..=14 {
        let limit = format!("ulimit -u {threads}; exec \"$0\" \"$@\"");
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", &limit, &program];
        let arguments = [&nobody[..], &LONG].concat();
        let mut terminal = Terminal::run("setpriv", &arguments, home.path(), (100, 30), &VARIABLES);
        let mut is_racing = false;
        terminal.until_or_ended(|screen| {
            is_racing = common::is_racing(screen);
            is_racing
        });
        if is_racing {
            terminal.keys("3");
            terminal.keys("w");
            terminal
                .until("an answer", |screen| screen.contains("written to") || screen.contains("no thread could be"));
            terminal.signal("TERM");
        }
        let ended = terminal.ended();
        ended.assert_restored();
        let refused = ended.raw.contains("no thread could be started") || ended.raw.contains("bash:");
        assert!(ended.code == if is_racing { 130 } else { 1 } || refused, "{threads}: {}", ended.raw);
        assert!(!ended.raw.contains("panicked"), "{threads}: {}", ended.raw);
    }
}

/// A race that takes all memory there is.
const GROWING: [&str; 6] = ["--preset", "textbook", "--epochs", "100000", "--hidden", "2"];

/// Whether a race told what it had to tell of memory, and left its rows where it had begun.
fn is_told_of_memory(told: &str, folder: &Path) -> bool {
    let is_refused = told.contains(" are free; ");
    is_refused || told.contains("memory is nearly used up") && rows(&folder.join("steps.csv")) > 1000
}

#[test]
fn memory_that_ends_ends_the_race_with_its_results() {
    let home = tempfile::tempdir().expect("a folder");
    let output = under(home.path(), "ulimit -v 145000", &[&["train", "--out", "r"], &GROWING[..]].concat());
    assert_refused(&output, "memory is nearly used up");
    assert!(told(&output).contains("; the results up to there are in r\n"));
    assert!(is_told_of_memory(&told(&output), &home.path().join("r")));
}

/// Limits in megabytes: on the data, on a race that cannot begin, and on races that end sooner or later.
const MEMORY: [(&str, [u32; 4]); 2] = [("-v", [70, 110, 150, 220]), ("-d", [70, 80, 110, 160])];

#[test]
#[ignore = "a minute: races up to the end of memory"]
fn hostile_limits_on_memory() {
    for (kind, megabytes) in MEMORY.iter().flat_map(|(kind, all)| all.iter().map(move |one| (kind, one))) {
        let home = tempfile::tempdir().expect("a folder");
        let limit = format!("ulimit {kind} {megabytes}000");
        let output = under(home.path(), &limit, &[&["train", "--out", "r"], &GROWING[..]].concat());
        assert_eq!(output.status.code(), Some(1), "{limit}: {}", told(&output));
        assert!(is_told_of_memory(&told(&output), &home.path().join("r")), "{limit}: {}", told(&output));
        let ended = Terminal::start_limited(&limit, &[&GROWING[..], &["--out", "s"]].concat(), home.path()).ended();
        ended.assert_restored();
        let told = ended.raw.rsplit("error: ").next().unwrap_or_default();
        assert!(ended.code == 1 && is_told_of_memory(told, &home.path().join("s")), "{limit}: {told}");
    }
}

#[test]
#[ignore = "half a minute: memory that is there when a race begins, and then taken away"]
fn hostile_limits_on_memory_in_mid_race() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return not_tested("without prlimit, the limits of a program that runs cannot be changed");
    }
    for (limit, used) in [("as", "VmSize:"), ("data", "VmData:")] {
        for spare in [0, 4 << 20, 12 << 20] {
            let home = tempfile::tempdir().expect("a folder");
            let mut terminal = Terminal::start(&[&LONG[..], &["--out", "r"]].concat(), home.path(), 100, 30);
            let streamed = home.path().join("r/steps.csv.partial");
            terminal.until("rows in the folder", |_| rows(&streamed) > 1000);
            let process = terminal.process();
            let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("its status");
            let taken = status.lines().find_map(|line| line.strip_prefix(used)?.trim().strip_suffix(" kB"));
            let bytes = 1024 * taken.expect("a field").parse::<u64>().expect("a number") + spare;
            let command = [format!("--pid={process}"), format!("--{limit}={bytes}")];
            assert!(Command::new("prlimit").args(command).status().expect("prlimit is there").success());
            let ended = terminal.ended();
            ended.assert_restored();
            assert_eq!(ended.code, 1, "{limit}: {}", ended.raw);
            let (in_order, aborted) = ("memory is nearly used up", "the program had to end at once");
            let text = ended.screen.contents().replace('\n', " ");
            assert!(text.contains(in_order) || text.contains(aborted), "{limit}: {text}");
            let written = home.path().join("r/steps.csv");
            assert!(rows(if text.contains(aborted) { &streamed } else { &written }) > 1000, "{limit}: {text}");
        }
    }
}

#[test]
fn a_limit_on_files_is_told_on_the_screen_and_the_race_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start_limited("ulimit -f 1", &LONG, home.path());
    terminal.until_racing();
    terminal.keys("w");
    terminal.until("the reason", |screen| {
        let told = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        told.contains("not written: ") && told.contains("File too large")
    });
    terminal.until_shown("another folder?");
    terminal.keys("\x1b");
    terminal.until("no more question", |screen| !screen.contains("another folder?"));
    let ended = terminal.left_with("q", "q");
    assert_eq!(ended.code, 0);
}
