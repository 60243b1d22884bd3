//! Names and strings from outside reach no terminal as they are, wherever the program prints one.
#![allow(clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{PROGRAM, Terminal};
use serde_json::Value;

/// What a name may hold: escape sequences of seven and of eight bits, a bell, other controls, what turns the direction
/// of writing, what is not seen.
const HOSTILE: [&str; 12] = [
    "\u{1b}]0;PWN\u{7}",
    "\u{1b}[35;5m",
    "\u{9b}35m",
    "\u{9d}0;PWN\u{9c}",
    "\u{8}\u{8}\u{7f}",
    "\u{b}\u{c}\u{85}",
    "\u{202e}",
    "\u{2066}x\u{2069}",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "\u{e0041}",
];

/// What a race takes to be over at once.
pub(crate) const SMALL: [&str; 10] =
    ["--data", "clean", "--samples", "8", "--epochs", "1", "--hidden", "2", "-o", "sgd"];

/// Prepares a folder in which the name is met, and says which command line meets it.
type Meeting = fn(&Path, &str) -> Vec<String>;

fn line(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn small(words: &[&str]) -> Vec<String> {
    line(&[&["train"][..], &SMALL, words].concat())
}

/// The four files of a dataset of 20 images of 2×2 pixels in two classes, as `change` leaves them.
pub(crate) fn dataset(folder: &Path, prefix: &str, change: impl Fn(&str, &mut Vec<u8>)) {
    fs::create_dir_all(folder).expect("a folder");
    for part in ["train", "t10k"] {
        let images = [&[0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 2][..], &[7; 80]].concat();
        let labels = [&[0, 0, 8, 1, 0, 0, 0, 20][..], &[0, 1].repeat(10)].concat();
        for (kind, mut bytes) in [("images-idx3", images), ("labels-idx1", labels)] {
            change(&format!("{part}-{kind}"), &mut bytes);
            if !bytes.is_empty() {
                fs::write(folder.join(format!("{prefix}{part}-{kind}-ubyte")), bytes).expect("a file");
            }
        }
    }
}

fn data_changed(home: &Path, name: &str, change: impl Fn(&str, &mut Vec<u8>)) -> Vec<String> {
    dataset(&home.join("d"), &format!("{name}-"), change);
    line(&["data", "--data", "d"])
}

/// A folder whose manifest says that a race of it was cut off, which began at `started`.
fn cut_off(home: &Path, folder: &str, started: &str) {
    let whole = fs::read_to_string(home.join("whole/manifest.json")).expect("a manifest");
    let mut manifest: Value = serde_json::from_str(&whole).expect("JSON");
    manifest["started"] = started.into();
    manifest["runs"][0]["label"] = started.into();
    let folder = home.join(folder);
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("manifest.json.partial"), manifest.to_string()).expect("a file");
}

