//! The first layer's products with pixels of which many are 0.
//!
//! Pixels are taken in groups of four neighbours. A minibatch is laid out group by group, with a bit for each sample
//! that has any of the four lit; samples without are passed over. Going forward, the weights of a group's four rows
//! stay in registers while the lit samples add theirs. Going backward, the gradient of these four rows is summed in
//! registers over the lit samples, and handed on while it is still in the first-level cache.
//!
//! A layer of any size is covered by tiles of up to [`WIDEST`] vectors of units.

use std::ops::Range;

use aligned_vec::{AVec, avec};
use pulp::{Simd, WithSimd};

use super::sink::Piece;
use crate::simd;

/// Pixels in a group.
const GROUP: usize = 4;

/// Samples whose lit bits share a word, and whose outputs share the first-level cache.
const BLOCK: usize = u64::BITS as usize;

/// The most vectors of units in a tile: with four rows of weights they fill 28 of AVX-512's 32 registers.
const WIDEST: usize = 7;

/// Numbers in the widest vector; rows of the buffers here are whole vectors of it.
const MOST_LANES: usize = 16;

/// Groups whose gradients are handed on together.
const GROUPS_HANDED_ON: usize = 8;

/// Multiplies pixels with the first layer's weights, and pixels with the gradients that come back to it.
pub struct SparseInput {
    inputs: usize,
    units: usize,
    minibatch: Minibatch,
    /// Outputs of the layer, or their gradients: `[samples][units]`, each row filled up to whole vectors.
    rows: AVec<f32>,
    /// Gradients of the groups that are handed on together.
    tile: AVec<f32>,
}

/// Pixels, group by group.
struct Minibatch {
    samples: usize,
    groups: usize,
    /// For each group, for each block of samples, a bit for each sample that has a lit pixel there.
    lit: Vec<u64>,
    /// For each group, for each sample, its pixels.
    pixels: Vec<[u8; GROUP]>,
    /// Pixel ÷ 255 for each pixel.
    shares: [f32; 256],
}

impl SparseInput {
    /// For a layer of this shape.
    pub fn new(inputs: usize, units: usize) -> Self {
        Self {
            inputs,
            units,
            minibatch: Minibatch {
                samples: 0,
                groups: inputs.div_ceil(GROUP),
                lit: Vec::new(),
                pixels: Vec::new(),
                shares: std::array::from_fn(|value| value as f32 / 255.0),
            },
            rows: avec![],
            tile: avec![0.0; GROUPS_HANDED_ON * GROUP * units + MOST_LANES],
        }
    }

    /// Takes in a minibatch, `[samples][inputs]`, and adds its product with `weights`, `[inputs][units]`, to
    /// `outputs`, `[samples][units]`.
    pub fn forward(&mut self, pixels: &[u8], weights: &[f32], outputs: &mut [f32]) {
        self.minibatch.lay_out(pixels, self.inputs);
        self.load_rows(outputs);
        let Self { units, minibatch, rows, .. } = self;
        simd::dispatch(Forward { minibatch, units: *units, weights, rows });
        for (row, padded) in outputs.chunks_exact_mut(self.units).zip(self.rows.chunks_exact(row_length(self.units))) {
            row.copy_from_slice(&padded[..self.units]);
        }
    }

