//! Which folders of IDX files are read, and what is said about the others.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end at what it did not expect")]

use std::path::Path;

use crate::data_support::*;
use optirace::data::{Dataset, sha256_hex};

/// The four files of the valid folder.
const FOUR: [&str; 4] = [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS];

fn bytes(folder: &Folder, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

/// Everything but the name and the files, which differ from folder to folder.
fn assert_same_samples(one: &Dataset, other: &Dataset) {
    assert_eq!((&one.train, &one.test, &one.class_names), (&other.train, &other.test, &other.class_names));
}

#[test]
fn plain_files_are_read() {
    let folder = Folder::valid();
    let data = folder.open().unwrap();
    assert_eq!((data.train.len(), data.train.height(), data.train.width(), data.train.features()), (3, 2, 3, 6));
    assert_eq!(data.train.image(1), [7, 8, 9, 10, 11, 12]);
    assert_eq!((data.train.labels(), data.train.label(1)), (&[0, 2, 1][..], 2));
    assert_eq!((data.test.len(), data.test.image(1)), (2, &[107, 108, 109, 110, 111, 112][..]));
    assert_eq!((data.classes(), data.class_names.join(" ")), (3, "0 1 2".to_owned()));
    assert_eq!(Some(data.name.raw()), folder.path().file_name().and_then(|name| name.to_str()));
}

#[test]
fn files_are_hashed_as_they_are_stored() {
    let folder = Folder::valid();
    let stored = gzip(&bytes(&folder, TRAIN_LABELS));
    folder.remove(TRAIN_LABELS);
    folder.put("train-labels-idx1-ubyte.gz", &stored);
    let files = folder.open().unwrap().files;
    let names: Vec<_> = files.iter().map(|file| file.name.raw()).collect();
    assert_eq!(names, [TRAIN_IMAGES, "train-labels-idx1-ubyte.gz", TEST_IMAGES, TEST_LABELS]);
    for file in files {
        let stored = bytes(&folder, file.name.raw());
        assert_eq!((file.bytes, file.sha256), (stored.len() as u64, sha256_hex(&stored)));
    }
}

#[test]
fn gzipped_files_are_told_by_their_bytes_not_their_names() {
    let plain = Folder::valid();
    let folder = Folder::valid();
    for name in FOUR {
        let content = gzip(&bytes(&folder, name));
        folder.put(name, &content);
    }
    assert_same_samples(&folder.open().unwrap(), &plain.open().unwrap());

    folder.rename(TRAIN_IMAGES, "train-images-idx3-ubyte.gz");
    folder.put("train-images-idx3-ubyte.gz", &bytes(&plain, TRAIN_IMAGES));
    assert_same_samples(&folder.open().unwrap(), &plain.open().unwrap());
}

#[test]
fn a_gzip_file_may_have_several_members() {
    let folder = Folder::valid();
    let content = bytes(&folder, TRAIN_IMAGES);
    let members = [&content[..5], &content[5..20], &[], &content[20..]].map(gzip).concat();
    folder.put(TRAIN_IMAGES, &members);
    assert_same_samples(&folder.open().unwrap(), &Folder::valid().open().unwrap());
}

#[test]
fn names_with_a_dot_or_a_prefix_are_found() {
    let folder = Folder::valid();
    for name in FOUR {
        folder.rename(name, &name.replace("-idx", ".idx"));
    }
    folder.open().unwrap();

    let folder = Folder::valid();
    for name in FOUR {
        folder.rename(name, &format!("emnist-letters-{}", name.replace("t10k", "test")));
    }
    assert_eq!(folder.open().unwrap().name.raw(), "emnist-letters");
}

#[test]
fn other_files_and_folders_of_the_same_name_are_passed_over() {
    let folder = Folder::valid();
    folder.put("README", b"");
    folder.put("train-images-idx3-ubyte.zip", b"");
    std::fs::create_dir(folder.join("train-images.idx3-ubyte")).unwrap();
    folder.open().unwrap();
}

#[test]
fn labels_may_leave_classes_out() {
    let folder = Folder::with(TRAIN_LABELS, &labels(3, &[255, 1, 2]));
    let data = folder.open().unwrap();
    assert_eq!((data.classes(), data.class_names[255].as_str()), (256, "255"));
}

#[test]
fn one_image_of_one_class_is_enough() {
    let folder = Folder::valid();
    for (images_file, labels_file) in [(TRAIN_IMAGES, TRAIN_LABELS), (TEST_IMAGES, TEST_LABELS)] {
        folder.put(images_file, &images([1, 1, 1], &[7]));
        folder.put(labels_file, &labels(1, &[0]));
    }
    let data = folder.open().unwrap();
    assert_eq!((data.train.len(), data.train.features(), data.classes()), (1, 1, 1));
}

#[test]
fn a_folder_that_cannot_be_listed() {
    let folder = Folder::valid();
    let error = |path: &Path| {
        let error = Dataset::open(path).unwrap_err().to_string();
        error.replace(&folder.path().display().to_string(), "DIR")
    };
    let right = "give a folder that holds four IDX files named as MNIST's are";
    assert_eq!(
        error(&folder.join("none")),
        format!("cannot read the data folder `DIR/none`: No such file or directory (os error 2); {right}")
    );
    assert_eq!(
        error(&folder.join(TRAIN_IMAGES)),
        format!("cannot read the data folder `DIR/{TRAIN_IMAGES}`: Not a directory (os error 20); {right}")
    );
}

#[test]
fn a_missing_file() {
    let folder = Folder::valid();
    folder.remove(TEST_LABELS);
    assert_eq!(
        folder.error(),
        "`DIR` holds no test labels: looked for `t10k-labels-idx1-ubyte` or `t10k-labels.idx1-ubyte` or \
         `test-labels-idx1-ubyte` or `test-labels.idx1-ubyte`, with or without `.gz`, also with a prefix such as \
         `emnist-letters-`"
    );
    assert!(Folder::empty().error().starts_with("`DIR` holds no training images: looked for `train-images-idx3-"));
}

#[test]
fn several_files_of_one_role() {
    let folder = Folder::valid();
    folder.put("emnist-digits-train-images-idx3-ubyte.gz", &[]);
    assert_eq!(
        folder.error(),
        "`DIR` holds more than one file of training images: `emnist-digits-train-images-idx3-ubyte.gz`, \
         `train-images-idx3-ubyte`; leave only one of them there"
    );
    for number in 10..20 {
        folder.put(&format!("{number}-train-images-idx3-ubyte"), &[]);
    }
    assert!(folder.error().ends_with("`17-train-images-idx3-ubyte`, 4 more; leave only one of them there"));
}

#[test]
fn files_of_different_datasets() {
    let folder = Folder::valid();
    folder.rename(TEST_IMAGES, "emnist-letters-test-images-idx3-ubyte");
    assert_eq!(
        folder.error(),
        "`DIR` mixes files of different datasets: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, \
         `emnist-letters-test-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`; leave four whose names begin alike"
    );
}

#[test]
fn something_that_is_no_regular_file() {
    let folder = Folder::valid();
    folder.remove(TRAIN_LABELS);
    std::fs::create_dir(folder.join(TRAIN_LABELS)).unwrap();
    assert_eq!(folder.error(), "`DIR/train-labels-idx1-ubyte` is a folder; it must be a regular file");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// What is said about the folder, which has to be said at once: some files make a reader wait for ever.
    fn prompt_error(folder: Folder) -> String {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(folder.error()));
        receiver.recv_timeout(Duration::from_secs(20)).expect("the reader waits for something")
    }

    fn without_images() -> Folder {
        let folder = Folder::valid();
        folder.remove(TRAIN_IMAGES);
        folder
    }

    #[test]
    fn a_named_pipe() {
        let folder = without_images();
        let made = Command::new("mkfifo").arg(folder.join(TRAIN_IMAGES)).status();
        assert!(made.expect("mkfifo is there").success());
        assert_eq!(prompt_error(folder), "`DIR/train-images-idx3-ubyte` is a named pipe; it must be a regular file");
    }

    #[test]
    fn a_socket() {
        let folder = without_images();
        let _socket = UnixListener::bind(folder.join(TRAIN_IMAGES)).unwrap();
        assert_eq!(prompt_error(folder), "`DIR/train-images-idx3-ubyte` is a socket; it must be a regular file");
    }

    #[test]
    fn a_device() {
        let folder = without_images();
        symlink("/dev/zero", folder.join(TRAIN_IMAGES)).unwrap();
        assert_eq!(prompt_error(folder), "`DIR/train-images-idx3-ubyte` is a device; it must be a regular file");
    }

    #[test]
    fn a_loop_of_links_and_a_link_to_nowhere() {
        let folder = without_images();
        symlink(folder.join(TRAIN_IMAGES), folder.join(TRAIN_IMAGES)).unwrap();
        let error = prompt_error(folder);
        assert!(error.starts_with("cannot read `DIR/train-images-idx3-ubyte`: "), "{error}");

        let folder = without_images();
        symlink("nowhere", folder.join(TRAIN_IMAGES)).unwrap();
        assert_eq!(
            prompt_error(folder),
            "cannot read `DIR/train-images-idx3-ubyte`: No such file or directory (os error 2); it must be a readable \
             file"
        );
    }

    #[test]
    fn a_link_to_a_regular_file_is_followed() {
        let folder = Folder::valid();
        folder.rename(TRAIN_IMAGES, "elsewhere");
        symlink("elsewhere", folder.join(TRAIN_IMAGES)).unwrap();
        folder.open().unwrap();
    }
}

