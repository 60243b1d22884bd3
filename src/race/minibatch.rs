//! Samples, brought together to pass through a network.

use crate::data::Samples;

/// Samples brought together: `pixels` as `[samples][features]`.
#[derive(Default)]
pub struct Minibatch {
    /// Pixels, image after image.
    pub pixels: Vec<u8>,
    /// The class of each image.
    pub labels: Vec<u8>,
}

impl Minibatch {
    /// Brings these samples together, in place of those before.
    pub fn gather(&mut self, samples: &Samples, indices: impl Iterator<Item = u32>) {
        self.pixels.clear();
        self.labels.clear();
        for index in indices {
            self.pixels.extend_from_slice(samples.image(index as usize));
            self.labels.push(samples.label(index as usize));
        }
    }
}
