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

/// Points that are added to a scatter matrix at once: it is read and written that much less often.
const POINTS: usize = 4;

/// Σ (x − centre)(x − centre)ᵀ over points of as many coordinates as `centre`, row by row.
pub(super) fn scatter(points: &[impl AsRef<[f64]>], centre: &[f64]) -> Vec<f64> {
    simd::dispatch(Scatter { points, centre })
}

struct Scatter<'a, P> {
    points: &'a [P],
    centre: &'a [f64],
}

impl<P: AsRef<[f64]>> WithSimd for Scatter<'_, P> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<f64> {
        let size = self.centre.len();
        let mut sums = vec![0.0; size * size];
        let mut shifted = vec![0.0; POINTS * size];
        for points in self.points.chunks(POINTS) {
            // The last few are filled up with points in the centre, which add nothing.
            shifted.fill(0.0);
            for (shifted, point) in shifted.chunks_exact_mut(size.max(1)).zip(points) {
                let differences = point.as_ref().iter().zip(self.centre).map(|(value, centre)| value - centre);
                shifted.iter_mut().zip(differences).for_each(|(shifted, difference)| *shifted = difference);
            }
            let (a, rest) = shifted.split_at(size);
            let (b, rest) = rest.split_at(size);
            let (c, d) = rest.split_at(size);
            let ((a_lanes, a_rest), (b_lanes, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
            let ((c_lanes, c_rest), (d_lanes, d_rest)) = (c.as_chunks::<LANES>(), d.as_chunks::<LANES>());
            for (row, sums) in sums.chunks_exact_mut(size.max(1)).enumerate() {
                let (own_a, own_b, own_c, own_d) = (a[row], b[row], c[row], d[row]);
                let (sums, sums_rest) = sums.as_chunks_mut::<LANES>();
                // The matrix is symmetric: whole vectors from its diagonal on are enough.
                for index in row / LANES..sums.len() {
                    let sums = &mut sums[index];
                    let (a, b) = (&a_lanes[index], &b_lanes[index]);
                    let (c, d) = (&c_lanes[index], &d_lanes[index]);
                    for lane in 0..LANES {
                        sums[lane] += (own_a * a[lane] + own_b * b[lane]) + (own_c * c[lane] + own_d * d[lane]);
                    }
                }
                for index in 0..sums_rest.len() {
                    sums_rest[index] += (own_a * a_rest[index] + own_b * b_rest[index])
                        + (own_c * c_rest[index] + own_d * d_rest[index]);
                }
            }
        }
        for row in 0..size {
            for column in 0..row {
                sums[row * size + column] = sums[column * size + row];
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scatter_counts_every_point_however_many_there_are() {
        let points: Vec<[f64; 3]> = (0..7).map(|i| [f64::from(i), f64::from(i * i), 1.0]).collect();
        for count in 0..=7 {
            let sums = scatter(&points[..count], &[1.0, 2.0, 3.0]);
            for (row, column) in (0..3).flat_map(|row| (0..3).map(move |column| (row, column))) {
                let centre = [1.0, 2.0, 3.0];
                let product = |point: &[f64; 3]| (point[row] - centre[row]) * (point[column] - centre[column]);
                assert_eq!(sums[3 * row + column], points[..count].iter().map(product).sum::<f64>());
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
