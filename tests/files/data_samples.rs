//! Samples in memory, and Fashion-MNIST as the program carries it.

use optirace::data::{DataFile, Dataset, Samples, sha256_hex};

#[test]
fn samples_must_add_up() {
    let error = |pixels, labels, height, width| {
        Samples::new(vec![0; pixels], vec![0; labels], height, width).unwrap_err().to_string()
    };
    assert_eq!(
        error(7, 2, 2, 2),
        "7 pixels cannot be 2 images of 2×2; there must be at least one image, and labels × height × width pixels"
    );
    assert!(error(0, 0, 2, 2).starts_with("0 pixels cannot be 0 images"));
    assert!(error(0, 2, 0, 2).starts_with("0 pixels cannot be 2 images"));
    assert!(error(8, 2, usize::MAX, usize::MAX).starts_with("8 pixels cannot be 2 images"));
}

#[test]
fn debugging_shows_no_pixels() {
    let samples = Samples::new(vec![0; 8], vec![0; 2], 2, 2).unwrap();
    assert_eq!(format!("{samples:?}"), "Samples(2 of 2×2)");
    assert!(!samples.is_empty());
}

#[test]
fn fashion_mnist_is_whole() {
    let data = Dataset::fashion_mnist().unwrap();
    assert_eq!((data.train.len(), data.test.len(), data.classes()), (60_000, 10_000, 10));
    assert_eq!((data.train.height(), data.train.width()), (28, 28));
    // The first training image is known to be an ankle boot.
    assert_eq!(data.class_names[usize::from(data.train.label(0))], "Ankle boot");
}

#[test]
fn the_embedded_files_are_those_of_the_assets() {
    let data = Dataset::fashion_mnist().unwrap();
    for DataFile { name, bytes, sha256 } in &data.files {
        let stored = std::fs::read(format!("assets/fashion-mnist/{name}")).unwrap();
        assert_eq!((*bytes, sha256), (stored.len() as u64, &sha256_hex(&stored)), "{name}");
    }
    let opened = Dataset::open("assets/fashion-mnist".as_ref()).unwrap();
    assert_eq!((opened.train, opened.test), (data.train, data.test));
    assert_eq!((opened.files, opened.name.raw()), (data.files, "fashion-mnist"));
}
