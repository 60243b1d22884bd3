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

#[cfg(test)]
mod tests {
    use super::*;

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
