//! The reader of data folders takes whatever stands in place of one of the four files: the first byte says which.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use optirace::data::Dataset;

const NAMES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

/// Files of three training and two test samples.
const VALID: [&[u8]; 4] = [
    b"\0\0\x08\x03\0\0\0\x03\0\0\0\x01\0\0\0\x02\x01\x02\x03\x04\x05\x06",
    b"\0\0\x08\x01\0\0\0\x03\0\x02\x01",
    b"\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x02\x01\x02\x03\x04",
    b"\0\0\x08\x01\0\0\0\x02\x02\0",
];

/// A folder in memory, where the system has one.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let parent = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = parent.join(format!("optirace-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    for (name, bytes) in NAMES.iter().zip(VALID) {
        fs::write(folder.join(name), bytes).expect("a file");
    }
    Dataset::open(&folder).expect("the files are valid");
    folder
});

fuzz_target!(|input: &[u8]| {
    let Some((&which, bytes)) = input.split_first() else { return };
    let which = usize::from(which) % NAMES.len();
    let path = FOLDER.join(NAMES[which]);
    fs::write(&path, bytes).expect("a file");
    match Dataset::open(&FOLDER) {
        Ok(data) => {
            for samples in [&data.train, &data.test] {
                assert_eq!(samples.image(samples.len() - 1).len(), data.train.features());
                assert!(samples.labels().iter().all(|&label| usize::from(label) < data.classes()));
            }
        }
        Err(error) => assert!(error.to_string().contains(&*FOLDER.to_string_lossy())),
    }
    fs::write(&path, VALID[which]).expect("a file");
});