    /// Hands `take` the gradient of the weights, piece by piece. `output_gradient`, `[samples][units]`, belongs to the
    /// minibatch of the last forward pass.
    pub fn backward(&mut self, output_gradient: &[f32], mut take: impl FnMut(Piece<'_>)) {
        self.load_rows(output_gradient);
        let Self { inputs, units, minibatch, rows, tile } = self;
        let mut first = 0;
        while first < minibatch.groups {
            let is_lit = minibatch.is_lit(first);
            let most = if is_lit { GROUPS_HANDED_ON } else { minibatch.groups };
            let alike = (first..minibatch.groups).take(most).take_while(|&group| minibatch.is_lit(group) == is_lit);
            let groups = first..first + alike.count();
            first = groups.end;
            let place = groups.start * GROUP * *units..(groups.end * GROUP).min(*inputs) * *units;
            if is_lit {
                simd::dispatch(Backward { minibatch, units: *units, rows, groups, gradient: tile });
                let length = place.len();
                take(Piece::Gradient(place, &tile[..length]));
            } else {
                take(Piece::Unlit(place));
            }
        }
    }

    fn load_rows(&mut self, from: &[f32]) {
        let length = row_length(self.units);
        self.rows.resize(self.minibatch.samples * length, 0.0);
        for (padded, row) in self.rows.chunks_exact_mut(length).zip(from.chunks_exact(self.units)) {
            padded[..self.units].copy_from_slice(row);
            padded[self.units..].fill(0.0);
        }
    }
}

/// Units of a row that is filled up to whole vectors.
fn row_length(units: usize) -> usize {
    units.next_multiple_of(MOST_LANES)
}

impl Minibatch {
    fn lay_out(&mut self, pixels: &[u8], inputs: usize) {
        self.samples = pixels.len() / inputs;
        let blocks = self.blocks();
        self.lit.clear();
        self.lit.resize(self.groups * blocks, 0);
        self.pixels.clear();
        self.pixels.resize(self.groups * self.samples, [0; GROUP]);
        for (sample, image) in pixels.chunks_exact(inputs).enumerate() {
            let (block, bit) = (sample / BLOCK, 1 << (sample % BLOCK));
            let (whole, rest) = image.as_chunks::<GROUP>();
            let mut last = [0; GROUP];
            last[..rest.len()].copy_from_slice(rest);
            let last = (!rest.is_empty()).then_some(&last);
            for (group, pixels) in whole.iter().chain(last).enumerate() {
                if *pixels != [0; GROUP] {
                    self.lit[group * blocks + block] |= bit;
                    self.pixels[group * self.samples + sample] = *pixels;
                }
            }
        }
    }

    /// Whether any sample has a lit pixel in `group`.
    fn is_lit(&self, group: usize) -> bool {
        let blocks = self.blocks();
        self.lit[group * blocks..(group + 1) * blocks].iter().any(|lit| *lit != 0)
    }

    fn blocks(&self) -> usize {
        self.samples.div_ceil(BLOCK)
    }

    /// Calls `visit` with each sample of `block` that is lit in `group`, and its four values.
    #[inline(always)]
    fn each_lit(&self, group: usize, block: usize, mut visit: impl FnMut(usize, [f32; GROUP])) {
        let mut lit = self.lit[group * self.blocks() + block];
        let start = block * BLOCK;
        let pixels = &self.pixels[group * self.samples + start..];
        while lit != 0 {
            let bit = lit.trailing_zeros() as usize;
            lit &= lit - 1;
            visit(start + bit, pixels[bit].map(|pixel| self.shares[usize::from(pixel)]));
        }
    }
}

/// Work on a layer that is done one tile of units after the other.
trait Tiled {
    /// Covers `VECTORS` vectors of units from vector `start` on.
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize);
}

/// Covers all units of a layer with tiles as wide as the registers allow.
#[inline(always)]
fn cover<S: Simd>(simd: S, units: usize, work: &mut impl Tiled) {
    let widest = widest::<S>();
    let vectors = units.div_ceil(S::F32_LANES);
    for start in (0..vectors).step_by(widest) {
        match (vectors - start).min(widest) {
            1 => work.tile::<S, 1>(simd, start),
            2 => work.tile::<S, 2>(simd, start),
            3 => work.tile::<S, 3>(simd, start),
            4 => work.tile::<S, 4>(simd, start),
            5 => work.tile::<S, 5>(simd, start),
            6 => work.tile::<S, 6>(simd, start),
            _ => work.tile::<S, WIDEST>(simd, start),
        }
    }
}

/// Adds pixels × weights to `rows`.
struct Forward<'a> {
    minibatch: &'a Minibatch,
    units: usize,
    weights: &'a [f32],
    rows: &'a mut [f32],
}

impl WithSimd for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        cover(simd, self.units, &mut self);
    }
}