const MEETINGS: [(&str, Meeting); 33] = [
    ("the data's name", |home, name| data_changed(home, name, |_, _| {})),
    ("the data as JSON", |home, name| {
        data_changed(home, name, |_, _| {});
        line(&["data", "--data", "d", "--format", "json"])
    }),
    ("too many samples", |home, name| {
        data_changed(home, name, |_, _| {});
        line(&["train", "--data", "d", "--samples", "1000", "--out", "x"])
    }),
    ("too many samples of a lesson", |home, name| {
        data_changed(home, name, |_, _| {});
        line(&["lesson", "--data", "d", "--samples", "1000"])
    }),
    ("two candidates", |home, name| {
        dataset(&home.join("d"), "", |_, _| {});
        data_changed(home, name, |_, _| {})
    }),
    ("mixed files", |home, name| {
        dataset(&home.join("d"), "", |file, bytes| bytes.truncate(if file.starts_with("train") { 0 } else { 200 }));
        data_changed(home, name, |file, bytes| bytes.truncate(if file.starts_with("t10k") { 0 } else { 200 }))
    }),
    ("other bytes", |home, name| data_changed(home, name, |_, bytes| bytes[2] = 9)),
    ("a cut header", |home, name| data_changed(home, name, |_, bytes| bytes.truncate(6))),
    ("a cut file", |home, name| data_changed(home, name, |_, bytes| bytes.truncate(25))),
    ("a file too long", |home, name| data_changed(home, name, |_, bytes| bytes.push(0))),
    ("no samples", |home, name| data_changed(home, name, |_, bytes| bytes[7] = 0)),
    ("too many promised", |home, name| data_changed(home, name, |_, bytes| bytes[4] = 255)),
    ("another count", |home, name| {
        data_changed(home, name, |file, bytes| bytes[7] -= u8::from(file.contains("labels")))
    }),
    ("bad gzip", |home, name| data_changed(home, name, |_, bytes| bytes.splice(..2, [0x1f, 0x8b]).for_each(drop))),
    ("a device", |home, name| {
        let at =
            data_changed(home, name, |file, bytes| bytes.truncate(if file == "train-images-idx3" { 0 } else { 200 }));
        let link = home.join("d").join(format!("{name}-train-images-idx3-ubyte"));
        std::os::unix::fs::symlink("/dev/zero", link).expect("a link");
        at
    }),
    ("a folder without data", |home, name| {
        fs::create_dir(home.join(name)).expect("a folder");
        line(&["data", "--data", name])
    }),
    ("no folder", |_, name| line(&["data", "--data", name])),
    ("a file as folder", |home, name| {
        fs::write(home.join(name), "").expect("a file");
        small(&["--out", name])
    }),
    ("a full folder", |home, name| {
        fs::create_dir(home.join(name)).expect("a folder");
        fs::write(home.join(name).join("file"), "").expect("a file");
        small(&["--out", name])
    }),
    ("the beginning of a race cut off", |home, name| {
        cut_off(home, "x", name);
        small(&["--out", "x"])
    }),
    ("the folder of a race cut off", |home, name| {
        cut_off(home, name, "2026-01-31T18:05:09.000+01:00");
        small(&["--out", name])
    }),
    ("something in the way", |home, name| {
        fs::create_dir_all(home.join(name).join("steps.csv")).expect("a folder");
        small(&["--force", "--out", name])
    }),
    ("the results", |_, name| small(&["--out", name])),
    ("a file that cannot be written", |_, name| line(&["surface", "--csv", &format!("{name}/ways.csv")])),
    ("an optimizer", |_, name| line(&["surface", "--csv", "-", "-o", name])),
    ("a setting", |_, name| small(&["--out", "x", "-o", &format!("sgd:{name}=1")])),
    ("a value", |_, name| small(&["--out", "x", "-o", &format!("sgd:lr={name}")])),
    ("a label", |_, name| small(&["--out", "x", "-o", &format!("sgd:label={name}")])),
    ("an activation", |_, name| line(&["train", "--out", "x", "--activation", name])),
    ("a learning rate of all", |_, name| line(&["train", "--out", "x", "--lr", name])),
    ("an option", |_, name| line(&["train", "--out", "x", &format!("--{name}")])),
    ("a preset", |_, name| line(&["--preset", name])),
    ("a subcommand", |_, name| line(&[name])),
];

/// A folder with good data and a race that was written.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    dataset(&home.path().join("clean"), "", |_, _| {});
    let made = Command::new(PROGRAM).current_dir(home.path()).args(small(&["--out", "whole"])).output();
    assert!(made.expect("the program starts").status.success());
    home
}

/// A fresh folder like `home`.
fn like(home: &Path) -> tempfile::TempDir {
    let fresh = tempfile::tempdir().expect("a folder");
    let copied = Command::new("cp").arg("-r").args([home.join("clean"), home.join("whole")]).arg(fresh.path()).status();
    assert!(copied.expect("cp is there").success());
    fresh
}

/// Whether a terminal obeys a character, or nobody sees it.
fn is_hostile(letter: char) -> bool {
    letter != '\n' && (letter.is_control() || HOSTILE[6..].concat().contains(letter) && letter != 'x')
}

