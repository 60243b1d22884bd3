//! Labelled images in memory.

use std::fmt;

use super::DataError;
use super::pixels::Pixels;

/// Labelled greyscale images of one size, a byte per pixel, kept as they were read.
#[derive(PartialEq, Eq)]
pub struct Samples {
    pixels: Pixels,
    labels: Vec<u8>,
    height: usize,
    width: usize,
}

impl Samples {
    /// Images from `pixels`, image after image and row after row (`labels.len()` × `height` × `width` bytes), and
    /// the class of each from `labels`.
    ///
    /// # Errors
    /// When there are no images, when an image would have no pixels, or when the number of pixels is not what the
    /// other three say.
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>, height: usize, width: usize) -> Result<Self, DataError> {
        Self::of(Pixels::Few(pixels), labels, height, width)
    }

    /// As [`Samples::new`], with pixels that are in their place already.
    pub(super) fn of(pixels: Pixels, labels: Vec<u8>, height: usize, width: usize) -> Result<Self, DataError> {
        let needed = height.checked_mul(width).and_then(|features| features.checked_mul(labels.len()));
        if needed != Some(pixels.len()) || pixels.is_empty() {
            return Err(DataError::Samples { pixels: pixels.len(), labels: labels.len(), height, width });
        }
        Ok(Self { pixels, labels, height, width })
    }

    /// How many samples there are; at least one.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none, which [`Samples::new`] rules out.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The height of every image, in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The width of every image, in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many pixels an image has: height × width.
    pub fn features(&self) -> usize {
        self.height * self.width
    }

    /// The pixels of sample `i`, row after row, 0 to 255.
    ///
    /// # Panics
    /// When there is no sample `i`.
    pub fn image(&self, i: usize) -> &[u8] {
        let features = self.features();
        &self.pixels[i * features..(i + 1) * features]
    }

    /// The class of sample `i`.
    ///
    /// # Panics
    /// When there is no sample `i`.
    pub fn label(&self, i: usize) -> u8 {
        self.labels[i]
    }

    /// The classes of all samples, in their order.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }
}

impl fmt::Debug for Samples {
    // Millions of pixels would drown whatever is being debugged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Samples({} of {}×{})", self.len(), self.height, self.width)
    }
}
