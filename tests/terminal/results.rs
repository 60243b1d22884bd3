//! Results are never lost or half written, whatever happens to the program, the folder or the disk.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic)]

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{ChildStderr, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::aloud::not_tested;
use crate::common::{Running, Terminal};
use optirace::data::{Dataset, Samples, Split};
use optirace::nn::Activation;
use optirace::optim::BatchSize;
use optirace::race::RaceData;
use optirace::race::history::History;
use optirace::race::measure::StepRecord;
use optirace::race::settings::{RaceSetup, Settings};
use optirace::record::csv::{EPOCH_COLUMNS, EVENT_COLUMNS, STEP_COLUMNS};
use optirace::record::saved_race::SavedRace;
use optirace::record::{Ended, Folder, RecordError, Report};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const PROGRAM: &str = env!("CARGO_BIN_EXE_optirace");

/// A race that does not end by itself, and takes a moment for each epoch.
const ENDLESS: [&str; 12] =
    ["train", "--samples", "2048", "--hidden", "8", "--epochs", "1000000", "-o", "sgd", "-o", "adam", "--out"];

/// A race without a screen, and what it tells.
struct Racing {
    child: Running,
    stderr: BufReader<ChildStderr>,
}

impl Racing {
    fn start(mut command: Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = Running::start(command);
        let stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
        Self { child, stderr }
    }

    /// Races without end into `out` below `folder`.
    fn endless(folder: &Path, out: &OsStr) -> Self {
        let mut command = Command::new(PROGRAM);
        command.current_dir(folder).args(ENDLESS).arg(out);
        Self::start(command)
    }

    /// Reads on until it has told a line that is wanted.
    fn until(&mut self, mut wanted: impl FnMut(&str) -> bool) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let length = self.stderr.read_line(&mut line).expect("text");
            all.push_str(&line);
            assert!(length > 0, "it ended before that: {all}");
            if wanted(&line) {
                return line;
            }
        }
    }

    /// Ends it with a signal; how it ended, and what else it told.
    fn end(mut self, signal: &str) -> (ExitStatus, String) {
        self.child.signal(signal);
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("text");
        (self.child.wait().expect("it ends"), rest)
    }
}

