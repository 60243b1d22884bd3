//! Which samples of a minibatch have which pixels nonzero.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use crate::simd::Engine;

/// Neighbouring pixels that share a bit.
pub const PAIR: usize = 2;

/// Neighbouring pixels that are multiplied together at most.
pub const GROUP: usize = 4;

/// Samples whose bits share a word, and whose outputs share the first-level cache.
pub const BLOCK: usize = u32::BITS as usize;

/// A minibatch whose images are filled up to whole [`GROUP`]s of pixels.
#[derive(Clone, Copy)]
pub struct Images<'a> {
    /// Of an image.
    pub pixels: usize,
    /// `[samples][pixels]`.
    pub values: &'a [u8],
}

impl<'a> Images<'a> {
    pub fn samples(self) -> usize {
        self.values.len() / self.pixels
    }

    /// Neighbouring pixels, together, of some samples.
    #[inline(always)]
    pub fn groups<const PIXELS: usize>(self, samples: Range<usize>) -> &'a [[u8; PIXELS]] {
        self.values[samples.start * self.pixels..samples.end * self.pixels].as_chunks().0
    }
}

/// For each block of samples, for each pair of pixels, a bit for each sample that has a nonzero pixel there.
pub struct NonzeroMask {
    pairs: usize,
    samples: usize,
    words: Vec<u32>,
}

impl NonzeroMask {
    /// For images of this many pixels.
    pub fn new(pixels: usize) -> Self {
        Self { pairs: pixels / PAIR, samples: 0, words: Vec::new() }
    }

    /// Takes in a minibatch.
    pub fn find(&mut self, engine: Engine, images: Images<'_>) {
        self.samples = images.samples();
        self.words.clear();
        self.words.resize(self.blocks() * self.pairs, 0);
        engine.dispatch(Find { images, words: &mut self.words });
    }

    /// Blocks of the minibatch.
    pub fn blocks(&self) -> usize {
        self.samples.div_ceil(BLOCK)
    }

    /// The pairs of an image, piece by piece, and whether any sample has a nonzero pixel there. Pieces begin at
    /// multiples of `step` pairs, and those with such a sample have up to `most`.
    pub fn pieces(&self, step: usize, most: usize) -> impl Iterator<Item = (Range<usize>, bool)> {
        let mut first = 0;
        std::iter::from_fn(move || {
            let is_nonzero = self.is_nonzero(first..(first + step).min(self.pairs))?;
            let start = first;
            while first < self.pairs && !(is_nonzero && first - start + step > most) {
                let next = first..(first + step).min(self.pairs);
                if self.is_nonzero(next.clone()) != Some(is_nonzero) {
                    break;
                }
                first = next.end;
            }
            Some((start..first, is_nonzero))
        })
    }

    /// Whether any sample has a nonzero pixel in one of `pairs`; none if there are no pairs.
    fn is_nonzero(&self, pairs: Range<usize>) -> Option<bool> {
        let mut blocks = self.words.chunks_exact(self.pairs);
        (!pairs.is_empty()).then(|| blocks.any(|words| words[pairs.clone()].iter().any(|word| *word != 0)))
    }

    /// The words of a block, one for each pair.
    #[inline(always)]
    pub fn block(&self, block: usize) -> &[u32] {
        &self.words[block * self.pairs..(block + 1) * self.pairs]
    }

    /// The samples of a block.
    #[inline(always)]
    pub fn samples(&self, block: usize) -> Range<usize> {
        block * BLOCK..((block + 1) * BLOCK).min(self.samples)
    }
}

struct Find<'a> {
    images: Images<'a>,
    words: &'a mut [u32],
}

impl WithSimd for Find<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Images { pixels, values } = self.images;
        let blocks = values.chunks(pixels * BLOCK).zip(self.words.chunks_exact_mut(pixels / PAIR));
        for (images, words) in blocks {
            for (sample, image) in images.chunks_exact(pixels).enumerate() {
                let bit = 1 << sample;
                for (word, pair) in words.iter_mut().zip(image.as_chunks::<PAIR>().0) {
                    *word |= if u16::from_ne_bytes(*pair) == 0 { 0 } else { bit };
                }
            }
        }
    }
}