#[test]
fn a_wrong_magic_number() {
    let error =
        "`DIR/train-images-idx3-ubyte` starts with the bytes 00 00 08 01, but IDX images start with 00 00 08 03";
    assert_eq!(Folder::with(TRAIN_IMAGES, &labels(3, &[0, 2, 1])).error(), error);
    assert_eq!(Folder::with(TRAIN_IMAGES, &gzip(&labels(3, &[0, 2, 1]))).error(), error);
    assert_eq!(
        Folder::with(TEST_LABELS, b"<!DOCTYPE html>").error(),
        "`DIR/t10k-labels-idx1-ubyte` starts with the bytes 3c 21 44 4f, but IDX labels start with 00 00 08 01"
    );
}

#[test]
fn a_file_that_ends_in_its_header() {
    let whole = images([3, 2, 3], &[0; 18]);
    for length in 0..16 {
        let error = format!(
            "`DIR/train-images-idx3-ubyte` is truncated: it ends after {length} bytes, but the header alone takes 16"
        );
        assert_eq!(Folder::with(TRAIN_IMAGES, &whole[..length]).error(), error);
        assert_eq!(Folder::with(TRAIN_IMAGES, &gzip(&whole[..length])).error(), error);
    }
}

#[test]
fn a_truncated_file() {
    let whole = images([3, 2, 3], &[0; 18]);
    let error = "`DIR/train-images-idx3-ubyte` is truncated: 17 bytes follow its header, which promises 18 (3 images \
                 of 2×3 pixels)";
    assert_eq!(Folder::with(TRAIN_IMAGES, &whole[..33]).error(), error);
    assert_eq!(Folder::with(TRAIN_IMAGES, &gzip(&whole[..33])).error(), error);
    assert_eq!(
        Folder::with(TEST_LABELS, &labels(2, &[1])).error(),
        "`DIR/t10k-labels-idx1-ubyte` is truncated: 1 bytes follow its header, which promises 2 (2 labels)"
    );
}

