//! Sums over all coordinates of one or two points.

use pulp::{Simd, WithSimd};

use crate::simd;

/// ‖a − b‖₂ of two points with the same number of coordinates.
pub fn distance(a: &[f32], b: &[f32]) -> f64 {
    simd::dispatch(SquaredDistance { a, b }).sqrt()
}

/// Numbers whose sum is kept in single precision, before it is added to one in double precision.
const PIECE: usize = 1024;

struct SquaredDistance<'a> {
    a: &'a [f32],
    b: &'a [f32],
}

impl WithSimd for SquaredDistance<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let mut sum = 0.0;
        for (a, b) in self.a.chunks(PIECE).zip(self.b.chunks(PIECE)) {
            let (a, a_rest) = S::as_simd_f32s(a);
            let (b, b_rest) = S::as_simd_f32s(b);
            let difference = simd.sub_f32s(simd.partial_load_f32s(a_rest), simd.partial_load_f32s(b_rest));
            let mut lanes = simd.mul_f32s(difference, difference);
            for (&a, &b) in a.iter().zip(b) {
                let difference = simd.sub_f32s(a, b);
                lanes = simd.mul_add_e_f32s(difference, difference, lanes);
            }
            sum += f64::from(simd.reduce_sum_f32s(lanes));
        }
        sum
    }
}

/// Squares and product of two vectors, summed piece by piece: what their cosine is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Products {
    /// Σ a².
    pub a_squared: f64,
    /// Σ b².
    pub b_squared: f64,
    /// Σ a·b.
    pub product: f64,
}

impl Products {
    /// Adds a piece of both vectors; its slices have the same length.
    pub fn add(&mut self, a: &[f32], b: &[f32]) {
        let [a_squared, b_squared, product] = simd::dispatch(SumProducts { a, b });
        self.a_squared += a_squared;
        self.b_squared += b_squared;
        self.product += product;
    }

    /// The cosine of the angle between both vectors; `NaN` where either is zero.
    pub fn cosine(self) -> f64 {
        let norms = self.a_squared.sqrt() * self.b_squared.sqrt();
        if norms > 0.0 { (self.product / norms).clamp(-1.0, 1.0) } else { f64::NAN }
    }
}

/// Sums are kept in this many lanes and in double precision, so that they do not depend on the instructions used.
const LANES: usize = 16;

struct SumProducts<'a> {
    a: &'a [f32],
    b: &'a [f32],
}

impl WithSimd for SumProducts<'_> {
    type Output = [f64; 3];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f64; 3] {
        let mut sums = [[0.0_f64; LANES]; 3];
        let (a_vectors, b_vectors) = (self.a.chunks_exact(LANES), self.b.chunks_exact(LANES));
        let (a_rest, b_rest) = (a_vectors.remainder(), b_vectors.remainder());
        for (a, b) in a_vectors.zip(b_vectors) {
            for lane in 0..LANES {
                let (a, b) = (f64::from(a[lane]), f64::from(b[lane]));
                sums[0][lane] += a * a;
                sums[1][lane] += b * b;
                sums[2][lane] += a * b;
            }
        }
        for lane in 0..a_rest.len() {
            let (a, b) = (f64::from(a_rest[lane]), f64::from(b_rest[lane]));
            sums[0][lane] += a * a;
            sums[1][lane] += b * b;
            sums[2][lane] += a * b;
        }
        [sums[0].iter().sum(), sums[1].iter().sum(), sums[2].iter().sum()]
    }
}

/// ⟨a − origin, b − origin⟩ of points with the same number of coordinates.
pub(super) fn product_from(origin: &[f32], a: &[f32], b: &[f32]) -> f64 {
    simd::dispatch(ProductFrom { origin, a, b })
}

struct ProductFrom<'a> {
    origin: &'a [f32],
    a: &'a [f32],
    b: &'a [f32],
}

impl WithSimd for ProductFrom<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let mut sums = [0.0_f64; LANES];
        let (origin, origin_rest) = self.origin.as_chunks::<LANES>();
        let (a, a_rest) = self.a.as_chunks::<LANES>();
        let (b, b_rest) = self.b.as_chunks::<LANES>();
        for ((origin, a), b) in origin.iter().zip(a).zip(b) {
            for lane in 0..LANES {
                let origin = f64::from(origin[lane]);
                sums[lane] += (f64::from(a[lane]) - origin) * (f64::from(b[lane]) - origin);
            }
        }
        for ((origin, a), b) in origin_rest.iter().zip(a_rest).zip(b_rest) {
            let origin = f64::from(*origin);
            sums[0] += (f64::from(*a) - origin) * (f64::from(*b) - origin);
        }
        sums.iter().sum()
    }
}

