//! From the gradients of the outputs of the layer to those of its weights.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::nonzero::{Images, NonzeroMask, PAIR};
use crate::nn::tiles::{Tiled, WIDEST, cover, load, load_some, row_length, rows_of, rows_of_mut, store, store_some};

/// Takes in the gradients of the outputs, `[samples][units]`.
pub struct TakeGradients<'a> {
    pub units: usize,
    pub output_gradient: &'a [f32],
    /// Room for the rows of all tiles.
    pub rows: &'a mut [f32],
}

impl WithSimd for TakeGradients<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        cover(simd, self.units, WIDEST, &mut self);
    }
}

impl Tiled for TakeGradients<'_> {
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
        let first_unit = start * S::F32_LANES;
        let end = (first_unit + VECTORS * S::F32_LANES).min(self.units);
        let samples = self.output_gradient.len() / self.units;
        let rows = rows_of_mut::<S, VECTORS>(self.rows, samples, start);
        for (row, gradient) in rows.iter_mut().zip(self.output_gradient.chunks_exact(self.units)) {
            *row = load_some(simd, &gradient[first_unit..end]);
        }
    }
}

/// Writes the gradient of the weights of some pairs of pixels, row by row.
pub struct Backward<'a> {
    pub units: usize,
    pub images: Images<'a>,
    pub nonzero: &'a NonzeroMask,
    pub units_of_pixels: &'a [f32; 256],
    /// What [`TakeGradients`] took in.
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
        let Backward { units, images, nonzero, units_of_pixels, rows, pairs, sums, gradient } = self;
        let units = *units;
        let first_unit = start * S::F32_LANES;
        let width = VECTORS * S::F32_LANES;
        let length = row_length(units);
        let rows = rows_of::<S, VECTORS>(rows, images.samples(), start);
        for block in 0..nonzero.blocks() {
            let samples = nonzero.samples(block);
            let groups = images.groups::<PAIR>(samples.clone());
            let groups_per_image = images.pixels / PAIR;
            let rows = &rows[samples];
            let (is_first, is_last) = (block == 0, block + 1 == nonzero.blocks());
            for (index, pair) in pairs.clone().enumerate() {
                let mut totals = [[simd.splat_f32s(0.0); VECTORS]; PAIR];
                if !is_first {
                    for pixel in 0..PAIR {
                        totals[pixel] = load(simd, &sums[(index * PAIR + pixel) * length + first_unit..]);
                    }
                }
                let mut samples_left = nonzero.block(block)[pair];
                while samples_left != 0 {
                    let sample = samples_left.trailing_zeros() as usize;
                    samples_left &= samples_left - 1;
                    let pixels = groups[sample * groups_per_image + pair];
                    let values = pixels.map(|pixel| simd.splat_f32s(units_of_pixels[usize::from(pixel)]));
                    let row = &rows[sample];
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
