//! The command line of the real program: what it says, and its exit codes.
#![allow(clippy::expect_used)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program in an empty folder, with no terminal and no settings of ours.
fn optirace(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_optirace"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).env_remove("COLUMNS").env("NO_COLOR", "1");
    command.env("LC_ALL", "C.UTF-8");
    command
}

fn output(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    optirace(folder.path(), arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text in UTF-8")
}

/// What the program prints when all goes well.
fn printed(arguments: &[&str]) -> String {
    let output = output(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    text(&output.stdout)
}

#[test]
fn every_subcommand_explains_itself() {
    insta::assert_snapshot!("help", printed(&["--help"]));
    insta::assert_snapshot!("help_short", printed(&["-h"]));
    insta::assert_snapshot!("help_train", printed(&["train", "--help"]));
    insta::assert_snapshot!("help_surface", printed(&["surface", "--help"]));
    insta::assert_snapshot!("help_data", printed(&["data", "--help"]));
    insta::assert_snapshot!("help_optimizers", printed(&["optimizers", "--help"]));
    insta::assert_snapshot!("help_lesson", printed(&["lesson", "--help"]));
    insta::assert_snapshot!("help_completions", printed(&["completions", "--help"]));
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(printed(&["--version"]), format!("optirace {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_wrong_command_line_is_answered_with_what_would_be_right() {
    let wrong: &[&[&str]] = &[
        &["train"],
        &["race"],
        &["train", "--out"],
        &["--fast"],
        &["--preset"],
        &["--lr", "0.1"],
        &["--resume", "x"],
        &["--weight_decay", "0.1"],
        &["--optimiser", "adam"],
        &["--epochs", "3", "data"],
        &["--force"],
        &["-o", "adm"],
        &["-o", "adam:learning_rate=1"],
        &["-o", "adam:lr=0"],
        &["-o", "sgd", "-o", "rmsprop:rho=1.5"],
        &["-o", ""],
        &["-o", "sgd:label=a", "-o", "adam:label=a"],
        &["train", "--out", "x", "-o", "sgd:label=a", "-o", "adam:label=a"],
        &["--preset", "textbok"],
        &["--preset", "textbook", "-o", "sgd"],
        &["train", "--out", "x", "-o", "sgd", "--preset", "textbook"],
        &["--epochs", "0"],
        &["--epochs", "1000001"],
        &["--epochs", "-1"],
        &["--epochs", "five"],
        &["--batch-size", "0"],
        &["--batch-size", "all"],
        &["--hidden", "0"],
        &["--hidden", "128,"],
        &["--hidden", "-5"],
        &["--activation", "swish"],
        &["--seed", "-1"],
        &["--seed", "18446744073709551616"],
        &["--split-seed", "4294967296"],
        &["--val-fraction", "0"],
        &["--val-fraction", "1"],
        &["--val-fraction", "20%"],
        &["--samples", "0"],
        &["--threads", "0"],
        &["surface", "ravin"],
        &["surface", "banana", "--csv", "-"],
        &["surface", "--start", "-9,0", "--csv", "-"],
        &["surface", "wells", "--start", "1;2"],
        &["surface", "--start", "NaN,0"],
        &["surface", "--steps", "0"],
        &["surface", "--steps", "-5"],
        &["surface", "--steps", "100001"],
        &["surface", "--noise", "-1"],
        &["surface", "--noise", "much"],
        &["surface", "--seed", "1"],
        &["surface", "-o", "adm"],
        &["surface", "-o", "sgd:batch=1", "--csv", "-"],
        &["surface", "-o", "sgd:label=a", "-o", "adam:label=a"],
        &["lesson", "--samples", "0"],
        &["lesson", "--force"],
        &["data", "--format", "xml"],
        &["data", "--val-fraction", "NaN"],
        &["optimizers", "adm"],
        &["optimizers", "adam:lr=1"],
        &["optimizers", "muon"],
        &["completions", "cmd"],
        &["completions"],
    ];
    insta::assert_snapshot!(answers(wrong, 2));
}

#[test]
fn what_cannot_be_done_is_told_with_its_cause() {
    let impossible: &[&[&str]] = &[
        &[],
        &["--out", "new"],
        &["train", "--out", "x", "--samples", "48001"],
        &["train", "--out", "x", "--hidden", "100000,100000"],
        &["train", "--out", "x", "--data", "nowhere"],
        &["train", "--out", "x", "--val-fraction", "0.99999"],
        &["train", "--out", "/dev/null"],
        &["train", "--out", "/dev/null/below"],
        &["surface"],
        &["surface", "--csv", "/"],
        &["surface", "--csv", "nowhere/ways.csv"],
        &["data", "--data", "nowhere"],
        &["lesson", "--samples", "48001"],
        &["lesson", "--out", "/dev/null"],
    ];
    insta::assert_snapshot!(answers(impossible, 1));
}

/// Each command line with what the program says to it on stderr, all ending with `code` and nothing on stdout.
fn answers(command_lines: &[&[&str]], code: i32) -> String {
    let mut answers = String::new();
    for arguments in command_lines {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        answers += &format!("$ optirace {}\n{}\n", arguments.join(" "), text(&output.stderr));
    }
    answers
}

#[test]
fn every_optimizer_is_listed_and_explained() {
    let list = printed(&["optimizers"]);
    for definition in optirace::optim::all() {
        assert!(list.contains(definition.name), "{} is not listed", definition.name);
        let one = printed(&["optimizers", definition.name]);
        let forms = definition.forms.iter().flat_map(|form| [form.dialect.name(), form.library]);
        for part in [definition.title, definition.paper, definition.caution, "Formula"].into_iter().chain(forms) {
            assert!(one.contains(part), "{} does not say {part:?}", definition.name);
        }
    }
    let schedules = printed(&["optimizers", "--schedules"]);
    for family in optirace::optim::schedule::all() {
        assert!(schedules.contains(&format!("\n{}\n", family.name)), "{} is not listed", family.name);
        for setting in family.settings {
            assert!(schedules.contains(&format!("    {:12} ", setting.name())), "{} is not told", setting.name());
        }
    }
    insta::assert_snapshot!("schedules", schedules);
    insta::assert_snapshot!("optimizers_adam", printed(&["optimizers", "adam"]));
}

#[test]
fn walks_over_a_surface_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = printed(&["surface", "--csv", "-"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "run,optimizer,step,x,y,value,grad_x,grad_y,lr");
    assert_eq!(lines[1], "SGD,sgd,0,-7.0,2.0,6.45,-0.7,4.0,0.95");
    assert_eq!(lines.len(), 1 + 4 * 31);

    let arguments = ["surface", "ravine", "-o", "sgd:lr=1.2", "-o", "adam:lr=0.3", "--start", "-1,2", "--csv", "a.csv"];
    let output = optirace(folder.path(), &arguments).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        (text(&output.stdout), text(&output.stderr)),
        ("".into(), "SGD left the range of ravine at step 2\n".into())
    );
    let written = std::fs::read_to_string(folder.path().join("a.csv")).expect("the file");
    assert_eq!(written.lines().count(), 1 + 3 + 31);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing else is left behind");
}

#[test]
fn walks_with_noise_come_from_their_seed() {
    let walks = |more: &[&str]| {
        let plan = ["surface", "wells", "-o", "sgd:lr=0.05", "-o", "momentum:lr=0.02", "--steps", "20", "--csv", "-"];
        printed(&[&plan, more].concat())
    };
    let noisy = walks(&["--noise", "0.5"]);
    assert_eq!(noisy, walks(&["--noise", "0.5", "--seed", "0"]));
    assert_ne!(noisy, walks(&["--noise", "0.5", "--seed", "1"]));
    assert_eq!(walks(&["--noise", "0"]), walks(&[]));
    assert_ne!(noisy, walks(&[]));
}

#[test]
fn completions_are_made_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]);
        for word in ["optirace", "train", "val-fraction", "optimizers"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
        // Scripts for the other shells know options only.
        let values = ["gelu", "nesterov", "schedule=cosine"];
        for value in values.iter().filter(|_| ["bash", "zsh", "fish"].contains(&shell)) {
            assert!(script.contains(value), "{shell} does not complete {value}");
        }
    }
}