/// Coordinates of all vectors that are multiplied before the next ones are read: as many as the nearest caches hold of
/// some forty vectors.
const GRAM_CHUNK: usize = 512;

/// Vectors that are multiplied with another one at once, so that it is read once for all of them.
const GRAM_COLUMNS: usize = 4;

/// The products of every two of a few vectors with the same number of coordinates, `[vectors][vectors]`: their Gram
/// matrix.
pub(super) fn gram(vectors: &[impl AsRef<[f32]>]) -> Vec<f64> {
    simd::dispatch(Gram { vectors })
}

struct Gram<'a, V> {
    vectors: &'a [V],
}

impl<V: AsRef<[f32]>> WithSimd for Gram<'_, V> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f64> {
        let count = self.vectors.len();
        let length = self.vectors.first().map_or(0, |vector| vector.as_ref().len());
        let mut products = vec![0.0_f64; count * count];
        for from in (0..length).step_by(GRAM_CHUNK) {
            let chunk = from..(from + GRAM_CHUNK).min(length);
            for row in 0..count {
                let own = &self.vectors[row].as_ref()[chunk.clone()];
                for first in (0..=row).step_by(GRAM_COLUMNS) {
                    // Beyond the diagonal the row takes the place of another: its product is not used.
                    let other = |column: usize| &self.vectors[(first + column).min(row)].as_ref()[chunk.clone()];
                    let sums = four_products(simd, own, [other(0), other(1), other(2), other(3)]);
                    for column in first..(first + GRAM_COLUMNS).min(row + 1) {
                        products[row * count + column] += f64::from(sums[column - first]);
                    }
                }
            }
        }
        for row in 0..count {
            for column in row + 1..count {
                products[row * count + column] = products[column * count + row];
            }
        }
        products
    }
}

/// The products of one vector with four others, in single precision.
#[inline(always)]
fn four_products<S: Simd>(simd: S, own: &[f32], others: [&[f32]; GRAM_COLUMNS]) -> [f32; GRAM_COLUMNS] {
    let (own, own_rest) = S::as_simd_f32s(own);
    let own_rest = simd.partial_load_f32s(own_rest);
    let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] = others.map(S::as_simd_f32s);
    let mut sums = [a_rest, b_rest, c_rest, d_rest].map(|rest| simd.mul_f32s(own_rest, simd.partial_load_f32s(rest)));
    for ((((&own, &a), &b), &c), &d) in own.iter().zip(a).zip(b).zip(c).zip(d) {
        sums[0] = simd.mul_add_e_f32s(own, a, sums[0]);
        sums[1] = simd.mul_add_e_f32s(own, b, sums[1]);
        sums[2] = simd.mul_add_e_f32s(own, c, sums[2]);
        sums[3] = simd.mul_add_e_f32s(own, d, sums[3]);
    }
    [0, 1, 2, 3].map(|index| simd.reduce_sum_f32s(sums[index]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gram_matrix_counts_every_coordinate_of_every_two_vectors() {
        for length in [0, 1, 17, 512, 1300] {
            for count in 0..=7 {
                let value = |vector: usize, index: usize| ((vector * 5 + index * 3) % 7) as f32 - 3.0;
                let vectors: Vec<Vec<f32>> =
                    (0..count).map(|vector| (0..length).map(|index| value(vector, index)).collect()).collect();
                let products = gram(&vectors);
                for (row, column) in (0..count).flat_map(|row| (0..count).map(move |column| (row, column))) {
                    // Small whole numbers: exact in any order.
                    let expected: f32 = vectors[row].iter().zip(&vectors[column]).map(|(a, b)| a * b).sum();
                    assert_eq!(products[row * count + column], f64::from(expected), "{count} of {length}");
                }
            }
        }
    }

    #[test]
    fn the_distance_counts_every_coordinate() {
        for length in [1, 7, 8, 9, 31] {
            let (a, b) = (vec![1.0; length], vec![3.0; length]);
            assert!((distance(&a, &b) - 2.0 * (length as f64).sqrt()).abs() < 1e-12, "{length} coordinates");
        }
    }
    #[test]
    fn a_cosine_counts_every_coordinate_in_however_many_pieces() {
        let a: Vec<f32> = (1..40).map(|i| i as f32).collect();
        let b: Vec<f32> = a.iter().map(|a| 3.0 * a).collect();
        let mut products = Products::default();
        products.add(&a[..17], &b[..17]);
        products.add(&a[17..], &b[17..]);
        let sum_of_squares: f64 = (1..40).map(|i| f64::from(i * i)).sum();
        assert_eq!(products.a_squared, sum_of_squares);
        assert_eq!((products.b_squared, products.product), (9.0 * sum_of_squares, 3.0 * sum_of_squares));
        assert_eq!(products.cosine(), 1.0);
        assert!(Products::default().cosine().is_nan());
    }
}
