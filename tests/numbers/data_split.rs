//! The split is scikit-learn's, draw for draw.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end at what it did not expect")]

use optirace::data::{Split, sha256_hex};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

/// What scikit-learn gave; the lists only where they are short.
#[derive(Deserialize)]
struct Case {
    samples: usize,
    fraction: f64,
    seed: u32,
    train_len: usize,
    val_len: usize,
    train_head: Vec<u32>,
    val_head: Vec<u32>,
    train_sha256: String,
    val_sha256: String,
    train: Option<Vec<u32>>,
    val: Option<Vec<u32>>,
}

fn hash(indices: &[u32]) -> String {
    sha256_hex(&indices.iter().flat_map(|index| index.to_le_bytes()).collect::<Vec<_>>())
}

#[test]
fn the_split_is_scikit_learns() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/split.json")).unwrap();
    assert!(!fixture.cases.is_empty());
    for case in fixture.cases {
        let Case { samples, fraction, seed, .. } = case;
        let what = format!("{samples} samples, fraction {fraction}, seed {seed}");
        let split = Split::new(samples, fraction, seed).unwrap();
        assert_eq!((split.train.len(), split.val.len()), (case.train_len, case.val_len), "{what}");
        assert_eq!(split.train[..case.train_head.len()], case.train_head, "{what}");
        assert_eq!(split.val[..case.val_head.len()], case.val_head, "{what}");
        assert_eq!((hash(&split.train), hash(&split.val)), (case.train_sha256, case.val_sha256), "{what}");
        assert!(case.train.is_none_or(|train| train == split.train), "{what}");
        assert!(case.val.is_none_or(|val| val == split.val), "{what}");
    }
}

#[test]
fn the_hash_of_a_split_is_that_of_its_indices_in_a_row() {
    let split = Split::new(5000, 0.2, 42).unwrap();
    assert_eq!(split.sha256(), hash(&[split.train, split.val].concat()));
}

fn error(samples: usize, fraction: f64) -> String {
    Split::new(samples, fraction, 42).unwrap_err().to_string()
}

#[test]
fn a_fraction_must_be_a_part() {
    for fraction in [0.0, 1.0, -0.1, 1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0] {
        assert_eq!(
            error(100, fraction),
            format!("a validation fraction of {fraction} is impossible; it must be over 0 and under 1")
        );
    }
}

#[test]
fn something_must_be_left_to_train_on() {
    assert_eq!(
        error(1, 0.2),
        "a validation fraction of 0.2 takes 1 of 1 samples and leaves none to train on; give a smaller fraction or \
         more samples"
    );
    assert!(error(0, 0.2).contains("takes 0 of 0 samples"));
    assert!(error(100, 0.995).contains("takes 100 of 100 samples"));
}

#[test]
fn the_smallest_fraction_still_leaves_something_to_validate_with() {
    let split = Split::new(2, f64::MIN_POSITIVE, 42).unwrap();
    assert_eq!((split.train.len(), split.val.len()), (1, 1));
}

#[test]
fn indices_have_32_bits() {
    if let Ok(samples) = usize::try_from(1u64 << 32) {
        assert_eq!(error(samples, 0.2), "4294967296 samples are too many to divide; at most 4294967295 can be");
    }
}
