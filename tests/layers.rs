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
    ("record", &["data", "failpoint", "nn", "optim", "race", "simd", "surface", "system"]),
    ("lesson", &["data", "nn", "optim", "race", "record", "surface"]),
    ("board", &["data", "geometry", "lesson", "nn", "optim", "race", "record", "surface", "system"]),
    ("headless", &["board", "data", "nn", "optim", "race", "record", "system"]),
    (
        "tui",
        &["board", "data", "failpoint", "geometry", "lesson", "nn", "optim", "race", "record", "surface", "system"],
    ),
    ("cli", &["board", "data", "headless", "lesson", "nn", "optim", "race", "record", "surface", "system", "tui"]),
];

/// Modules below the race: they compute, and know no thread of their own.
const BELOW_RACE: [&str; 7] = ["simd", "gradient", "data", "optim", "geometry", "nn", "surface"];

/// The parts of the screen, floor by floor from below. Each names only those on floors below its own.
const FLOORS_OF_TUI: [&[&str]; 9] = [
    &["terminal", "theme", "effect", "keymap"],
    &["dialog", "picture"],
    &["drawn"],
    &["widgets"],
    &["view"],
    &["views"],
    &["app"],
    &["event_loop"],
    &["tui"],
];

/// A source file: its path below `src`, and its text without comments.
struct Source {
    path: PathBuf,
    code: String,
}

