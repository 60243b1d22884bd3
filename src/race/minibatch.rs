//! Samples, brought together to pass through a network.

use crate::data::Samples;
use crate::simd;

/// Images that are on their way from memory while one is copied.
const ON_THEIR_WAY: usize = 8;

/// Samples brought together: `pixels` as `[samples][features]`.
#[derive(Default)]
pub struct Minibatch {
    /// Pixels, image after image.
    pub pixels: Vec<u8>,
    /// The class of each image.
    pub labels: Vec<u8>,
}

impl Minibatch {
    /// Brings the first `count` of these samples together, or all if they are fewer, in place of those before. Those
    /// that come after them are likely to be asked for next.
    pub fn gather(&mut self, samples: &Samples, indices: &[u32], count: usize) {
        self.pixels.clear();
        self.labels.clear();
        for (place, &index) in indices.iter().enumerate().take(count) {
            if let Some(&coming) = indices.get(place + ON_THEIR_WAY) {
                simd::prefetch(samples.image(coming as usize));
            }
            self.pixels.extend_from_slice(samples.image(index as usize));
            self.labels.push(samples.label(index as usize));
        }
    }
}