#[test]
fn data_is_described_for_a_program() {
    let json: serde_json::Value = serde_json::from_str(&printed(&["data", "--format", "json"])).expect("JSON");
    for (part, samples) in [("train", 48_000), ("val", 12_000), ("test", 10_000)] {
        assert_eq!(json[part]["samples"], samples, "{part}");
        let counts = json[part]["class_counts"].as_array().expect("counts of the classes");
        assert_eq!(counts.len(), 10, "{part}");
        assert_eq!(counts.iter().filter_map(serde_json::Value::as_u64).sum::<u64>(), samples, "{part}");
    }
    assert_eq!(json["sha256"].as_object().expect("hashes by file").len(), 4);
    let half = printed(&["data", "--format", "json", "--val-fraction", "0.5", "--split-seed", "7"]);
    let half: serde_json::Value = serde_json::from_str(&half).expect("JSON");
    assert_eq!((&half["train"]["samples"], &half["val"]["samples"]), (&30_000.into(), &30_000.into()));
}

#[test]
fn data_is_described_for_a_person() {
    let text = printed(&["data"]);
    for part in ["48,000", "12,000", "10,000", "Ankle boot"] {
        assert!(text.contains(part), "{part:?} is not told");
    }
    assert!(!text.contains('\u{1b}'), "colours were sent to what is no terminal");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    let train = ["train", "--out", "x", "--samples", "64", "--epochs", "1", "--hidden", "4", "-o", "sgd"];
    let lines: [&[&str]; 8] = [
        &["surface", "--steps", "10000", "--csv", "-"],
        &["data"],
        &["data", "--format", "json"],
        &["optimizers"],
        &["optimizers", "adam"],
        &["completions", "zsh"],
        &["--help"],
        &train,
    ];
    for arguments in lines {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = optirace(folder.path(), arguments).stdout(writer).output().expect("the program starts");
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("error") && !stderr.contains("panic"), "{arguments:?}: {stderr}");
    }
    assert!(folder.path().join("x/manifest.json").exists(), "the training went on without a reader");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("the device that is always full");
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [["data"], ["optimizers"]] {
        let output = optirace(folder.path(), &arguments).stdout(full()).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_eq!(
            text(&output.stderr),
            "error: cannot write to standard output: No space left on device (os error 28)\n"
        );
    }
}

