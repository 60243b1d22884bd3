//! (stub, replaced by the data module)
#![allow(missing_docs)]
use std::path::Path;
pub mod describe {}
#[derive(Debug, Clone)]
pub struct Samples {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    height: usize,
    width: usize,
}
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct DataError;
impl Samples {
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>, height: usize, width: usize) -> Result<Self, DataError> {
        Ok(Self { pixels, labels, height, width })
    }
    pub fn len(&self) -> usize {
        self.labels.len()
    }
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
    pub fn height(&self) -> usize {
        self.height
    }
    pub fn width(&self) -> usize {
        self.width
    }
    pub fn features(&self) -> usize {
        self.height * self.width
    }
    pub fn image(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.features()..(i + 1) * self.features()]
    }
    pub fn label(&self, i: usize) -> u8 {
        self.labels[i]
    }
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }
}
#[derive(Debug, Clone)]
pub struct DataFile {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}
#[derive(Debug)]
pub struct Dataset {
    pub name: String,
    pub class_names: Vec<String>,
    pub train: Samples,
    pub test: Samples,
    pub files: Vec<DataFile>,
}
impl Dataset {
    pub fn fashion_mnist() -> Result<Self, DataError> {
        Err(DataError)
    }
    pub fn open(_: &Path) -> Result<Self, DataError> {
        Err(DataError)
    }
    pub fn classes(&self) -> usize {
        self.class_names.len()
    }
}
#[derive(Debug, Clone)]
pub struct Split {
    pub train: Vec<u32>,
    pub val: Vec<u32>,
}
impl Split {
    pub fn new(_: usize, _: f64, _: u32) -> Result<Self, DataError> {
        Err(DataError)
    }
}
pub struct Order;
impl Order {
    pub fn new(_: u64, _: usize) -> Self {
        Self
    }
    pub fn epoch(&self, _: u32) -> Vec<u32> {
        Vec::new()
    }
}
pub fn sha256_hex(_: &[u8]) -> String {
    String::new()
}