impl Source {
    /// The module at the top of the library that this file belongs to.
    fn module(&self) -> String {
        module_path(self)[0].clone()
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
fn grouped_imports_are_read() {
    let code = "mod own;\nuse crate::{record, tui::{self, app::App}};\nfn f() { own::g(super::h()) }".to_owned();
    let paths = named_paths(&Source { path: PathBuf::from("cli/surface.rs"), code });
    let paths: Vec<String> = paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(
        paths,
        ["crate::record", "tui::self", "tui::app::App", "cli::surface::own::g", "cli::h"]
            .map(|p| p.trim_start_matches("crate::"))
    );
}

#[test]
fn modules_name_only_those_below_them() {
    let places = || MAY_NAME.iter().map(|(module, _)| *module);
    for source in sources() {
        let module = source.module();
        let Some((_, allowed)) = MAY_NAME.iter().find(|(known, _)| *known == module) else { continue };
        for path in named_paths(&source) {
            let other = places().find(|other| *other == path[0]).unwrap_or("text");
            let is_below = other == module || other == "text" || allowed.contains(&other);
            assert!(is_below, "`{module}` may not know `{other}`, but {} does", source.path.display());
        }
    }
}

#[test]
fn parts_of_the_screen_name_only_those_on_floors_below() {
    let floor = |part: &str| FLOORS_OF_TUI.iter().position(|floor| floor.contains(&part));
    for source in sources().iter().filter(|source| source.module() == "tui") {
        let module = module_path(source);
        let part = module.last().filter(|_| module.len() == 1).unwrap_or_else(|| &module[1]);
        let here = floor(part);
        assert!(here.is_some(), "{} has no floor", source.path.display());
        for path in named_paths(source).iter().filter(|path| path[0] == "tui" && path.len() > 1 && path[1] != *part) {
            assert!(floor(&path[1]) < here, "{} names {}", source.path.display(), path.join("::"));
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

/// The floors inside `optim`: each module names only those before it.
const OPTIM: [&str; 22] = [
    "setting",
    "common",
    "simd_float",
    "dot",
    "kernel",
    "rule",
    "elementwise",
    "transforms",
    "averages",
    "chain",
    "kept",
    "collected",
    "driver",
    "definition",
    "optimizers",
    "schedule",
    "batch",
    "label",
    "spec",
    "labels",
    "lazy",
    "stepper",
];

/// How a file is named among modules: `optim/spec/parse.rs` is `["optim", "spec", "parse"]`.
fn module_path(source: &Source) -> Vec<String> {
    source.path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// Every path that a file names with `crate`, `super` or `self`, or in a `use` of a module below it, from the crate on.
/// Tests within the file are left out.
fn named_paths(source: &Source) -> Vec<Vec<String>> {
    let here = module_path(source);
    let code = source.code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let spaced: String =
        code.chars().map(|c| if c.is_alphanumeric() || c == '_' { c.to_string() } else { format!(" {c} ") }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let is_path = |at: usize| words.get(at..at + 2) == Some(&[":", ":"]);
    let is_declared = |word: &str| words.windows(3).any(|three| three == ["mod", word, ";"]);
    let mut paths = Vec::new();
    for at in 0..words.len() {
        let starts = at < 2 || words[at - 1] != ":";
        let is_use = at > 0 && words[at - 1] == "use";
        let from = match words[at] {
            "crate" => Vec::new(),
            "super" => here[..here.len() - 1].to_vec(),
            "self" => here.clone(),
            word if is_use || is_declared(word) => [&here[..], &[word.to_owned()]].concat(),
            _ => continue,
        };
        if starts && is_path(at + 1) {
            follow(&words, at + 3, from, &mut paths);
        }
    }
    paths
}

/// Follows a path from the word after `::` on, into each branch of a group in braces; gives the place after it.
fn follow(words: &[&str], at: usize, mut path: Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let Some(&word) = words.get(at) else { return at };
    if word == "{" {
        let mut next = at + 1;
        while words.get(next).is_some_and(|word| *word != "}") {
            next = follow(words, next, path.clone(), paths);
            while words.get(next).is_some_and(|word| *word != "," && *word != "}") {
                next += 1;
            }
            next += usize::from(words.get(next) == Some(&","));
        }
        return next + 1;
    }
    match word {
        "super" => _ = path.pop(),
        _ => path.push(word.to_owned()),
    }
    if words.get(at + 1..at + 3) == Some(&[":", ":"]) {
        return follow(words, at + 3, path, paths);
    }
    paths.push(path);
    at + 1
}

/// Circles of files in a module of the library: files that name each other, over however many in between.
fn circles(module: &str) -> Vec<Vec<String>> {
    let sources: Vec<Source> = sources().into_iter().filter(|source| source.module() == module).collect();
    let modules: Vec<Vec<String>> = sources.iter().map(module_path).collect();
    let file_of = |path: &Vec<String>| {
        let of_path = modules.iter().enumerate().filter(|(_, module)| path.starts_with(module));
        of_path.max_by_key(|(_, module)| module.len()).map(|(index, _)| index)
    };
    let mut reaches: Vec<Vec<bool>> = vec![vec![false; sources.len()]; sources.len()];
    for (from, source) in sources.iter().enumerate() {
        named_paths(source).iter().filter_map(file_of).for_each(|to| reaches[from][to] = true);
    }
    for over in 0..sources.len() {
        for from in 0..sources.len() {
            if reaches[from][over] {
                let further = reaches[over].clone();
                reaches[from].iter_mut().zip(further).for_each(|(reaches, further)| *reaches |= further);
            }
        }
    }
    let circle = |from: usize| -> Vec<usize> {
        (0..sources.len()).filter(|&to| to == from || (reaches[from][to] && reaches[to][from])).collect()
    };
    let circles = (0..sources.len()).map(circle).enumerate();
    let circles = circles.filter(|(first, circle)| circle.len() > 1 && circle[0] == *first).map(|(_, circle)| circle);
    circles.map(|circle| circle.iter().map(|&file| sources[file].path.display().to_string()).collect()).collect()
}

#[test]
fn circles_of_files_are_small() {
    for (module, most) in [("optim", 2), ("nn", 2), ("board", 3), ("tui", 3)] {
        let found = circles(module);
        assert!(
            found.iter().all(|circle| circle.len() <= most),
            "in `{module}` these files name each other: {found:?}"
        );
    }
}

#[test]
fn optimizers_stand_on_floors() {
    let floor = |path: &[String]| OPTIM.iter().position(|module| path.get(1).is_some_and(|name| name == module));
    for source in sources().iter().filter(|source| source.module() == "optim" && source.path.as_os_str() != "optim.rs")
    {
        let here = floor(&module_path(source));
        assert!(here.is_some(), "{} has no floor", source.path.display());
        let above = named_paths(source).into_iter().find(|path| path[0] == "optim" && floor(path) > here);
        assert_eq!(above, None, "{} names one above it", source.path.display());
    }
}
