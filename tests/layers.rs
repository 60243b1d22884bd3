//! The direction in which modules know each other, read from their source.
#![allow(clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and the modules it may name beside `text`, which all may; `main.rs` names the library from outside.
const MAY_NAME: [(&str, &[&str]); 17] = [
    ("failpoint", &[]),
    ("text", &[]),
    ("system", &[]),
    ("simd", &[]),
    ("data", &["system"]),
    ("gradient", &["simd"]),
    ("optim", &["gradient", "simd"]),
    ("geometry", &["simd"]),
    ("nn", &["gradient", "simd"]),
    ("surface", &["optim"]),
    ("race", &["data", "failpoint", "geometry", "gradient", "nn", "optim", "simd", "system"]),
    ("record", &["data", "nn", "optim", "race", "surface", "system"]),
    ("lesson", &["data", "nn", "optim", "race", "record", "surface"]),
    ("board", &["data", "geometry", "lesson", "nn", "optim", "race", "record", "surface"]),
    ("headless", &["board", "data", "nn", "optim", "race", "record", "system"]),
    (
        "tui",
        &["board", "data", "failpoint", "geometry", "lesson", "nn", "optim", "race", "record", "surface", "system"],
    ),
    ("cli", &["data", "headless", "lesson", "nn", "optim", "race", "record", "surface", "tui"]),
];

/// Modules below the race: they compute, and know no thread of their own.
const BELOW_RACE: [&str; 7] = ["simd", "gradient", "data", "optim", "geometry", "nn", "surface"];

/// A source file: its path below `src`, and its text without comments.
struct Source {
    path: PathBuf,
    code: String,
}

impl Source {
    /// The module at the top of the library that this file belongs to.
    fn module(&self) -> String {
        let first = self.path.iter().next().expect("a path below src").to_string_lossy();
        first.trim_end_matches(".rs").to_owned()
    }

    /// Whether `word` stands in the code by itself, not as a part of another word.
    fn names(&self, word: &str) -> bool {
        let is_inside = |c: char| c.is_alphanumeric() || c == '_';
        self.code.match_indices(word).any(|(at, _)| {
            !self.code[..at].ends_with(is_inside) && !self.code[at + word.len()..].starts_with(is_inside)
        })
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
                let code = code.collect::<Vec<_>>().join("\n");
                sources.push(Source { path: path.strip_prefix(&root).expect("below src").to_owned(), code });
            }
        }
    }
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

fn offenders(offends: impl Fn(&Source) -> bool) -> Vec<String> {
    sources().iter().filter(|source| offends(source)).map(|source| source.path.display().to_string()).collect()
}

#[test]
fn only_the_screen_knows_the_terminal_crates() {
    let found = offenders(|source| source.module() != "tui" && (source.names("ratatui") || source.names("crossterm")));
    assert!(found.is_empty(), "these name ratatui or crossterm: {found:?}");
}

#[test]
fn modules_name_only_those_below_them() {
    for (module, allowed) in MAY_NAME {
        for (other, _) in MAY_NAME {
            if other == module || other == "text" || allowed.contains(&other) {
                continue;
            }
            let path = format!("crate::{other}");
            let found = offenders(|source| source.module() == module && source.names(&path));
            assert!(found.is_empty(), "`{module}` may not know `{other}`, but these do: {found:?}");
        }
    }
}

#[test]
fn nothing_below_the_race_knows_a_thread_or_a_channel() {
    let words = ["thread", "crossbeam_channel", "mpsc", "Mutex", "Condvar"];
    let found = offenders(|source| {
        BELOW_RACE.contains(&source.module().as_str()) && words.iter().any(|word| source.names(word))
    });
    assert!(found.is_empty(), "these name threads or channels: {found:?}");
}

#[test]
fn every_module_has_its_place() {
    let known: Vec<&str> = MAY_NAME.iter().map(|(module, _)| *module).chain(["lib", "main"]).collect();
    let found = offenders(|source| !known.contains(&source.module().as_str()));
    assert!(found.is_empty(), "these have no place in the order of modules: {found:?}");
}