/// The exit code and stderr of a race that is refused.
fn refused(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let all = [&["train", "--samples", "64", "--epochs", "1", "-o", "sgd"], arguments].concat();
    let output = Command::new(PROGRAM).current_dir(folder).args(all).output().expect("the program starts");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

/// The steps of each run, in the order of the rows.
fn steps_of(past: &SavedRace, label: &str) -> Vec<u32> {
    let rows = past.rows("steps.csv", &STEP_COLUMNS).expect("rows");
    rows.iter().filter(|row| &row[0] == label).map(|row| row[2].parse().expect("a step")).collect()
}

fn counted_to(last: usize) -> Vec<u32> {
    (1..=u32::try_from(last).expect("few")).collect()
}

#[test]
fn a_race_that_is_killed_keeps_every_row_but_those_of_its_last_seconds() {
    let home = tempfile::tempdir().expect("a folder");
    let mut racing = Racing::endless(home.path(), OsStr::new("results"));
    let began = Instant::now();
    let mut told = Vec::new();
    racing.until(|line| {
        let epoch = line.split_whitespace().find_map(|word| word.split_once("/1000000")?.0.parse::<u32>().ok());
        told.extend(epoch.map(|epoch| (Instant::now(), epoch)));
        began.elapsed() > Duration::from_secs(5)
    });
    racing.end("KILL");
    let killed = Instant::now();
    let dir = home.path().join("results");
    let past = SavedRace::open(&dir).expect("a race");
    assert!(past.is_partial && past.manifest.ended == Ended::Running && past.manifest.started.is_some());
    for label in ["SGD", "Adam"] {
        let steps = steps_of(&past, label);
        assert_eq!(steps, counted_to(steps.len()), "{label}: not one is missing");
    }
    let late = told.iter().filter(|(when, _)| killed - *when > Duration::from_secs(3)).map(|(_, epoch)| *epoch).max();
    let late = late.expect("an epoch was told long ago");
    assert!(steps_of(&past, "SGD").len() >= (late as usize - 1) * 64, "epoch {late} was told three seconds before");
    let epochs = past.rows("epochs.csv", &EPOCH_COLUMNS).expect("rows");
    assert!(epochs.iter().any(|row| row[2].parse::<u32>().is_ok_and(|epoch| epoch + 1 >= late)));
    assert!(past.rows("events.csv", &EVENT_COLUMNS).expect("rows").is_empty());
    let specs: Vec<String> = past.settings().expect("settings").specs.iter().map(|s| s.optimizer.name.into()).collect();
    assert_eq!(specs, ["sgd", "adam"]);

    let (code, stderr) = refused(home.path(), &["--out", "results"]);
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with("error: results holds a race that was cut off: it began 2"), "{stderr}");
    assert!(stderr.contains("steps.csv.partial") && stderr.ends_with("or add --force to replace it\n"), "{stderr}");

    // What is left of a row that was being written is no row.
    let partial = dir.join("steps.csv.partial");
    let before = steps_of(&past, "Adam").len();
    let mut text = fs::read(&partial).expect("the rows");
    text.extend(b"Adam,adam,123");
    fs::write(&partial, text).expect("it is written");
    assert_eq!(steps_of(&past, "Adam").len(), before);

    // The next race replaces it all.
    let (code, stderr) = refused(home.path(), &["--out", "results", "--force"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(names(&dir), ["epochs.csv", "events.csv", "manifest.json", "steps.csv"]);
    let past = SavedRace::open(&dir).expect("a race");
    assert!(!past.is_partial && past.manifest.ended == Ended::Finished);
    assert_eq!(steps_of(&past, "SGD"), [1, 2]);
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_second_program_of_a_folder_is_refused_until_the_first_has_ended() {
    let home = tempfile::tempdir().expect("a folder");
    let mut first = Racing::endless(home.path(), OsStr::new("results"));
    first.until(|line| line.contains("epoch"));
    for arguments in [&["--out", "results"][..], &["--out", "results", "--force"]] {
        let (code, stderr) = refused(home.path(), arguments);
        let answer = "error: another optirace is writing to results; name another folder, or wait until it has ended\n";
        assert_eq!((code, stderr.as_str()), (Some(1), answer));
    }
    first.end("KILL");
    let (code, stderr) = refused(home.path(), &["--out", "results", "--force"]);
    assert_eq!(code, Some(0), "a lock dies with its program: {stderr}");
}

#[test]
fn a_folder_is_locked_until_it_is_let_go() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = Folder::claim(home.path(), false).expect("it is free");
    assert!(matches!(Folder::claim(home.path(), true), Err(RecordError::Busy { .. })));
    drop(folder);
    // Drafts of a program that was killed are in nobody's way.
    fs::write(home.path().join(".optirace-aB3xZ9.draft"), "half a ro").expect("a file");
    // Other tests start programs meanwhile: between fork and exec these hold the lock, too.
    let deadline = Instant::now() + Duration::from_secs(60);
    let free_again = loop {
        match Folder::claim(home.path(), false) {
            Err(RecordError::Busy { .. }) if Instant::now() < deadline => std::thread::yield_now(),
            claimed => break claimed,
        }
    };
    free_again.expect("it is free again, and empty");
    assert!(names(home.path()).is_empty());
}

#[test]
fn a_folder_that_is_removed_is_made_anew() {
    let home = tempfile::tempdir().expect("a folder");
    let dir = home.path().join("results");
    let mut racing = Racing::endless(home.path(), OsStr::new("results"));
    racing.until(|_| dir.join("steps.csv.partial").exists());
    fs::remove_dir_all(&dir).expect("it is removed");
    racing.until(|_| dir.join("steps.csv.partial").exists());
    let (status, rest) = racing.end("INT");
    assert_eq!(status.code(), Some(130), "{rest}");
    let past = SavedRace::open(&dir).expect("a race");
    let steps = steps_of(&past, "SGD");
    assert!(!past.is_partial && steps.len() > 64);
    assert_eq!(steps, counted_to(steps.len()));
}

#[test]
fn a_path_need_not_be_text() {
    let home = tempfile::tempdir().expect("a folder");
    let name = OsStr::from_bytes(b"r\xffsults");
    let mut racing = Racing::endless(home.path(), name);
    racing.until(|line| line.contains("epoch"));
    let (status, rest) = racing.end("INT");
    assert_eq!(status.code(), Some(130), "{rest}");
    assert!(rest.contains("Results written to r\u{fffd}sults"), "{rest}");
    assert!(SavedRace::open(&home.path().join(name)).is_ok());

    let walks = OsStr::from_bytes(b"w\xfflks.csv");
    let arguments = ["surface", "ravine", "--steps", "3", "--csv"];
    let status = Command::new(PROGRAM).current_dir(home.path()).args(arguments).arg(walks).status();
    assert!(status.expect("the program starts").success());
    assert!(home.path().join(walks).is_file());
}

/// `script` in a mount namespace of its own, with a folder `disk` that a file system in memory is mounted on, with
/// these options; `$PROGRAM` is the program. `None`, told aloud, where the system allows none.
fn on_a_disk(home: &Path, options: &str, script: &str) -> Option<Command> {
    let disk = home.join("disk");
    fs::create_dir(&disk).expect("a folder");
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script]).current_dir(home).env("PROGRAM", PROGRAM);
        command
    };
    let mount = format!("mount -t tmpfs -o {options} none disk");
    let can_mount = unshare(&mount).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !can_mount {
        not_tested("this system lets no test mount a file system of its own");
        return None;
    }
    Some(unshare(&format!("{mount} && {script}")))
}

