//! From pixels to the outputs of the layer.

use pulp::{Simd, WithSimd};

use super::lit::{BLOCK, Lit, PAIR};
use crate::nn::tiles::{Tiled, WIDEST, cover, load, pixels_at, row_length};

/// Adds pixels × weights to `rows`.
pub struct Forward<'a> {
    pub inputs: usize,
    pub units: usize,
    pub pixels: &'a [u8],
    pub lit: &'a Lit,
    pub shares: &'a [f32; 256],
    pub weights: &'a [f32],
    pub edge: &'a mut Vec<f32>,
    pub rows: &'a mut [f32],
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
        let Forward { inputs, units, pixels, lit, shares, weights, edge, rows } = &mut *self.forward;
        let (inputs, units) = (*inputs, *units);
        let first_unit = start * S::F32_LANES;
        let length = row_length(units);
        for block in 0..lit.blocks() {
            let samples = lit.samples(block);
            let rows = &mut rows[samples.start * length..samples.end * length];
            let pixels = &pixels[samples.start * inputs..samples.end * inputs];
            for (group, pairs) in lit.block(block).chunks(PIXELS / PAIR).enumerate() {
                let mut lit = pairs.iter().fold(0, |lit, pair| lit | pair);
                if lit == 0 {
                    continue;
                }
                let first_pixel = group * PIXELS;
                // Past the end of a row the next one begins: what is read of it lands beyond the units.
                let place = first_pixel * units..(first_pixel + PIXELS - 1) * units + length;
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
                while lit != 0 {
                    let sample = lit.trailing_zeros() as usize % BLOCK;
                    lit &= lit - 1;
                    let values = pixels_at::<PIXELS>(pixels, sample * inputs + first_pixel);
                    let values = values.map(|pixel| simd.splat_f32s(shares[usize::from(pixel)]));
                    let row = &mut rows[sample * length + first_unit..][..VECTORS * S::F32_LANES];
                    let (row, _) = S::as_mut_simd_f32s(row);
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
    }
}

/// The last weights, and zeros after them.
#[cold]
fn copy_edge(weights: &[f32], length: usize, edge: &mut Vec<f32>) {
    edge.clear();
    edge.extend_from_slice(weights);
    edge.resize(length, 0.0);
}