impl Tiled for Forward<'_> {
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
        let first_unit = start * S::F32_LANES;
        let length = row_length(self.units);
        for block in 0..self.minibatch.blocks() {
            for group in 0..self.minibatch.groups {
                if self.minibatch.lit[group * self.minibatch.blocks() + block] == 0 {
                    continue;
                }
                let mut weights = [[simd.splat_f32s(0.0); VECTORS]; GROUP];
                for (pixel, weights) in weights.iter_mut().enumerate() {
                    // Past the end of a row the next one begins: what is read of it lands beyond the units.
                    let row_start = (group * GROUP + pixel) * self.units;
                    let Some(row) = self.weights.get(row_start + first_unit..) else { break };
                    *weights = load_vectors(simd, row);
                }
                self.minibatch.each_lit(group, block, |sample, values| {
                    let row = &mut self.rows[sample * length + first_unit..][..VECTORS * S::F32_LANES];
                    let (row, _) = S::as_mut_simd_f32s(row);
                    let values = values.map(|value| simd.splat_f32s(value));
                    for vector in 0..VECTORS {
                        let mut sum = row[vector];
                        for pixel in 0..GROUP {
                            sum = simd.mul_add_f32s(values[pixel], weights[pixel][vector], sum);
                        }
                        row[vector] = sum;
                    }
                });
            }
        }
    }
}

/// Writes the gradient of the weights of some groups, row by row.
struct Backward<'a> {
    minibatch: &'a Minibatch,
    units: usize,
    rows: &'a [f32],
    groups: Range<usize>,
    gradient: &'a mut [f32],
}

impl WithSimd for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        cover(simd, self.units, &mut self);
    }
}

impl Tiled for Backward<'_> {
    #[inline(always)]
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize) {
        let first_unit = start * S::F32_LANES;
        let length = row_length(self.units);
        for (index, group) in self.groups.clone().enumerate() {
            let mut sums = [[simd.splat_f32s(0.0); VECTORS]; GROUP];
            for block in 0..self.minibatch.blocks() {
                self.minibatch.each_lit(group, block, |sample, values| {
                    let row = &self.rows[sample * length + first_unit..][..VECTORS * S::F32_LANES];
                    let (row, _) = S::as_simd_f32s(row);
                    for pixel in 0..GROUP {
                        let value = simd.splat_f32s(values[pixel]);
                        for vector in 0..VECTORS {
                            sums[pixel][vector] = simd.mul_add_f32s(value, row[vector], sums[pixel][vector]);
                        }
                    }
                });
            }
            for (pixel, sums) in sums.into_iter().enumerate() {
                let row_start = (index * GROUP + pixel) * self.units;
                let row = &mut self.gradient[row_start + first_unit..];
                // A row in one tile may be written past its end, since the next row is written after it; a row in
                // several tiles may not.
                let end = if start == 0 && VECTORS * S::F32_LANES >= self.units {
                    VECTORS * S::F32_LANES
                } else {
                    (VECTORS * S::F32_LANES).min(self.units - first_unit)
                };
                store_vectors(simd, &mut row[..end], sums);
            }
        }
    }
}

/// Vectors of units in a tile, such that four rows of them, and what they are multiplied with, fit the registers.
fn widest<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { WIDEST } else { 2 }
}

/// The first vectors of `row`; what is beyond its end is 0.
#[inline(always)]
fn load_vectors<S: Simd, const VECTORS: usize>(simd: S, row: &[f32]) -> [S::f32s; VECTORS] {
    let (whole, rest) = S::as_simd_f32s(row);
    let mut vectors = [simd.splat_f32s(0.0); VECTORS];
    for (index, vector) in vectors.iter_mut().enumerate() {
        if index < whole.len() {
            *vector = whole[index];
        } else if index == whole.len() {
            *vector = simd.partial_load_f32s(rest);
        }
    }
    vectors
}

/// Fills `row` with the first numbers of `vectors`.
#[inline(always)]
fn store_vectors<S: Simd, const VECTORS: usize>(simd: S, row: &mut [f32], vectors: [S::f32s; VECTORS]) {
    let (whole, rest) = S::as_mut_simd_f32s(row);
    for (index, vector) in vectors.into_iter().enumerate() {
        if index < whole.len() {
            whole[index] = vector;
        } else if index == whole.len() {
            simd.partial_store_f32s(rest, vector);
        }
    }
}