#[test]
fn names_are_read_as_people_write_them_and_what_is_not_there_is_told_where_it_is() {
    for name in ["Adam", "SGD", "rms-prop", "Ada_Grad"] {
        assert!(!printed(&["optimizers", name]).is_empty());
    }
    for (args, told) in [
        (&["train", "--out", "x", "-o", "sgd:momentum=0.9"][..], "momentum is an optimizer of its own"),
        (&["train", "--out", "x", "--lr", "0.1"], "write `-o sgd:lr=0.1`"),
        (&["--lr=0.1"], "write `-o sgd:lr=0.1`"),
    ] {
        let output = output(args);
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(told), "{said}");
    }
}

#[test]
fn options_may_stand_before_a_subcommand() {
    let arguments = ["--samples", "64", "--epochs", "1", "--hidden", "4", "-o", "sgd", "train", "--out", "results"];
    let folder = tempfile::tempdir().expect("a folder");
    let output = optirace(folder.path(), &arguments).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(folder.path().join("results/manifest.json").exists());
}

#[test]
fn where_the_locale_or_a_person_wants_ascii_all_that_is_printed_is() {
    let small = ["--samples", "64", "--epochs", "1", "--hidden", "4", "-o", "sgd:label=확률", "--force", "--out", "x"];
    let train = [&["train"], &small[..]].concat();
    let lines: [&[&str]; 9] = [
        &["--help"],
        &["data"],
        &["optimizers", "adam"],
        &["optimizers", "nadam"],
        &["optimizers", "--schedules"],
        &["-o", "sgd:label=a", "-o", "adam:label=a"],
        &["--hidden", "확"],
        &["train", "--out", "x", "--data", "확"],
        &train,
    ];
    let said = |command: &mut Command| {
        let Output { stdout, stderr, .. } = command.output().expect("the program starts");
        (text(&stdout), text(&stderr))
    };
    for arguments in lines {
        let folder = tempfile::tempdir().expect("a folder");
        let of_locale = said(optirace(folder.path(), arguments).env("LC_ALL", "C"));
        for (place, text) in [("stdout", &of_locale.0), ("stderr", &of_locale.1)] {
            let odd: String = text.chars().filter(|letter| !letter.is_ascii()).collect();
            assert_eq!(odd, "", "{arguments:?} on {place}: {text}");
        }
        if arguments.len() < 5 {
            for asked in [[&["--ascii"], arguments].concat(), [arguments, &["--ascii"]].concat()] {
                assert_eq!(said(&mut optirace(folder.path(), &asked)), of_locale, "{asked:?}");
            }
            assert_ne!(said(&mut optirace(folder.path(), arguments)), of_locale, "{arguments:?}");
        }
    }
    let adam = said(optirace(Path::new("."), &["optimizers", "adam"]).env("LC_ALL", "C")).0;
    for part in ["theta <- theta - lr*", "sqrt(", "beta1^t", " / (1 - beta2^t)"] {
        assert!(adam.contains(part), "{part}: {adam}");
    }
}

#[test]
fn what_programs_read_is_the_same_in_every_locale() {
    let walk = ["surface", "--steps", "2", "-o", "sgd:lr=0.1,label=확률", "--csv", "-"];
    let output = optirace(Path::new("."), &walk).env("LC_ALL", "C").output().expect("the program starts");
    assert!(text(&output.stdout).contains("\n확률,sgd,1,"), "{}", text(&output.stdout));
}

#[test]
fn a_terminal_that_cannot_draw_is_pointed_elsewhere() {
    let output = optirace(Path::new("."), &[]).env("TERM", "dumb").output().expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("TERM=dumb") && said.contains("optirace train"), "{said}");
}
