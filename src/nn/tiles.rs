//! Work on a layer that is done one tile of units after the other.

use pulp::Simd;

/// Numbers in the widest vector; rows of the buffers here are whole vectors of it.
pub const MOST_LANES: usize = 16;

/// Vectors of the widest tile there is. Two rows of them leave room in 16 registers for two factors, and one row more
/// than fits is read from the first-level cache: fewer, wider tiles cost less than that.
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

/// As [`load`], where the last vectors may want some numbers, or all: they are 0 then.
#[inline(always)]
pub fn load_some<S: Simd, const VECTORS: usize>(simd: S, numbers: &[f32]) -> [S::f32s; VECTORS] {
    let (whole, rest) = S::as_simd_f32s(numbers);
    let mut vectors = [simd.splat_f32s(0.0); VECTORS];
    for (index, vector) in vectors.iter_mut().enumerate() {
        match whole.get(index) {
            Some(numbers) => *vector = *numbers,
            None if index == whole.len() => *vector = simd.partial_load_f32s(rest),
            None => {}
        }
    }
    vectors
}

/// As [`store`], where there may be fewer numbers than the vectors hold.
#[inline(always)]
pub fn store_some<S: Simd, const VECTORS: usize>(simd: S, numbers: &mut [f32], vectors: [S::f32s; VECTORS]) {
    let (whole, rest) = S::as_mut_simd_f32s(numbers);
    let count = whole.len();
    for (index, vector) in vectors.into_iter().enumerate() {
        match whole.get_mut(index) {
            Some(numbers) => *numbers = vector,
            None if index == count => simd.partial_store_f32s(rest, vector),
            None => {}
        }
    }
}

/// The rows of the tile that begins with vector `start`, in a buffer that holds `rows` rows of each tile, one tile
/// after the other.
#[inline(always)]
pub fn rows_of<S: Simd, const VECTORS: usize>(buffer: &[f32], rows: usize, start: usize) -> &[[S::f32s; VECTORS]] {
    let (vectors, _) = S::as_simd_f32s(buffer);
    vectors[rows * start..rows * (start + VECTORS)].as_chunks().0
}

/// As [`rows_of`], to be written to.
#[inline(always)]
pub fn rows_of_mut<S: Simd, const VECTORS: usize>(
    buffer: &mut [f32],
    rows: usize,
    start: usize,
) -> &mut [[S::f32s; VECTORS]] {
    let (vectors, _) = S::as_mut_simd_f32s(buffer);
    vectors[rows * start..rows * (start + VECTORS)].as_chunks_mut().0
}
