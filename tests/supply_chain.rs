//! What the program is built from is allowed by `deny.toml`, as far as Cargo alone can tell, without a network.
//!
//! What it cannot tell: advisories, for which a database is needed, and the licences of packages that only other
//! systems need, which may not be on this machine. `cargo deny check` knows both.
#![allow(clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HOME: &str = env!("CARGO_MANIFEST_DIR");
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The one module that may hold unsafe code, if there ever is one: none so far.
const MAY_BE_UNSAFE: [&str; 0] = [];

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(HOME).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What Cargo prints when asked so.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).current_dir(HOME).args(arguments).output().expect("cargo is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The lines of a list in `deny.toml`, which has one entry a line.
fn list(name: &str) -> Vec<String> {
    let text = read("deny.toml");
    let begin = format!("{name} = [");
    let lines = text.lines().skip_while(|line| *line != begin).skip(1).take_while(|line| *line != "]");
    let lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    assert!(!lines.is_empty(), "deny.toml has no list `{name}`");
    lines
}

/// The text between the first pair of quotes behind `key`.
fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_once(key)?.1.split('"').nth(1)
}

/// Whether a licence, as SPDX writes it, can be met with the allowed ones. Old packages write `/` for `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let result = any_of(&mut rest, allowed);
    result && rest.is_empty()
}

/// Terms with `OR` between them.
fn any_of(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut result = all_of(words, allowed);
    while take(words, "OR") {
        // Not `||`: what follows has to be read in any case.
        result |= all_of(words, allowed);
    }
    result
}

/// Terms with `AND` between them.
fn all_of(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut result = term(words, allowed);
    while take(words, "AND") {
        result &= term(words, allowed);
    }
    result
}

/// A licence, or an expression in parentheses. One `WITH` an exception permits more than without.
fn term(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    if take(words, "(") {
        let result = any_of(words, allowed);
        return take(words, ")") && result;
    }
    let Some((name, rest)) = words.split_first() else { return false };
    *words = rest;
    if take(words, "WITH") {
        *words = words.get(1..).unwrap_or_default();
    }
    allowed.contains(*name)
}

fn take(words: &mut &[&str], word: &str) -> bool {
    let is_next = words.first() == Some(&word);
    if is_next {
        *words = &words[1..];
    }
    is_next
}

fn allowed_licences() -> BTreeSet<String> {
    list("allow").iter().filter_map(|line| quoted(line, "").map(str::to_owned)).collect()
}

#[test]
fn a_licence_is_read_as_spdx_writes_it() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned).into();
    for fine in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-3.0 OR Apache-2.0 AND MIT",
    ] {
        assert!(is_allowed(fine, &allowed), "{fine}");
    }
    for wrong in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0) AND GPL-3.0", "MIT GPL-3.0", "(MIT"] {
        assert!(!is_allowed(wrong, &allowed), "{wrong}");
    }
}

#[test]
fn every_package_has_a_licence_that_is_allowed() {
    let host = cargo(&["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    // What was needed to build this test is on this machine.
    let command = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    let metadata: serde_json::Value = serde_json::from_str(&cargo(&command)).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let allowed = allowed_licences();
    let wrong: Vec<String> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(|licence| is_allowed(licence, &allowed)))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(packages.len() > 100 && wrong.is_empty(), "{} packages, not allowed: {wrong:#?}", packages.len());
}

#[test]
fn every_package_is_from_crates_io_and_there_once_or_listed_with_a_reason() {
    let lock = read("Cargo.lock");
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let name = quoted(package, "\nname = ").expect("a name");
        versions.entry(name).or_default().push(quoted(package, "\nversion = ").expect("a version"));
        let source = quoted(package, "\nsource = ");
        assert!(name == "optirace" || source == Some(CRATES_IO), "{name} is from {source:?}");
        assert!(name == "optirace" || package.contains("\nchecksum = "), "{name} has no checksum");
    }
    let mut listed: BTreeSet<String> = BTreeSet::new();
    for line in list("skip") {
        let reason = quoted(&line, "reason = ").unwrap_or_default();
        assert!(!reason.is_empty(), "no reason: {line}");
        listed.insert(quoted(&line, "crate = ").expect("a package").to_owned());
    }
    let older = |(name, versions): (&str, Vec<&str>)| {
        // Cargo sorts versions, the newest last.
        let (_, older) = versions.split_last()?;
        Some(older.iter().map(|version| format!("{name}@{version}")).collect::<Vec<_>>())
    };
    let twice: BTreeSet<String> = versions.into_iter().filter_map(older).flatten().collect();
    assert_eq!(twice, listed, "packages there in several versions (left), and those that deny.toml lists (right)");
}

/// Every file of Rust below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The lines that hold the word `unsafe` as code, and whether a comment above says why it is sound.
fn unsafe_lines(text: &str) -> Vec<(usize, bool)> {
    let lines: Vec<&str> = text.lines().collect();
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let is_unsafe = |line: &str| code(line).split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == "unsafe");
    let is_explained = |index: usize| {
        let above = lines[..index].iter().rev().map(|line| line.trim());
        above.take_while(|line| line.starts_with("//")).any(|line| line.starts_with("// SAFETY:"))
    };
    let found = lines.iter().enumerate().filter(|(_, line)| is_unsafe(line));
    found.map(|(index, _)| (index + 1, is_explained(index))).collect()
}

#[test]
fn unsafe_code_is_nowhere_but_where_it_may_be_and_is_explained() {
    let mut files = Vec::new();
    sources(&Path::new(HOME).join("src"), &mut files);
    assert!(files.len() > 100, "{} files", files.len());
    for file in files {
        let name = file.strip_prefix(HOME).expect("below it").to_string_lossy().into_owned();
        let may = MAY_BE_UNSAFE.contains(&name.as_str());
        for (line, explained) in unsafe_lines(&read(&file)) {
            assert!(may, "{name}:{line} is unsafe; only {MAY_BE_UNSAFE:?} may be");
            assert!(explained, "{name}:{line} is unsafe without a SAFETY comment right above");
        }
    }
    if MAY_BE_UNSAFE.is_empty() {
        assert!(read("Cargo.toml").contains("unsafe_code = \"forbid\""), "the compiler forbids it as well");
    }
}

#[test]
fn unsafe_code_is_found_and_so_is_its_explanation() {
    let text = "// unsafe is a word\nlet a = unsafe { b() };\n// SAFETY: c is not empty,\n// as checked above.\nunsafe { c() }\n\
                let not_unsafe = 1;";
    assert_eq!(unsafe_lines(text), [(2, false), (5, true)]);
}