#[test]
fn a_full_disk_is_told_and_the_race_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let script = format!(
        "trap '' INT; \"$PROGRAM\" {} disk/results; code=$?; cp -r disk/results kept; exit $code",
        ENDLESS.join(" ")
    );
    let Some(command) = on_a_disk(home.path(), "size=256k", &script) else { return };
    let mut racing = Racing::start(command);
    let warning = racing.until(|line| line.contains("warning: "));
    // Whichever of the files no longer fits.
    let told = |name: &&str| {
        let full = format!("cannot write disk/results/{name}.partial: No space left on device (os error 28)");
        warning == format!("warning: {full}; the race goes on, and this is tried again\n")
    };
    assert!(["steps.csv", "epochs.csv", "events.csv", "manifest.json"].iter().any(told), "{warning}");
    racing.until(|line| line.contains("epoch"));
    let (status, rest) = racing.end("INT");
    assert_eq!(status.code(), Some(1), "{rest}");
    let full = "error: cannot write disk/results/steps.csv: No space left on device (os error 28)";
    let (error, _) = rest.split_once("; ").expect("an error with more behind it");
    assert!(error.ends_with(full), "{rest}");
    assert!(
        rest.ends_with("in disk/results, in files that end in .partial, as far as it could be written\n"),
        "{rest}"
    );
    let past = SavedRace::open(&home.path().join("kept")).expect("a race");
    let steps = [steps_of(&past, "SGD"), steps_of(&past, "Adam")];
    assert!(steps.iter().all(|steps| *steps == counted_to(steps.len())));
    assert!(steps.concat().len() > 500, "most of the disk is filled with rows");
}

#[test]
fn a_disk_that_may_not_be_written_is_told_before_anything_is_computed() {
    let home = tempfile::tempdir().expect("a folder");
    let script = format!("mount -o remount,ro disk && exec \"$PROGRAM\" {} disk/results", ENDLESS.join(" "));
    let Some(mut command) = on_a_disk(home.path(), "size=64k", &script) else { return };
    let output = command.output().expect("it starts");
    let answer = "error: cannot use disk/results as the folder of results: Read-only file system (os error 30)\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), answer);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn results_whose_folder_can_no_longer_be_made_go_elsewhere() {
    let home = tempfile::tempdir().expect("a folder");
    let above = home.path().join("all");
    let arguments = ["--epochs", "1000", "--samples", "4096", "--hidden", "16", "--out", "all/results"];
    let mut terminal = Terminal::start(&arguments, home.path(), 120, 30);
    terminal.until_racing();
    fs::remove_dir_all(&above).expect("it is removed");
    fs::write(&above, "in the way").expect("a file");
    terminal.keys("w");
    terminal.until_shown("written to optirace-runs/");
    let ended = terminal.left_with("q", "w");
    assert_eq!(ended.code, 0, "{}", ended.raw);
    let folders: Vec<_> = fs::read_dir(home.path().join("optirace-runs")).expect("a folder").flatten().collect();
    assert_eq!(folders.len(), 1, "one folder for one race");
    let past = SavedRace::open(&folders[0].path()).expect("a race");
    assert!(!past.is_partial && past.manifest.ended == Ended::Quit);
    assert_eq!(steps_of(&past, "Adam"), counted_to(steps_of(&past, "Adam").len()));
    assert_eq!(fs::read_to_string(&above).expect("a file"), "in the way");
}

