//! Whatever the files hold, the reader neither panics nor takes much memory.

mod data_support;

use std::cell::Cell;

use data_support::*;
use optirace::data::Dataset;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

const MEGABYTE: u64 = 1 << 20;

/// A file that replaces one of the four of the valid folder.
#[derive(Debug, Clone)]
struct Change {
    file: usize,
    bytes: Vec<u8>,
}

const FOUR: [&str; 4] = [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS];

fn valid(file: usize) -> Vec<u8> {
    match file {
        0 => images([3, 2, 3], &(1..=18).collect::<Vec<_>>()),
        1 => labels(3, &[0, 2, 1]),
        2 => images([2, 2, 3], &(101..=112).collect::<Vec<_>>()),
        _ => labels(2, &[2, 0]),
    }
}

/// Numbers where headers go wrong, more often than others.
fn dimension() -> impl Strategy<Value = u32> {
    prop_oneof![0u32..5, Just(u32::MAX), Just(1 << 30), Just((1 << 30) + 1), Just(1 << 16), any::<u32>()]
}

/// Bytes that begin like an IDX file, or not at all so.
fn content(file: usize) -> impl Strategy<Value = Vec<u8>> {
    let magic = prop_oneof![3 => Just(0x0803u32), 3 => Just(0x0801u32), 1 => any::<u32>()];
    let body = proptest::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        2 => Just(valid(file)),
        2 => (magic, proptest::collection::vec(dimension(), 0..4), body.clone())
            .prop_map(|(magic, dimensions, body)| idx(magic, &dimensions, &body)),
        1 => body,
    ]
}

/// Bytes overwritten, the end cut off, other bytes put behind.
fn damage(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let overwritten = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let kept = prop_oneof![2 => Just(None), 1 => any::<prop::sample::Index>().prop_map(Some)];
    let behind = prop_oneof![2 => Just(vec![]), 1 => proptest::collection::vec(any::<u8>(), 0..24)];
    (overwritten, kept, behind).prop_map(move |(overwritten, kept, behind)| {
        let mut bytes = bytes.clone();
        for (place, byte) in overwritten {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
        }
        if let Some(kept) = kept {
            bytes.truncate(kept.index(bytes.len() + 1));
        }
        bytes.extend(behind);
        bytes
    })
}

fn perhaps_damaged(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(bytes.clone()), damage(bytes)]
}

fn change() -> impl Strategy<Value = Change> {
    (0..4usize)
        .prop_flat_map(|file| (Just(file), content(file)))
        .prop_flat_map(|(file, content)| (Just(file), perhaps_damaged(content), any::<bool>()))
        .prop_flat_map(|(file, content, gzipped)| {
            (Just(file), perhaps_damaged(if gzipped { gzip(&content) } else { content }))
        })
        .prop_map(|(file, bytes)| Change { file, bytes })
}

/// What everyone who has a dataset relies on.
fn assert_sound(data: &Dataset) {
    for samples in [&data.train, &data.test] {
        assert!(!samples.is_empty() && samples.features() == data.train.features());
        assert_eq!(samples.image(samples.len() - 1).len(), samples.height() * samples.width());
        assert!(samples.labels().iter().all(|&label| usize::from(label) < data.classes()));
    }
}

/// Runs `work` and makes sure that it neither uses nor reserves much memory.
fn in_little_memory(work: impl FnOnce()) {
    let figures = || ["VmHWM", "VmPeak"].map(memory);
    let before = figures();
    work();
    for (before, after) in before.into_iter().zip(figures()) {
        let grown = (after - before) / MEGABYTE;
        assert!(grown < 48, "{grown} MB more than before");
    }
}

/// A gigabyte of zeros in a megabyte, behind a header that promises what the valid file holds.
fn bomb(header: &[u8]) -> Vec<u8> {
    let zeros = gzip(&vec![0; 1 << 20]);
    [gzip(header), zeros.repeat(1024)].concat()
}

// One test: others in this process would be measured with it.
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "memory is read from /proc")]
fn hostile_files_neither_panic_nor_take_memory() {
    // The threads that read are started, and their stacks reserved, before anything is measured.
    assert_sound(&Folder::valid().open().unwrap());

    let hostile = [
        (TRAIN_IMAGES, images([1 << 30, 1, 1], &[0; 64])),
        (TRAIN_LABELS, labels(1 << 30, &[0; 64])),
        (TRAIN_IMAGES, images([3, 10_000, 30_000], &[0; 64])),
        (TRAIN_IMAGES, gzip(&images([3, 10_000, 30_000], &[0; 64]))),
        (TRAIN_IMAGES, images([u32::MAX; 3], &[])),
        (TRAIN_IMAGES, bomb(&valid(0))),
        (TEST_LABELS, bomb(&valid(3))),
        (TRAIN_IMAGES, bomb(&images([u32::MAX; 3], &[]))),
    ];
    in_little_memory(|| {
        for (name, bytes) in &hostile {
            Folder::with(name, bytes).error();
        }
    });

    let config = ProptestConfig {
        cases: 20_000,
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    };
    let folder = Folder::valid();
    let opened = Cell::new(0);
    in_little_memory(|| {
        let outcome = TestRunner::new(config).run(&change(), |Change { file, bytes }| {
            folder.put(FOUR[file], &bytes);
            let data = folder.open();
            folder.put(FOUR[file], &valid(file));
            match data {
                Ok(data) => {
                    assert_sound(&data);
                    opened.set(opened.get() + 1);
                }
                Err(error) => prop_assert!(error.to_string().contains(&folder.path().display().to_string())),
            }
            Ok(())
        });
        outcome.unwrap();
    });
    // Files that were all sound, or all broken at once, would test little.
    assert!((1000..15_000).contains(&opened.get()), "{} of the folders could be read", opened.get());
}