/// Where there are strings in JSON, as pointers.
fn strings(json: &Value, place: &str) -> Vec<String> {
    match json {
        Value::String(_) => vec![place.to_owned()],
        Value::Array(all) => {
            all.iter().enumerate().flat_map(|(at, one)| strings(one, &format!("{place}/{at}"))).collect()
        }
        Value::Object(all) => all.iter().flat_map(|(key, one)| strings(one, &format!("{place}/{key}"))).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn nothing_that_a_recorded_race_says_is_shown_raw() {
    let home = home();
    let name = format!("A{}B", HOSTILE.concat());
    let opened = |what: &str, file: &str, text: &str| {
        let fresh = like(home.path());
        fs::write(fresh.path().join("whole").join(file), text).expect("a file");
        let mut command = Command::new(PROGRAM);
        command.current_dir(fresh.path()).args(["open", "whole", "--picture", "a.svg", "--size", "200x60"]);
        let output = command.stdin(Stdio::null()).output().expect("the program starts");
        let picture = fs::read(fresh.path().join("a.svg")).unwrap_or_default();
        let shown = String::from_utf8([output.stdout, output.stderr, picture].concat()).expect("UTF-8");
        assert!(!shown.is_empty() && !shown.contains("panicked"), "{what}: {shown:?}");
        assert!(!shown.chars().any(is_hostile), "{what}: {shown:?}");
    };
    let read = |file: &str| fs::read_to_string(home.path().join("whole").join(file)).expect("a file");
    let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
    for place in strings(&manifest, "") {
        let mut changed = manifest.clone();
        *changed.pointer_mut(&place).expect("a string") = name.as_str().into();
        opened(&place, "manifest.json", &changed.to_string());
    }
    for file in ["steps.csv", "epochs.csv", "events.csv"] {
        let text = read(file);
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        for (row, column) in (0..2).flat_map(|row| (0..rows[row].len()).map(move |column| (row, column))) {
            let mut changed = rows.clone();
            changed[row][column] = &name;
            let lines: Vec<String> = changed.iter().map(|fields| fields.join(",") + "\n").collect();
            opened(&format!("{file}, {row}, {column}"), file, &lines.concat());
        }
    }
    let failed = read("events.csv").replace("finished,", &format!("failed,{name}"));
    assert!(failed.contains(&name));
    opened("why a run failed", "events.csv", &failed);
}

/// Meets these names everywhere in pipes; what was printed has none of what they are made of.
fn meet_in_pipes(names: &[&str]) {
    let home = home();
    for (place, meeting) in MEETINGS {
        for hostile in names {
            let fresh = like(home.path());
            let name = format!("A{hostile}B");
            let arguments = meeting(fresh.path(), &name);
            let mut command = Command::new(PROGRAM);
            command.current_dir(fresh.path()).args(&arguments).stdin(Stdio::null());
            let output = command.output().expect("the program starts");
            let printed = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
            assert!(!printed.is_empty() && !printed.contains("panicked"), "{place}: {printed:?}");
            assert!(!printed.chars().any(is_hostile), "{place}, {name:?}: {printed:?}");
        }
    }
}

#[test]
fn no_name_from_outside_is_printed_raw() {
    meet_in_pipes(&[&HOSTILE.concat()]);
}

#[test]
#[ignore = "two minutes: each name in each place"]
fn hostile_names_one_by_one() {
    meet_in_pipes(&HOSTILE);
}

#[test]
fn a_variable_of_the_environment_is_not_printed_raw() {
    let name = HOSTILE.concat();
    let output = Command::new(PROGRAM).arg("optimizers").env("OPTIRACE_INSTRUCTIONS", &name).output();
    let printed = String::from_utf8(output.expect("the program starts").stderr).expect("UTF-8");
    assert!(printed.contains("OPTIRACE_INSTRUCTIONS"), "{printed:?}");
    assert!(!printed.chars().any(|letter| letter != '\n' && letter.is_control()), "{printed:?}");
}

#[test]
fn no_name_from_outside_reaches_a_terminal_raw() {
    let home = home();
    let name = format!("A{}B", HOSTILE.concat());
    for (place, meeting) in MEETINGS {
        let fresh = like(home.path());
        let arguments = meeting(fresh.path(), &name);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_obeys_none(place, &Terminal::start(&arguments, fresh.path(), 200, 40).ended().raw);
    }
    // The header names the data, the sentence below the folder, and so does what is left on the terminal.
    dataset(&home.path().join("d"), &format!("{name}-"), |_, _| {});
    let arguments = ["--data", "d", "--samples", "8", "--epochs", "1", "--out", &name, "-o", "sgd"];
    let mut terminal = Terminal::start(&arguments, home.path(), 250, 40);
    terminal.until_shown("finished");
    terminal.keys("w");
    terminal.until_shown("written to");
    terminal.keys("?");
    terminal.until_shown("What this is");
    terminal.keys("\x1b");
    terminal.until("the race", |screen| !screen.contains("What this is"));
    terminal.keys("q");
    let ended = terminal.ended();
    assert!(ended.raw.contains(r"\u{1b}]0;PWN"), "the name is shown");
    assert_obeys_none("the screen", &ended.raw);
}

fn assert_obeys_none(place: &str, raw: &str) {
    for hostile in HOSTILE {
        assert!(!raw.contains(hostile), "{place}: {hostile:?} in {raw:?}");
    }
}
