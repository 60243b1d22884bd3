//! Work on a layer that is done one tile of units after the other.

use std::array;

use pulp::Simd;

/// Numbers in the widest vector; rows of the buffers here are whole vectors of it.
pub const MOST_LANES: usize = 16;

/// Vectors of the widest tile there is. Two rows of them leave room in 16 registers for two factors, and one row more than
/// fits is read from the first-level cache: fewer, wider tiles cost less than that.
pub const WIDEST: usize = 7;

/// Units of a row that is filled up to whole vectors.
pub fn row_length(units: usize) -> usize {
    units.next_multiple_of(MOST_LANES)
}

/// Work on all units of a layer.
pub trait Tiled {
    /// Covers `VECTORS` vectors of units from vector `start` on.
    fn tile<S: Simd, const VECTORS: usize>(&mut self, simd: S, start: usize);
}

/// Covers all units of a layer with tiles of about the same width, of `widest` vectors ([`WIDEST`] at most) or fewer.
#[inline(always)]
pub fn cover<S: Simd>(simd: S, units: usize, widest: usize, work: &mut impl Tiled) {
    let vectors = units.div_ceil(S::F32_LANES);
    let width = vectors.div_ceil(vectors.div_ceil(widest));
    for start in (0..vectors).step_by(width) {
        match (vectors - start).min(width) {
            1 => work.tile::<S, 1>(simd, start),
            2 => work.tile::<S, 2>(simd, start),
            3 => work.tile::<S, 3>(simd, start),
            4 => work.tile::<S, 4>(simd, start),
            5 => work.tile::<S, 5>(simd, start),
            6 => work.tile::<S, 6>(simd, start),
            _ => work.tile::<S, 7>(simd, start),
        }
    }
}

/// The first vectors of `numbers`.
#[inline(always)]
pub fn load<S: Simd, const VECTORS: usize>(simd: S, numbers: &[f32]) -> [S::f32s; VECTORS] {
    let (numbers, _) = S::as_simd_f32s(&numbers[..VECTORS * S::F32_LANES]);
    let mut vectors = [simd.splat_f32s(0.0); VECTORS];
    for (vector, numbers) in vectors.iter_mut().zip(numbers) {
        *vector = *numbers;
    }
    vectors
}

/// Puts `vectors` in place of the first of `numbers`.
#[inline(always)]
pub fn store<S: Simd, const VECTORS: usize>(_: S, numbers: &mut [f32], vectors: [S::f32s; VECTORS]) {
    let (numbers, _) = S::as_mut_simd_f32s(&mut numbers[..VECTORS * S::F32_LANES]);
    for (numbers, vector) in numbers.iter_mut().zip(vectors) {
        *numbers = vector;
    }
}

/// `PIXELS` neighbouring pixels of an image among `pixels`, from `start` on; what is beyond the end is 0.
#[inline(always)]
pub fn pixels_at<const PIXELS: usize>(pixels: &[u8], start: usize) -> [u8; PIXELS] {
    let rest = &pixels[start..];
    // Without a call, for which all vectors would have to leave their registers.
    rest.first_chunk().copied().unwrap_or_else(|| array::from_fn(|index| rest.get(index).copied().unwrap_or(0)))
}
