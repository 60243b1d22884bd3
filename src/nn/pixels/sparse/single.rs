//! From the pixels of a single sample to the outputs of the layer.

use pulp::{Simd, WithSimd};

use crate::nn::tiles::{MOST_LANES, Tiled, WIDEST, cover, load, store};

/// Adds pixels × weights to `row`, which is filled up to whole vectors.
pub struct Single<'a> {
    pub units: usize,
    /// Pixel ÷ 255.
    pub sample: &'a [f32],
    /// The pixels that are not 0.
    pub nonzero: &'a [u32],
    pub weights: &'a [f32],
    pub row: &'a mut [f32],
}

impl WithSimd for Single<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        cover(simd, self.units, WIDEST, &mut self);
    }
}

impl Tiled for Single<'_> {
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
        let first_unit = start * S::F32_LANES;
        let width = VECTORS * S::F32_LANES;
        let mut totals: [S::f32s; VECTORS] = load(simd, &self.row[first_unit..]);
        for &pixel in self.nonzero {
            let pixel = pixel as usize;
            let place = pixel * self.units + first_unit;
            // Past the end of a row the next one begins: what is read of it lands beyond the units.
            let columns: [S::f32s; VECTORS] = match self.weights.get(place..place + width) {
                Some(weights) => load(simd, weights),
                None => load(simd, &last_weights(&self.weights[place..])),
            };
            let value = simd.splat_f32s(self.sample[pixel]);
            for vector in 0..VECTORS {
                totals[vector] = simd.mul_add_f32s(value, columns[vector], totals[vector]);
            }
        }
        store(simd, &mut self.row[first_unit..], totals);
    }
}

/// The last weights, and zeros after them.
#[cold]
fn last_weights(weights: &[f32]) -> [f32; WIDEST * MOST_LANES] {
    let mut all = [0.0; WIDEST * MOST_LANES];
    all[..weights.len()].copy_from_slice(weights);
    all
}
