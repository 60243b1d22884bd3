//! From pixels to the outputs of the layer.

use pulp::{Simd, WithSimd};

use super::nonzero::{Images, NonzeroMask, PAIR};
use crate::nn::tiles::{Tiled, WIDEST, cover, load, load_some, row_length, rows_of_mut, store_some};

/// Fills `outputs`, `[samples][units]`, with pixels × weights + biases.
pub struct Forward<'a> {
    pub units: usize,
    pub images: Images<'a>,
    pub nonzero: &'a NonzeroMask,
    pub units_of_pixels: &'a [f32; 256],
    pub weights: &'a [f32],
    pub biases: &'a [f32],
    pub edge: &'a mut Vec<f32>,
    /// Room for the sums of a tile.
    pub rows: &'a mut [f32],
    pub outputs: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // As many weights as leave room in the registers for what they are multiplied with and added to.
        if S::REGISTER_COUNT >= 32 {
            cover(simd, self.units, WIDEST, &mut Groups::<4> { forward: &mut self });
        } else {
            cover(simd, self.units, WIDEST, &mut Groups::<2> { forward: &mut self });
        }
    }
}

/// The work in groups of this many pixels.
struct Groups<'a, 'b, const PIXELS: usize> {
    forward: &'a mut Forward<'b>,
}

impl<const PIXELS: usize> Tiled for Groups<'_, '_, PIXELS> {
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
        let Forward { units, images, nonzero, units_of_pixels, weights, biases, edge, rows, outputs } =
            &mut *self.forward;
        let units = *units;
        let first_unit = start * S::F32_LANES;
        let end = (first_unit + VECTORS * S::F32_LANES).min(units);
        let rows = rows_of_mut::<S, VECTORS>(rows, images.samples(), 0);
        rows.fill(load_some(simd, &biases[first_unit..end]));
        for block in 0..nonzero.blocks() {
            let samples = nonzero.samples(block);
            let groups = images.groups::<PIXELS>(samples.clone());
            let groups_per_image = images.pixels / PIXELS;
            let rows = &mut rows[samples];
            for (group, pairs) in nonzero.block(block).chunks(PIXELS / PAIR).enumerate() {
                let mut samples_left = pairs.iter().fold(0, |samples, pair| samples | pair);
                if samples_left == 0 {
                    continue;
                }
                // Past the end of a row the next one begins: what is read of it lands beyond the units.
                let first_pixel = group * PIXELS;
                let place = first_pixel * units..(first_pixel + PIXELS - 1) * units + row_length(units);
                let weights = match weights.get(place.clone()) {
                    Some(weights) => weights,
                    None => {
                        copy_edge(&weights[place.start..], place.len(), edge);
                        edge.as_slice()
                    }
                };
                let mut columns = [[simd.splat_f32s(0.0); VECTORS]; PIXELS];
                for (pixel, column) in columns.iter_mut().enumerate() {
                    *column = load(simd, &weights[pixel * units + first_unit..]);
                }
                while samples_left != 0 {
                    let sample = samples_left.trailing_zeros() as usize;
                    samples_left &= samples_left - 1;
                    let pixels = groups[sample * groups_per_image + group];
                    let values = pixels.map(|pixel| simd.splat_f32s(units_of_pixels[usize::from(pixel)]));
                    let row = &mut rows[sample];
                    for (vector, total) in row.iter_mut().enumerate() {
                        let mut sum = *total;
                        for (value, column) in values.iter().zip(&columns) {
                            sum = simd.mul_add_f32s(*value, column[vector], sum);
                        }
                        *total = sum;
                    }
                }
            }
        }
        for (output, row) in outputs.chunks_exact_mut(units).zip(rows) {
            store_some(simd, &mut output[first_unit..end], *row);
        }
    }
}

/// The last weights, and zeros after them.
#[cold]
fn copy_edge(weights: &[f32], length: usize, edge: &mut Vec<f32>) {
    edge.clear();
    edge.extend_from_slice(weights);
    edge.resize(length, 0.0);
}
