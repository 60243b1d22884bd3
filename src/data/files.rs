//! Finding a dataset's four files in a folder, by their names.

use std::fs;
use std::path::{Path, PathBuf};

use super::DataError;
use super::part::PartPaths;
use crate::text::Untrusted;

/// How many names an error lists at most.
const LISTED: usize = 8;

/// The files of a dataset in a folder.
pub(super) struct Found {
    /// The prefix that the files share or, without one, the name of the folder.
    pub(super) name: Untrusted,
    pub(super) train: PartPaths,
    pub(super) test: PartPaths,
}

/// The roles of the four files.
const ROLES: [Role; 4] = [
    Role { content: "training images", stems: &["train-images"], end: "idx3-ubyte" },
    Role { content: "training labels", stems: &["train-labels"], end: "idx1-ubyte" },
    Role { content: "test images", stems: &["t10k-images", "test-images"], end: "idx3-ubyte" },
    Role { content: "test labels", stems: &["t10k-labels", "test-labels"], end: "idx1-ubyte" },
];

/// What one of the four files is called.
struct Role {
    content: &'static str,
    stems: &'static [&'static str],
    end: &'static str,
}

impl Role {
    /// What is written before the stem, when `name` is a name of this role: nothing, or a prefix up to a `-` or `_`.
    fn prefix<'n>(&self, name: &'n str) -> Option<&'n str> {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let name = name.strip_suffix(self.end)?.strip_suffix(['-', '.'])?;
        let prefix = self.stems.iter().find_map(|stem| name.strip_suffix(stem))?;
        (prefix.is_empty() || prefix.ends_with(['-', '_'])).then_some(prefix)
    }

    /// The names that are looked for, in words.
    fn names(&self) -> String {
        let stems = self.stems.iter().map(|stem| format!("`{stem}-{end}` or `{stem}.{end}`", end = self.end));
        format!("{}, with or without `.gz`", stems.collect::<Vec<_>>().join(" or "))
    }
}

/// A file that has the name of a role.
struct Candidate {
    name: String,
    prefix: String,
    path: PathBuf,
}

/// Finds the four files in `folder`.
pub(super) fn find(folder: &Path) -> Result<Found, DataError> {
    let shown = Untrusted::from(folder);
    let mut candidates = list(folder).map_err(|source| DataError::Folder { folder: shown.clone(), source })?;
    let [train_images, train_labels, test_images, test_labels] = [0, 1, 2, 3].map(|role| {
        let role: usize = role;
        only(std::mem::take(&mut candidates[role]), &ROLES[role], &shown)
    });
    let four = [train_images?, train_labels?, test_images?, test_labels?];
    if four.iter().any(|file| file.prefix != four[0].prefix) {
        return Err(DataError::Mixed { folder: shown, files: names(&four) });
    }

    let prefix = four[0].prefix.trim_end_matches(['-', '_']);
    let name = if prefix.is_empty() { folder_name(folder) } else { Untrusted::from(prefix) };
    let [train_images, train_labels, test_images, test_labels] = four.map(|file| file.path);
    Ok(Found {
        name,
        train: PartPaths { images: train_images, labels: train_labels },
        test: PartPaths { images: test_images, labels: test_labels },
    })
}

/// The candidates for each role, sorted by name.
fn list(folder: &Path) -> std::io::Result<[Vec<Candidate>; 4]> {
    let mut candidates = [const { Vec::new() }; 4];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        for (role, candidates) in ROLES.iter().zip(&mut candidates) {
            if let Some(prefix) = role.prefix(name) {
                candidates.push(Candidate { name: name.to_owned(), prefix: prefix.to_owned(), path: entry.path() });
            }
        }
    }
    for candidates in &mut candidates {
        candidates.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(candidates)
}

/// The only one of `candidates`.
fn only(mut candidates: Vec<Candidate>, role: &Role, folder: &Untrusted) -> Result<Candidate, DataError> {
    // Some archives unpack to a folder beside the file it was made from, both of the same name.
    if candidates.iter().any(|candidate| !candidate.path.is_dir()) {
        candidates.retain(|candidate| !candidate.path.is_dir());
    }
    if candidates.len() > 1 {
        return Err(DataError::Ambiguous {
            folder: folder.to_owned(),
            content: role.content,
            candidates: names(&candidates),
        });
    }
    candidates.pop().ok_or_else(|| DataError::Missing {
        folder: folder.to_owned(),
        content: role.content,
        looked_for: role.names(),
    })
}

fn names(candidates: &[Candidate]) -> Untrusted {
    let mut names: Vec<_> = candidates.iter().take(LISTED).map(|candidate| format!("`{}`", candidate.name)).collect();
    if candidates.len() > LISTED {
        names.push(format!("{} more", candidates.len() - LISTED));
    }
    names.join(", ").into()
}

/// What the folder is called, even when it was given as `.`.
fn folder_name(folder: &Path) -> Untrusted {
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    whole.file_name().unwrap_or(folder.as_os_str()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(role: usize, name: &str) -> Option<&str> {
        ROLES[role].prefix(name)
    }

    #[test]
    fn names_of_the_family_are_recognised() {
        assert_eq!(prefix(0, "train-images-idx3-ubyte"), Some(""));
        assert_eq!(prefix(0, "train-images-idx3-ubyte.gz"), Some(""));
        assert_eq!(prefix(0, "train-images.idx3-ubyte"), Some(""));
        assert_eq!(prefix(1, "emnist-letters-train-labels-idx1-ubyte.gz"), Some("emnist-letters-"));
        assert_eq!(prefix(2, "emnist-letters-test-images-idx3-ubyte.gz"), Some("emnist-letters-"));
        assert_eq!(prefix(3, "t10k-labels-idx1-ubyte"), Some(""));
    }

    #[test]
    fn other_names_are_not() {
        assert_eq!(prefix(0, "train-images-idx3-ubyte.zip"), None);
        assert_eq!(prefix(0, "train-labels-idx3-ubyte"), None);
        assert_eq!(prefix(0, "train-images-idx1-ubyte"), None);
        assert_eq!(prefix(0, "retrain-images-idx3-ubyte"), None);
        assert_eq!(prefix(0, "train-imagesidx3-ubyte"), None);
    }
}
