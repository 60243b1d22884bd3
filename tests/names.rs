//! Names and lines: no two types of the crate have the same name, so that a name can be searched for; no line is longer
//! than rustfmt would have it, which breaks neither comments nor strings.
#![allow(clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Columns of a line, as in `rustfmt.toml`.
const WIDTH: usize = 120;

/// Every Rust file below these folders, with its text.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                sources.push((path.strip_prefix(root).expect("below the root").to_owned(), text));
            }
        }
    }
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

/// The type that a line declares. Associated types, which stand inside of a block, bear the names that traits give
/// them.
fn declared(line: &str) -> Option<&str> {
    let is_inside = line.starts_with(' ');
    let line = line.trim_start();
    let line = line.strip_prefix("pub").map_or(line, |rest| match rest.strip_prefix('(') {
        Some(inner) => inner.split_once(')').map_or(rest, |(_, rest)| rest),
        None => rest,
    });
    let (keyword, rest) = line.trim_start().split_once(' ')?;
    let is_type = ["struct", "enum", "trait", "union"].contains(&keyword) || (keyword == "type" && !is_inside);
    let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| is_type && name.starts_with(char::is_uppercase))
}

#[test]
fn no_two_types_have_the_same_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources(&["src"]) {
        for name in text.lines().filter_map(declared) {
            places.entry(name.to_owned()).or_default().push(path.display().to_string());
        }
    }
    assert!(places.len() > 200, "the types were not found");
    let twice: Vec<_> = places.iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(twice.is_empty(), "these names stand for several types: {twice:#?}");
}

/// A row of a table, or what cannot be broken: a link, the header of a CSV file.
fn may_be_long(line: &str) -> bool {
    let text = line.trim_start().trim_start_matches(['/', '!']).trim_start();
    text.starts_with('|') || !text.contains(' ') || text.contains("https://")
}

#[test]
fn no_line_is_longer_than_the_format_has_it() {
    let sources = sources(&["src", "tests", "benches", "fuzz"]);
    let long = sources.iter().flat_map(|(path, text)| {
        let lines = text.lines().zip(1..).filter(|(line, _)| line.chars().count() > WIDTH && !may_be_long(line));
        lines.map(|(_, number)| format!("{}:{number}", path.display()))
    });
    let long: Vec<String> = long.collect();
    assert!(long.is_empty(), "these lines have more than {WIDTH} columns: {long:#?}");
}
