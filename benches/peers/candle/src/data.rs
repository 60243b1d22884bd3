//! The training samples, from the raw files that all peers read.

use std::path::Path;

use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor};

/// Values of an image.
pub const PIXELS: usize = 784;
/// Kinds of clothing.
pub const CLASSES: usize = 10;

/// Pixels between 0 and 1, a row for each sample, and labels.
pub fn load(folder: &Path) -> Result<(Tensor, Tensor)> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).with_context(|| path.display().to_string())
    };
    let (images, labels) = (read("images.u8")?, read("labels.u8")?);
    let samples = labels.len();
    let images = Tensor::from_vec(images, (samples, PIXELS), &Device::Cpu)?.to_dtype(DType::F32)?;
    let labels = Tensor::from_vec(labels, samples, &Device::Cpu)?.to_dtype(DType::U32)?;
    Ok(((images / 255.)?, labels))
}