/// Steps of the races that are written over each other.
const STEPS: u32 = 4000;

/// Writes races with learning rates 0.25 and 0.5 over each other until it is killed, a line before each; no test of
/// its own.
#[test]
#[ignore = "the other side of the test below"]
fn writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os("OPTIRACE_TEST_DIR") else { return };
    let samples = || Samples::new(vec![0; 10], vec![0, 1, 0, 1, 0, 1, 0, 1, 0, 1], 1, 1).expect("ten samples");
    let dataset = Dataset {
        name: "dots".into(),
        class_names: vec!["0".to_owned(), "1".to_owned()],
        train: samples(),
        test: samples(),
        files: Vec::new(),
    };
    let split = Split { train: (0..8).collect(), val: vec![8, 9] };
    let data = Arc::new(RaceData { dataset, split, split_seed: 42, val_fraction: 0.2 });
    let mut folder = Folder::claim(Path::new(&dir), true).expect("the one before is dead");
    for lr in [0.25_f32, 0.5].into_iter().cycle() {
        let settings = Settings {
            specs: vec![format!("sgd:lr={lr}").parse().expect("valid")],
            epochs: 1,
            batch_size: BatchSize::Full,
            hidden: Vec::new(),
            activation: Activation::Relu,
            seed: 0,
            threads: NonZeroUsize::MIN,
            lr_changes: Vec::new(),
        };
        let mut history = History::new(&settings.run_infos(8).expect("a run"), 1);
        let step = |step| StepRecord {
            samples: u64::from(step) * 8,
            compute_s: 0.0,
            step,
            epoch: 1,
            lr,
            loss: 1.0,
            accuracy: 0.5,
            grad_norm: 1.0,
            update_norm: 1.0,
            update_cosine: 1.0,
        };
        history.runs[0].steps = (1..=STEPS).map(step).collect();
        let setup = RaceSetup::new(settings, Arc::clone(&data)).expect("a small network");
        println!("writing {lr}");
        folder.write(&Report { setup: &setup, history: &history, ended: Ended::Finished }).expect("it can be written");
    }
}

#[test]
fn a_file_is_the_old_or_the_new_one_whenever_the_program_is_killed() {
    let home = tempfile::tempdir().expect("a folder");
    let dir = home.path().join("results");
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let (mut drafts_left, mut mixed) = (0, 0);
    for round in 0..200 {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "results::writes_until_it_is_killed", "--ignored", "--nocapture"]);
        let command = command.env("OPTIRACE_TEST_DIR", &dir).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = Running::start(command);
        let mut lines = BufReader::new(child.stdout.take().expect("its lines")).lines();
        // The first write is complete when the next begins; it is killed somewhere in that.
        let begins = |line: &String| line.starts_with("writing ");
        assert_eq!(lines.by_ref().map_while(Result::ok).filter(begins).take(2).count(), 2);
        let instant = Instant::now();
        let moment = Duration::from_micros(random.random_range(0..15_000));
        while instant.elapsed() < moment {
            std::hint::spin_loop();
        }
        child.kill().expect("it is killed");
        child.wait().expect("it is dead");
        drafts_left += i32::from(names(&dir).iter().any(|name| name.ends_with(".draft")));

        let past = SavedRace::open(&dir).expect("a whole manifest");
        let rows = past.rows("steps.csv", &STEP_COLUMNS).expect("whole rows");
        assert_eq!(rows.len(), STEPS as usize, "round {round}");
        let lr = rows[0][6].to_owned();
        assert!(["0.25", "0.5"].contains(&lr.as_str()) && rows.iter().all(|row| row[6] == lr), "round {round}");
        mixed += i32::from(past.settings().expect("settings").specs[0].lr.to_string() != lr);
        for (name, columns) in [("epochs.csv", &EPOCH_COLUMNS[..]), ("events.csv", &EVENT_COLUMNS[..])] {
            past.rows(name, columns).expect("a whole table");
        }
    }
    println!("{drafts_left} of 200 were killed between a draft and its name; {mixed} between two files");
    assert!(drafts_left >= 20, "only {drafts_left} of 200 were killed while they wrote");
}
