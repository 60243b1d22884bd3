//! What else may be in a folder of results, or come to be there in the middle of a race.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use super::{ENDLESS, SMALL, assert_refused, is_root, read_until, rows, started, told, under};
use crate::aloud::not_tested;
use crate::hostile_names;
use optirace::record::csv::STEP_COLUMNS;
use optirace::record::saved_race::SavedRace;
use optirace::record::{FILES, PARTIAL_FILES};

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo is there").success());
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("rights");
}

fn make_socket(path: &Path) {
    UnixListener::bind(path).expect("a socket");
}

/// A device that never ends.
fn make_device(path: &Path) {
    assert!(Command::new("mknod").arg(path).args(["c", "1", "5"]).status().expect("mknod is there").success());
}

/// Makes what is no file, and what that is called.
type NoFile = (fn(&Path), &'static str);

fn no_files() -> Vec<NoFile> {
    let mut all: Vec<NoFile> = vec![
        (make_pipe, "a named pipe"),
        (make_socket, "a socket"),
        (|path| fs::create_dir(path).expect("a folder"), "a folder"),
    ];
    match is_root() {
        true => all.push((make_device, "a device")),
        false => not_tested("only root can make a device in a folder"),
    }
    all
}

#[test]
fn what_is_no_file_in_the_folder_of_results_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    hostile_names::dataset(&home.path().join("clean"), "", |_, _| {});
    let refused = |folder: &str, force: &[&str], why: &str| {
        let arguments = [&["train", "--out", folder][..], &hostile_names::SMALL, force].concat();
        assert_refused(&under(home.path(), "", &arguments), why);
    };
    for (count, (make, kind)) in no_files().into_iter().enumerate() {
        for name in FILES.into_iter().chain(PARTIAL_FILES) {
            let folder = format!("{count}-{name}");
            fs::create_dir(home.path().join(&folder)).expect("a folder");
            make(&home.path().join(&folder).join(name));
            refused(&folder, &[], "already holds files");
            refused(&folder, &["--force"], &format!("{folder}/{name} is {kind}, and a file of that name has to"));
        }
        let lesson = format!("{count}-lesson");
        fs::create_dir(home.path().join(&lesson)).expect("a folder");
        make(&home.path().join(&lesson).join("lesson.csv"));
        let output =
            under(home.path(), "", &["lesson", "--samples", "8", "--data", "clean", "--out", &lesson, "--force"]);
        assert_refused(&output, &format!("{lesson}/lesson.csv is {kind}"));
        let itself = format!("{count}");
        make(&home.path().join(&itself));
        if kind != "a folder" {
            refused(&itself, &["--force"], &format!("{itself} is not a folder"));
        }
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
fn a_file_of_steps_may_have_the_longest_name_and_keeps_its_mode() {
    let home = tempfile::tempdir().expect("a folder");
    let write = |name: &str| under(home.path(), "", &["surface", "--steps", "3", "--csv", name]);
    let longest = "n".repeat(255);
    assert_eq!(write(&longest).status.code(), Some(0));
    assert_eq!(rows(&home.path().join(&longest)), 4 * 4);
    assert_refused(&write(&"n".repeat(256)), "File name too long");
    for mode in [0o600, 0o640, 0o666] {
        let file = home.path().join("steps.csv");
        fs::write(&file, "old").expect("a file");
        allow(&file, mode);
        assert_eq!(write("steps.csv").status.code(), Some(0));
        assert_eq!(fs::metadata(&file).expect("a file").mode() & 0o777, mode);
        assert_eq!(rows(&file), 4 * 4);
    }
}

/// Something that befalls the folder of results `w/r` in the middle of a race.
struct Change {
    what: &'static str,
    change: fn(&Path),
    /// The folder that the results go to, below `w`.
    to: &'static str,
}

const CHANGES: [Change; 8] = [
    Change { what: "a file in its place", change: file_in_place, to: "r-2" },
    Change { what: "removed", change: |w| fs::remove_dir_all(w.join("r")).expect("it goes"), to: "r" },
    Change {
        what: "a link to a folder with files in its place",
        change: |w| {
            fs::remove_dir_all(w.join("r")).expect("it goes");
            symlink("other", w.join("r")).expect("a link");
        },
        to: "r-2",
    },
    Change {
        what: "a pipe for its rows",
        change: |w| {
            fs::remove_file(w.join("r/steps.csv.partial")).expect("it goes");
            make_pipe(&w.join("r/steps.csv.partial"));
        },
        to: "r-2",
    },
    Change {
        what: "a link for its rows",
        change: |w| {
            fs::remove_file(w.join("r/steps.csv.partial")).expect("it goes");
            symlink("../other/steps.csv", w.join("r/steps.csv.partial")).expect("a link");
        },
        to: "r",
    },
    Change { what: "no rights", change: |w| allow(&w.join("r"), 0), to: "r-2" },
    Change {
        what: "removed, and nothing can be made beside",
        change: |w| {
            fs::remove_dir_all(w.join("r")).expect("it goes");
            allow(w, 0o555);
        },
        to: "tmp/r-2",
    },
    Change {
        what: "no rights, nor beside",
        change: |w| {
            allow(&w.join("r"), 0);
            allow(w, 0o555);
        },
        to: "tmp/r-2",
    },
];

fn file_in_place(w: &Path) {
    fs::remove_dir_all(w.join("r")).expect("it goes");
    fs::write(w.join("r"), "in the way").expect("a file");
}

/// Whatever befalls the folder, every step is there in the end, in a folder that is named, and nothing else is changed.
fn assert_nothing_is_lost(Change { what, change, to }: &Change) {
    let home = tempfile::tempdir().expect("a folder");
    let work = home.path().join("w");
    for folder in ["", "other", "tmp"] {
        fs::create_dir(work.join(folder)).expect("a folder");
        allow(&work.join(folder), 0o777);
    }
    fs::write(work.join("other/steps.csv"), "precious").expect("a file");
    let arguments = [&ENDLESS[..], &["r"]].concat();
    let (mut child, mut stderr) = started(&work, &arguments, true, "epoch    1/1000");
    change(&work);
    // Until something is streamed to where it goes now.
    match *to {
        "r" => {
            let partial = work.join("r/steps.csv.partial");
            while !fs::symlink_metadata(&partial).is_ok_and(|found| found.is_file()) {
                read_until(&mut stderr, "epoch");
            }
        }
        _ => assert!(read_until(&mut stderr, "the results go to ").ends_with(&format!("{to}\n")), "{what}"),
    }
    child.signal("TERM");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("an end").code(), Some(130), "{what}: {rest}");
    assert!(rest.contains(&format!("Results written to {to}\n")), "{what}: {rest}");
    allow(&work, 0o777);
    let race = SavedRace::open(&work.join(to)).expect("a race");
    let steps = race.rows("steps.csv", &STEP_COLUMNS).expect("rows");
    assert!(steps.len() > 100, "{what}: the first epoch of a run was told");
    for run in &race.manifest.runs {
        let of_run = steps.iter().filter(|row| row[0] == *run.label);
        assert!(of_run.map(|row| row[2].parse()).eq((1..=run.steps).map(Ok)), "{what}: {}", run.label);
    }
    assert_eq!(fs::read_to_string(work.join("other/steps.csv")).expect("a file"), "precious", "{what}");
    assert_eq!(fs::read_dir(work.join("other")).expect("a folder").count(), 1, "{what}");
}

#[test]
fn a_race_whose_folder_is_replaced_by_a_file_loses_no_row() {
    assert_nothing_is_lost(&CHANGES[0]);
}

#[test]
#[ignore = "half a minute: a race for each"]
fn hostile_changes_of_the_folder_in_mid_race() {
    CHANGES.iter().for_each(assert_nothing_is_lost);
}
