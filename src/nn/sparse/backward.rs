//! From the gradients of the outputs of the layer to those of its weights.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::lit::{BLOCK, Lit, PAIR};
use crate::nn::tiles::{Tiled, WIDEST, cover, load, pixels_at, row_length, store};

/// Writes the gradient of the weights of some pairs of pixels, row by row.
pub struct Backward<'a> {
    pub inputs: usize,
    pub units: usize,
    pub pixels: &'a [u8],
    pub lit: &'a Lit,
    pub shares: &'a [f32; 256],
    pub rows: &'a [f32],
    pub pairs: Range<usize>,
    pub sums: &'a mut [f32],
    pub gradient: &'a mut [f32],
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        cover(simd, self.units, WIDEST, &mut self);
    }
}

impl Tiled for Backward<'_> {
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
        let Backward { inputs, units, pixels, lit, shares, rows, pairs, sums, gradient } = self;
        let (inputs, units) = (*inputs, *units);
        let first_unit = start * S::F32_LANES;
        let width = VECTORS * S::F32_LANES;
        let length = row_length(units);
        for block in 0..lit.blocks() {
            let samples = lit.samples(block);
            let rows = &rows[samples.start * length..samples.end * length];
            let pixels = &pixels[samples.start * inputs..samples.end * inputs];
            let (is_first, is_last) = (block == 0, block + 1 == lit.blocks());
            for (index, pair) in pairs.clone().enumerate() {
                let mut totals = [[simd.splat_f32s(0.0); VECTORS]; PAIR];
                if !is_first {
                    for pixel in 0..PAIR {
                        totals[pixel] = load(simd, &sums[(index * PAIR + pixel) * length + first_unit..]);
                    }
                }
                let mut lit = lit.block(block)[pair];
                while lit != 0 {
                    let sample = lit.trailing_zeros() as usize % BLOCK;
                    lit &= lit - 1;
                    let values = pixels_at::<PAIR>(pixels, sample * inputs + pair * PAIR);
                    let values = values.map(|pixel| simd.splat_f32s(shares[usize::from(pixel)]));
                    let row: [S::f32s; VECTORS] = load(simd, &rows[sample * length + first_unit..]);
                    for vector in 0..VECTORS {
                        for pixel in 0..PAIR {
                            totals[pixel][vector] =
                                simd.mul_add_f32s(values[pixel], row[vector], totals[pixel][vector]);
                        }
                    }
                }
                if !is_last {
                    for pixel in 0..PAIR {
                        store(simd, &mut sums[(index * PAIR + pixel) * length + first_unit..], totals[pixel]);
                    }
                    continue;
                }
                for pixel in 0..PAIR {
                    let row = &mut gradient[(index * PAIR + pixel) * units + first_unit..];
                    // A row in one tile may be written past its end, since the next row is written after it; a row
                    // in several tiles may not.
                    if width >= units || first_unit + width <= units {
                        store(simd, row, totals[pixel]);
                    } else {
                        store_some(simd, &mut row[..units - first_unit], totals[pixel]);
                    }
                }
            }
        }
    }
}

/// Fills `numbers`, whole vectors but for the last, with the first of `vectors`.
#[inline(always)]
fn store_some<S: Simd, const VECTORS: usize>(simd: S, numbers: &mut [f32], vectors: [S::f32s; VECTORS]) {
    let (whole, rest) = S::as_mut_simd_f32s(numbers);
    for (numbers, vector) in whole.iter_mut().zip(vectors) {
        *numbers = vector;
    }
    simd.partial_store_f32s(rest, vectors[VECTORS - 1]);
}