#[test]
fn a_gzip_file_cut_off_anywhere() {
    let whole = gzip(&images([3, 2, 3], &(1..=18).collect::<Vec<_>>()));
    for length in 0..whole.len() {
        let error = Folder::with(TRAIN_IMAGES, &whole[..length]).error();
        let told = ["is truncated: ", "does not end as gzip data should ("]
            .iter()
            .any(|what| error.starts_with(&format!("`DIR/train-images-idx3-ubyte` {what}")));
        assert!(told, "{length}: {error}");
    }
    // All samples are there, but not the checksum that would prove them right.
    assert_eq!(
        Folder::with(TRAIN_IMAGES, &whole[..whole.len() - 1]).error(),
        "`DIR/train-images-idx3-ubyte` does not end as gzip data should (unexpected end of file): it is damaged, cut \
         off or followed by stray bytes; fetch it anew"
    );
}

#[test]
fn trailing_bytes() {
    let mut whole = images([3, 2, 3], &[0; 18]);
    whole.push(0);
    let error = "`DIR/train-images-idx3-ubyte` has trailing bytes: it goes on after the 18 bytes that its header \
                 promises (3 images of 2×3 pixels)";
    assert_eq!(Folder::with(TRAIN_IMAGES, &whole).error(), error);
    assert_eq!(Folder::with(TRAIN_IMAGES, &gzip(&whole)).error(), error);
    assert_eq!(
        Folder::with(TRAIN_LABELS, &labels(3, &[0, 1, 2, 0])).error(),
        "`DIR/train-labels-idx1-ubyte` has trailing bytes: it goes on after the 3 bytes that its header promises (3 \
         labels)"
    );
}

