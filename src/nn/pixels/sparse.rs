//! The first layer's products with pixels of which many are 0.
//!
//! Pixels are taken in groups of neighbours. For each group there is a bit for each sample of the minibatch that has a
//! nonzero pixel in it; samples without are passed over. Going forward, the weights of a group's rows stay in registers
//! while these samples add theirs. Going backward, the gradient of two rows is summed in registers over the samples
//! with a nonzero pixel there, and handed on while it is still in the first-level cache.
//!
//! A single sample needs no bits: its outputs stay in registers, and its gradient is the product of two vectors.
//!
//! A layer of any size is covered by tiles of a few vectors of units.

mod backward;
mod forward;
mod nonzero;
mod single;

use std::ops::Range;

use aligned_vec::{AVec, avec};

use self::backward::{Backward, TakeGradients};
use self::forward::Forward;
use self::nonzero::{GROUP, Images, NonzeroMask, PAIR};
use self::single::Single;
use super::unit::PIXEL_TO_UNIT;
use crate::gradient::{Gradient, Outer, find_nonzero};
use crate::nn::architecture::DenseShape;
use crate::nn::tiles::{MOST_LANES, row_length};
use crate::simd::Engine;

/// Weights whose gradients are handed on together, as long as they are whole pairs of rows: they share the first-level
/// cache with the gradients of a block of samples.
const HANDED_ON: usize = 4096;

/// Multiplies pixels with the first layer's weights, and pixels with the gradients that come back to it.
pub struct SparsePixels {
    engine: Engine,
    inputs: usize,
    units: usize,
    nonzero: NonzeroMask,
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
    nonzero_pixels: Vec<u32>,
    /// [`PIXEL_TO_UNIT`], behind a pointer: at a fixed address it costs 4 % of the forward pass.
    units_of_pixels: Box<[f32; 256]>,
}

impl SparsePixels {
    /// For a layer of this shape.
    pub fn new(engine: Engine, DenseShape { inputs, units }: DenseShape) -> Self {
        let room = pairs_handed_on(units) * PAIR * row_length(units);
        Self {
            engine,
            inputs,
            units,
            nonzero: NonzeroMask::new(inputs.next_multiple_of(GROUP)),
            padded: Vec::new(),
            rows: avec![],
            edge: Vec::new(),
            tile: avec![0.0; room],
            sums: avec![0.0; room],
            sample: Vec::new(),
            nonzero_pixels: Vec::new(),
            units_of_pixels: Box::new(PIXEL_TO_UNIT),
        }
    }

    /// See [`PixelProducts::forward`](super::PixelProducts::forward).
    pub fn forward(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        if pixels.len() == self.inputs {
            self.forward_single(pixels, weights, biases, outputs);
            return;
        }
        self.make_room(pixels.len() / self.inputs);
        let Self { engine, inputs, units, nonzero, padded, rows, edge, units_of_pixels, .. } = self;
        if !inputs.is_multiple_of(GROUP) {
            pad(pixels, *inputs, padded);
        }
        let images = images(*inputs, pixels, padded);
        nonzero.find(*engine, images);
        let units = *units;
        engine.dispatch(Forward { units, images, nonzero, units_of_pixels, weights, biases, edge, rows, outputs });
    }

    fn forward_single(&mut self, pixels: &[u8], weights: &[f32], biases: &[f32], outputs: &mut [f32]) {
        self.make_room(1);
        let Self { engine, units, rows, sample, nonzero_pixels, units_of_pixels, .. } = self;
        rows[..*units].copy_from_slice(biases);
        sample.clear();
        sample.extend(pixels.iter().map(|&pixel| units_of_pixels[usize::from(pixel)]));
        find_nonzero(sample, nonzero_pixels);
        engine.dispatch(Single { units: *units, sample, nonzero: nonzero_pixels, weights, row: rows });
        outputs.copy_from_slice(&rows[..*units]);
    }

    /// See [`PixelProducts::backward`](super::PixelProducts::backward).
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
        let Self { engine, inputs, units, nonzero, padded, rows, tile, sums, units_of_pixels, .. } = self;
        let (inputs, units) = (*inputs, *units);
        let images = images(inputs, pixels, padded);
        engine.dispatch(TakeGradients { units, output_gradient, rows });
        for (pairs, is_nonzero) in nonzero.pieces(pairs_of_whole_vectors(units), pairs_handed_on(units)) {
            // What an image is filled up with has no weights.
            let place = (pairs.start * PAIR).min(inputs) * units..(pairs.end * PAIR).min(inputs) * units;
            if is_nonzero {
                engine.dispatch(Backward {
                    units,
                    images,
                    nonzero,
                    units_of_pixels,
                    rows,
                    pairs,
                    sums,
                    gradient: tile,
                });
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
