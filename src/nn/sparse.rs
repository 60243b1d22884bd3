//! The first layer's products with pixels of which many are 0.
//!
//! Pixels are taken in groups of neighbours. For each group there is a bit for each sample of the minibatch that has any
//! pixel of it lit; samples without are passed over. Going forward, the weights of a group's rows stay in registers
//! while the lit samples add theirs. Going backward, the gradient of two rows is summed in registers over the lit
//! samples, and handed on while it is still in the first-level cache.
//!
//! A single sample needs no bits: its outputs stay in registers, and its gradient is the product of two vectors.
//!
//! A layer of any size is covered by tiles of a few vectors of units.

mod backward;
mod forward;
mod lit;
mod single;

use std::ops::Range;

use aligned_vec::{AVec, avec};

use self::backward::{Backward, TakeGradients};
use self::forward::Forward;
use self::lit::{GROUP, Images, Lit, PAIR};
use self::single::Single;
use super::tiles::{MOST_LANES, row_length};
use crate::gradient::{Gradient, Outer, find_nonzero};
use crate::simd;

/// Weights whose gradients are handed on together, as long as they are whole pairs of rows: they share the first-level
/// cache with the gradients of a block of samples.
const HANDED_ON: usize = 4096;

/// Multiplies pixels with the first layer's weights, and pixels with the gradients that come back to it.
pub struct SparseInput {
    inputs: usize,
    units: usize,
    lit: Lit,
    /// The minibatch, where its images have to be filled up to whole groups of pixels.
    padded: Vec<u8>,
    /// Outputs of the layer, or their gradients, tile by tile, each row filled up to whole vectors.
    rows: AVec<f32>,
    /// The weights of the last group, with room after them.
    edge: Vec<f32>,
    /// Gradients of the pairs that are handed on together, `[pixels][units]`, with room after them.
    tile: AVec<f32>,
    /// Their sums over the blocks of samples so far, each row filled up to whole vectors.
    sums: AVec<f32>,
    /// The minibatch of the last forward pass, pixel ÷ 255, if it was a single sample.
    sample: Vec<f32>,
    /// Its pixels that are not 0.
    lit_pixels: Vec<u32>,
    /// Pixel ÷ 255 for each pixel.
    shares: [f32; 256],
}

impl SparseInput {
    /// For a layer of this shape.
    pub fn new(inputs: usize, units: usize) -> Self {
        let room = pairs_handed_on(units) * PAIR * row_length(units);
        Self {
            inputs,
            units,
            lit: Lit::new(inputs.next_multiple_of(GROUP)),
            padded: Vec::new(),
            rows: avec![],
            edge: Vec::new(),
            tile: avec![0.0; room],
            sums: avec![0.0; room],
            sample: Vec::new(),
            lit_pixels: Vec::new(),
            shares: std::array::from_fn(|value| value as f32 / 255.0),
        }
    }

    /// Takes in a minibatch, `[samples][inputs]`, and fills `outputs`, `[samples][units]`, with its product with
    /// `weights`, `[inputs][units]`, and the biases.
    pub fn forward(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        if pixels.len() == self.inputs {
            self.forward_single(pixels, weights, biases, outputs);
            return;
        }
        self.make_room(pixels.len() / self.inputs);
        let Self { inputs, units, lit, padded, rows, edge, shares, .. } = self;
        if !inputs.is_multiple_of(GROUP) {
            pad(pixels, *inputs, padded);
        }
        let images = images(*inputs, pixels, padded);
        lit.find(images);
        simd::dispatch(Forward { units: *units, images, lit, shares, weights, biases, edge, rows, outputs });
    }

    fn forward_single(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        self.make_room(1);
        let Self { units, rows, sample, lit_pixels, shares, .. } = self;
        rows[..*units].copy_from_slice(biases);
        sample.clear();
        sample.extend(pixels.iter().map(|&pixel| shares[usize::from(pixel)]));
        find_nonzero(sample, lit_pixels);
        simd::dispatch(Single { units: *units, sample, lit: lit_pixels, weights, row: rows });
        outputs.copy_from_slice(&rows[..*units]);
    }

    /// Hands `take` the gradient of the weights, piece by piece, each with its place among them. `output_gradient`, `[samples][units]`, belongs to
    /// `pixels`, the minibatch of the last forward pass.
    pub fn backward(
        &mut self,
        pixels: &[u8],
        output_gradient: &[f32],
        mut take: impl FnMut(Range<usize>, Gradient<'_>),
    ) {
        if pixels.len() == self.inputs {
            let outer = Outer { rows: &self.sample, columns: output_gradient };
            take(0..self.inputs * self.units, Gradient::Outer(outer));
            return;
        }
        let Self { inputs, units, lit, padded, rows, tile, sums, shares, .. } = self;
        let (inputs, units) = (*inputs, *units);
        let images = images(inputs, pixels, padded);
        simd::dispatch(TakeGradients { units, output_gradient, rows });
        for (pairs, is_lit) in lit.pieces(pairs_of_whole_vectors(units), pairs_handed_on(units)) {
            // What an image is filled up with has no weights.
            let place = (pairs.start * PAIR).min(inputs) * units..(pairs.end * PAIR).min(inputs) * units;
            if is_lit {
                simd::dispatch(Backward { units, images, lit, shares, rows, pairs, sums, gradient: tile });
                let length = place.len();
                take(place, Gradient::Dense(&tile[..length]));
            } else if !place.is_empty() {
                take(place, Gradient::Zero);
            }
        }
    }

    fn make_room(&mut self, samples: usize) {
        self.rows.resize(samples * row_length(self.units), 0.0);
    }
}

/// The images of a minibatch, `[samples][inputs]`, filled up where need be: `padded` holds them then.
fn images<'a>(inputs: usize, pixels: &'a [u8], padded: &'a [u8]) -> Images<'a> {
    let values = if inputs.is_multiple_of(GROUP) { pixels } else { padded };
    Images { pixels: inputs.next_multiple_of(GROUP), values }
}

/// Copies images of `inputs` pixels, each filled up to whole groups with pixels that are 0.
fn pad(pixels: &[u8], inputs: usize, padded: &mut Vec<u8>) {
    padded.clear();
    for image in pixels.chunks_exact(inputs) {
        padded.extend_from_slice(image);
        padded.resize(padded.len().next_multiple_of(GROUP), 0);
    }
}

/// The fewest pairs whose weights are whole vectors: pieces of so many begin where a vector does.
fn pairs_of_whole_vectors(units: usize) -> usize {
    (1..).find(|pairs| (pairs * PAIR * units).is_multiple_of(MOST_LANES)).unwrap_or(1)
}

fn pairs_handed_on(units: usize) -> usize {
    (HANDED_ON / (PAIR * units)).clamp(1, 64).next_multiple_of(pairs_of_whole_vectors(units))
}