#[test]
fn trailing_bytes_after_the_gzip_data() {
    for trail in [&b"x"[..], b"trailing bytes, more of them than a gzip header has", &[0; 64]] {
        let mut whole = gzip(&images([3, 2, 3], &[0; 18]));
        whole.extend_from_slice(trail);
        let error = Folder::with(TRAIN_IMAGES, &whole).error();
        assert!(error.starts_with("`DIR/train-images-idx3-ubyte` does not end as gzip data should ("), "{error}");
        assert!(error.ends_with(": it is damaged, cut off or followed by stray bytes; fetch it anew"), "{error}");
    }
}

#[test]
fn corrupt_gzip_data() {
    let mut whole = gzip(&images([3, 2, 3], &(1..=18).collect::<Vec<_>>()));
    let checksum = whole.len() - 8;
    whole[checksum] ^= 1;
    assert_eq!(
        Folder::with(TRAIN_IMAGES, &whole).error(),
        "`DIR/train-images-idx3-ubyte` does not end as gzip data should (corrupt gzip stream does not have a matching \
         checksum): it is damaged, cut off or followed by stray bytes; fetch it anew"
    );
    whole[10] = 0xff;
    let error = Folder::with(TRAIN_IMAGES, &whole).error();
    assert!(error.starts_with("`DIR/train-images-idx3-ubyte` is corrupt gzip data ("), "{error}");
    let error = Folder::with(TRAIN_IMAGES, b"\x1f\x8bwhatever this may be").error();
    assert!(error.starts_with("`DIR/train-images-idx3-ubyte` is corrupt gzip data ("), "{error}");
}

#[test]
fn a_header_that_promises_terabytes() {
    let most = u32::MAX;
    assert_eq!(
        Folder::with(TRAIN_IMAGES, &images([most; 3], &[0; 18])).error(),
        "the header of `DIR/train-images-idx3-ubyte` promises 4294967295 images of 4294967295×4294967295 pixels; at \
         most 1073741824 bytes are read from a file"
    );
    assert_eq!(
        Folder::with(TRAIN_IMAGES, &images([60_000, 4096, 8192], &[])).error(),
        "the header of `DIR/train-images-idx3-ubyte` promises 60000 images of 4096×8192 pixels; at most 1073741824 \
         bytes are read from a file"
    );
    assert_eq!(
        Folder::with(TRAIN_LABELS, &gzip(&labels(most, &[]))).error(),
        "the header of `DIR/train-labels-idx1-ubyte` promises 4294967295 labels; at most 1073741824 bytes are read \
         from a file"
    );
}

#[test]
fn no_samples_or_no_pixels() {
    let right = "there must be at least one sample of at least one pixel";
    for (dimensions, promise) in [
        ([0, 2, 3], "0 images of 2×3 pixels"),
        ([3, 0, 3], "3 images of 0×3 pixels"),
        ([3, 2, 0], "3 images of 2×0 pixels"),
        ([u32::MAX, u32::MAX, 0], "4294967295 images of 4294967295×0 pixels"),
    ] {
        assert_eq!(
            Folder::with(TEST_IMAGES, &images(dimensions, &[])).error(),
            format!("the header of `DIR/t10k-images-idx3-ubyte` promises {promise}; {right}")
        );
    }
    assert_eq!(
        Folder::with(TEST_LABELS, &labels(0, &[])).error(),
        format!("the header of `DIR/t10k-labels-idx1-ubyte` promises 0 labels; {right}")
    );
}

#[test]
fn counts_that_differ() {
    assert_eq!(
        Folder::with(TRAIN_LABELS, &labels(2, &[0, 1])).error(),
        "`DIR/train-images-idx3-ubyte` holds 3 images, but `DIR/train-labels-idx1-ubyte` holds 2 labels; there must \
         be one per image"
    );
}

#[test]
fn image_sizes_that_differ() {
    // As many pixels, in another shape.
    assert_eq!(
        Folder::with(TEST_IMAGES, &images([2, 3, 2], &[0; 12])).error(),
        "the images of `DIR/train-images-idx3-ubyte` are 2×3, those of `DIR/t10k-images-idx3-ubyte` 3×2; they must be \
         of one size"
    );
}

#[test]
fn a_label_over_the_class_count() {
    assert_eq!(
        Folder::with(TEST_LABELS, &labels(2, &[2, 3])).error(),
        "`DIR/t10k-labels-idx1-ubyte`: the label of sample 1 (counted from 0) is 3, over the class count: the training \
         labels make 3 classes, 0 to 2"
    );
}
