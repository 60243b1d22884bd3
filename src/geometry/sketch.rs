//! Steps through weight space compressed to 2,048 numbers each, so that thousands of them can be kept.
//!
//! A *count sketch* (Charikar, Chen & Farach-Colton 2002, *Finding frequent items in data streams*; as a projection
//! that keeps distances, Weinberger et al. 2009, *Feature hashing for large scale multitask learning*): every
//! parameter belongs to one of [`SKETCH`] buckets, index mod 2,048, and each bucket is the sum of its parameters'
//! updates, every one with a random sign that is fixed for all steps and runs.
//!
//! The sketch is linear, so positions are sums of sketched updates, and it keeps lengths and angles in the mean: the
//! squared length of a sketched vector has the true one as its expectation, with a relative standard deviation of at
//! most √(2 ÷ 2,048) = 3.1 %, so that lengths and distances have one of about 1.6 %. The picture of a path needs more
//! than that: its second principal component is little longer than the third. With 2,048 numbers what is drawn of 40
//! to 2,000 steps of SGD, momentum, RMSprop and Adam lies within a tenth of the true picture (the root mean square of
//! the distances between both, by that of the true one's distances from its middle). What is *measured* of a way
//! ([`Path`](super::Path), [`Turn`](super::Turn)) is exact and comes from all parameters.

use pulp::{Simd, WithSimd};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::simd;

/// Numbers in a sketch.
pub const SKETCH: usize = 2048;

/// A vector over all parameters, compressed to [`SKETCH`] numbers.
pub type Sketch = Box<[f32]>;

/// Blocks of [`SKETCH`] parameters whose signs share words.
const BLOCKS: usize = u32::BITS as usize;

/// Numbers that are summed at once: their sums and signs stay in registers.
const LANES: usize = 32;

/// The seed of all signs: two sketches can be compared whatever race they come from.
const SEED: u64 = 0;

/// Compresses vectors over a number of parameters.
pub struct Sketcher {
    /// A random bit for each parameter: bit 31 − k of word l is that of the parameter l in block k of 32.
    signs: Vec<Box<[u32]>>,
}

impl Sketcher {
    /// For vectors over this many parameters.
    pub fn new(parameters: usize) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut words = || (0..SKETCH).map(|_| random.next_u32()).collect();
        Self { signs: (0..parameters.div_ceil(SKETCH * BLOCKS)).map(|_| words()).collect() }
    }

    /// The sketch of `vector`, which has as many numbers as there are parameters.
    pub fn sketch(&self, vector: &[f32]) -> Sketch {
        simd::dispatch(Sums { vector, signs: &self.signs })
    }
}

struct Sums<'a> {
    vector: &'a [f32],
    signs: &'a [Box<[u32]>],
}

impl WithSimd for Sums<'_> {
    type Output = Sketch;

    // No closures in here: what is called from one is compiled without the vector instructions.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Sketch {
        let mut sketch = vec![0.0; SKETCH].into_boxed_slice();
        for first in (0..SKETCH).step_by(LANES) {
            let mut sums = [0.0_f32; LANES];
            for (tile, words) in self.vector.chunks(SKETCH * BLOCKS).zip(self.signs) {
                let mut signs = [0_u32; LANES];
                signs.copy_from_slice(&words[first..first + LANES]);
                let (blocks, rest) = tile.as_chunks::<SKETCH>();
                for block in blocks {
                    for lane in 0..LANES {
                        sums[lane] += with_sign(block[first + lane], signs[lane]);
                        signs[lane] <<= 1;
                    }
                }
                for lane in 0..LANES.min(rest.len().saturating_sub(first)) {
                    sums[lane] += with_sign(rest[first + lane], signs[lane]);
                }
            }
            sketch[first..first + LANES].copy_from_slice(&sums);
        }
        sketch
    }
}

/// The number, negated where the highest bit is set.
#[inline(always)]
fn with_sign(number: f32, bits: u32) -> f32 {
    f32::from_bits(number.to_bits() ^ (bits & (1 << 31)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_counts_once_in_its_bucket() {
        for parameters in [1, 63, 64, 100, 2047, 2048, 2049, 5000] {
            let sketcher = Sketcher::new(parameters);
            let mut signs = 0.0;
            for index in 0..parameters {
                let mut vector = vec![0.0; parameters];
                vector[index] = 1.0;
                let sketch = sketcher.sketch(&vector);
                let others = sketch.iter().enumerate().filter(|(bucket, _)| *bucket != index % SKETCH);
                assert!(others.clone().all(|(_, sum)| *sum == 0.0), "parameter {index} of {parameters}");
                assert_eq!(sketch[index % SKETCH].abs(), 1.0, "parameter {index} of {parameters}");
                signs += sketch[index % SKETCH];
            }
            // Both signs are as likely: five standard deviations.
            assert!(signs.abs() <= 5.0 * (parameters as f32).sqrt(), "{signs} of {parameters}");
        }
    }

    #[test]
    fn a_sketch_is_linear() {
        let sketcher = Sketcher::new(3000);
        let numbers = |step: usize| (0..3000).map(|i| ((i * step) % 17) as f32 - 8.0).collect::<Vec<_>>();
        let (a, b) = (numbers(3), numbers(5));
        let sum: Vec<f32> = a.iter().zip(&b).map(|(a, b)| a + 2.0 * b).collect();
        let (a, b, sum) = (sketcher.sketch(&a), sketcher.sketch(&b), sketcher.sketch(&sum));
        // Small whole numbers: exact.
        assert!((0..SKETCH).all(|bucket| sum[bucket] == a[bucket] + 2.0 * b[bucket]));
    }
}
