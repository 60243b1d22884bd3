//! What `optirace data` says about a dataset.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end at what it did not expect")]

use optirace::data::describe::Description;
use optirace::data::{DataFile, Dataset, Samples, Split, sha256_hex};
use serde_json::Value;

/// Every sample of class 0 is a slope from dark to bright, every sample of class 1 a bright frame.
fn small() -> Dataset {
    let slope = [0, 36, 73, 109, 146, 182, 219, 255].repeat(8);
    let mut frame = vec![255; 64];
    for row in 2..6 {
        frame[8 * row + 2..8 * row + 6].fill(0);
    }
    let samples = |labels: &[u8]| {
        let pixels = labels.iter().flat_map(|&label| if label == 0 { slope.clone() } else { frame.clone() }).collect();
        Samples::new(pixels, labels.to_vec(), 8, 8).unwrap()
    };
    Dataset {
        name: "shapes".into(),
        class_names: ["slope", "frame", "nothing"].map(str::to_owned).to_vec(),
        train: samples(&[0, 0, 1, 0, 1, 0, 0, 1, 0, 0]),
        test: samples(&[1, 0, 1]),
        files: vec![DataFile { name: "shapes.gz".into(), bytes: 1234, sha256: sha256_hex(b"shapes") }],
    }
}

fn text(data: &Dataset, color: bool, columns: usize) -> String {
    let mut text = Vec::new();
    Description::new(data, 42, 0.2).unwrap().write_text(&mut text, color, columns).unwrap();
    String::from_utf8(text).unwrap()
}

fn json(data: &Dataset) -> String {
    let mut json = Vec::new();
    Description::new(data, 42, 0.2).unwrap().write_json(&mut json).unwrap();
    String::from_utf8(json).unwrap()
}

/// The text without what gives it colour.
fn without_color(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, after)| after))
}

#[test]
fn text_without_color() {
    insta::assert_snapshot!(text(&small(), false, 80));
}

#[test]
fn text_with_color() {
    insta::assert_snapshot!(text(&small(), true, 80).escape_default().to_string().replace("\\n", "\n"));
}

#[test]
fn fashion_mnist_without_color() {
    insta::assert_snapshot!(text(&Dataset::fashion_mnist().unwrap(), false, 80));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let data = Dataset::fashion_mnist().unwrap();
    for columns in [80, 100, 144, 200] {
        for color in [false, true] {
            let text = without_color(&text(&data, color, columns));
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(columns), "{widest:?} of {columns} columns\n{text}");
        }
    }
}

#[test]
fn narrow_terminals_and_none_at_all_do_no_harm() {
    for columns in [0, 1, 2, 14, 15, 29, 30, usize::MAX] {
        for color in [false, true] {
            let text = text(&small(), color, columns.min(1000));
            assert!(text.contains("slope"), "{text}");
        }
    }
}

#[test]
fn json_of_fashion_mnist() {
    let data = Dataset::fashion_mnist().unwrap();
    let json = json(&data);
    assert!(json.starts_with(r#"{"train":{"samples":48000,"class_counts":["#), "{json}");
    assert!(json.ends_with("}\n") && json.lines().count() == 1);

    let value: Value = serde_json::from_str(&json).unwrap();
    for (part, samples) in [("train", 48_000), ("val", 12_000), ("test", 10_000)] {
        assert_eq!(value[part]["samples"], samples);
        let counts = value[part]["class_counts"].as_array().unwrap();
        assert_eq!(counts.len(), 10);
        assert_eq!(counts.iter().filter_map(Value::as_u64).sum::<u64>(), samples);
    }
    assert_eq!(value["test"]["class_counts"], Value::from(vec![1000; 10]));
    for class in 0..10 {
        let count = |part: &str| value[part]["class_counts"][class].as_u64().unwrap();
        assert_eq!(count("train") + count("val"), 6000, "class {class}");
    }
    assert_eq!(value["sha256"].as_object().unwrap().len(), 4);
    for file in &data.files {
        assert_eq!(value["sha256"][file.name.raw()], file.sha256);
    }
    assert_eq!((&value["name"], &value["classes"]), (&"Fashion-MNIST".into(), &10.into()));
    assert_eq!((&value["height"], &value["width"]), (&28.into(), &28.into()));
    assert_eq!((&value["split"]["seed"], &value["split"]["val_fraction"]), (&42.into(), &0.2.into()));
    assert_eq!(value["split"]["sha256"], Split::new(60_000, 0.2, 42).unwrap().sha256());
}

#[test]
fn keys_of_json_are_in_order() {
    let json = json(&small());
    let places: Vec<_> = ["{\"train\":", ",\"val\":", ",\"test\":", ",\"sha256\":", ",\"name\":"]
        .iter()
        .map(|key| json.find(key).unwrap())
        .collect();
    assert!(places.is_sorted(), "{json}");
}

#[test]
fn an_impossible_split_is_refused() {
    let error = Description::new(&small(), 42, 1.5).unwrap_err().to_string();
    assert_eq!(error, "a validation fraction of 1.5 is impossible; it must be over 0 and under 1");
}
