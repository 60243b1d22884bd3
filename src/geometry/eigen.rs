//! The largest eigenvalues of a symmetric matrix.
//!
//! Not by a crate for linear algebra, as those find all eigenvalues: of the products of paths, whose eigenvalues fall
//! off fast, the two largest come much sooner. Medians in milliseconds, one core of a Xeon with AVX-512, against
//! `nalgebra::SymmetricEigen` 0.34: for 48 points 0.16 and 0.09, for 144 (six runs' snapshots) 0.39 and 1.85, for 288
//! (twelve runs') 0.94 and 28.3, which is more than the landscape's thread may take in one piece.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Vectors that are iterated together. More than are wanted, so that they come out quickly also where the next
/// eigenvalues are close.
const BLOCK: usize = 8;

/// Rounds after which what was found is taken as it is.
const MOST_ROUNDS: usize = 1000;

/// The residual, relative to the largest eigenvalue, at which a vector is taken for an eigenvector.
const TOLERANCE: f64 = 1e-10;

/// An eigenvalue with its eigenvector, of length 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Eigen {
    pub(super) value: f64,
    pub(super) vector: Vec<f64>,
}

/// The two largest eigenvalues of a symmetric positive semi-definite `matrix`, `[size][size]` row by row, the largest
/// first; the second is 0 with a vector of zeros where the matrix has rank 1, both where it is 0 or has a number that
/// is not finite.
///
/// Subspace iteration with a Rayleigh–Ritz step (Golub & Van Loan, *Matrix Computations*, 8.2.4).
pub(super) fn two_largest(matrix: &[f64], size: usize) -> [Eigen; 2] {
    let block = BLOCK.min(size);
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut vectors: Vec<Vec<f64>> =
        (0..block).map(|_| (0..size).map(|_| random.random_range(-1.0..1.0)).collect()).collect();
    let mut values = vec![0.0; block];
    for _ in 0..MOST_ROUNDS {
        orthonormalize(&mut vectors);
        let products: Vec<Vec<f64>> = vectors.iter().map(|vector| multiply(matrix, vector)).collect();
        let mut small: Vec<f64> = vectors.iter().flat_map(|a| products.iter().map(|b| dot(a, b))).collect();
        let rotation = diagonalize(&mut small, block);
        let mut order: Vec<usize> = (0..block).collect();
        order.sort_by(|&a, &b| small[b * block + b].total_cmp(&small[a * block + a]));
        values = order.iter().map(|&index| small[index * block + index]).collect();
        let rotated = |from: &[Vec<f64>]| -> Vec<Vec<f64>> {
            order.iter().map(|&column| combine(from, |row| rotation[row * block + column])).collect()
        };
        vectors = rotated(&vectors);
        let products = rotated(&products);
        let residual = |index: usize| {
            let pairs = products[index].iter().zip(&vectors[index]);
            pairs.map(|(product, vector)| (product - values[index] * vector).powi(2)).sum::<f64>().sqrt()
        };
        // Not finite, or 0: there is nothing to find.
        let has_values = values.first().is_some_and(|&largest| largest > 0.0);
        if !has_values || (0..block.min(2)).all(|index| residual(index) <= TOLERANCE * values[0]) {
            break;
        }
        vectors = products;
    }
    std::array::from_fn(|index| {
        let is_there = values.get(index).is_some_and(|&value| value > f64::EPSILON * values[0]);
        if is_there {
            Eigen { value: values[index], vector: std::mem::take(&mut vectors[index]) }
        } else {
            Eigen { value: 0.0, vector: vec![0.0; size] }
        }
    })
}

/// Makes the vectors of length 1 and orthogonal to each other (modified Gram–Schmidt, twice); one that depends on
/// those before it becomes 0.
fn orthonormalize(vectors: &mut [Vec<f64>]) {
    for index in 0..vectors.len() {
        let (before, from_here) = vectors.split_at_mut(index);
        let vector = &mut from_here[0];
        let original = dot(vector, vector).sqrt();
        for _ in 0..2 {
            for other in &*before {
                let share = dot(other, vector);
                vector.iter_mut().zip(other).for_each(|(value, other)| *value -= share * other);
            }
        }
        let length = dot(vector, vector).sqrt();
        let scale = if length > 1e-14 * original { 1.0 / length } else { 0.0 };
        vector.iter_mut().for_each(|value| *value *= scale);
    }
}

/// Turns a small symmetric matrix into one with its eigenvalues on the diagonal, by Jacobi's rotations (Golub & Van
/// Loan, 8.5.3); their product, whose columns are the eigenvectors.
fn diagonalize(matrix: &mut [f64], size: usize) -> Vec<f64> {
    let mut rotation: Vec<f64> = (0..size * size).map(|i| if i % (size + 1) == 0 { 1.0 } else { 0.0 }).collect();
    for _sweep in 0..12 {
        for p in 0..size {
            for q in p + 1..size {
                let off = matrix[p * size + q];
                if off == 0.0 {
                    continue;
                }
                let slope = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * off);
                let tangent = slope.signum() / (slope.abs() + slope.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = tangent * cosine;
                for k in 0..size {
                    rotate(matrix, k * size + p, k * size + q, cosine, sine);
                    rotate(&mut rotation, k * size + p, k * size + q, cosine, sine);
                }
                for k in 0..size {
                    rotate(matrix, p * size + k, q * size + k, cosine, sine);
                }
            }
        }
    }
    rotation
}

fn rotate(values: &mut [f64], first: usize, second: usize, cosine: f64, sine: f64) {
    let (a, b) = (values[first], values[second]);
    values[first] = cosine * a - sine * b;
    values[second] = sine * a + cosine * b;
}

fn multiply(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    matrix.chunks_exact(vector.len()).map(|row| dot(row, vector)).collect()
}

fn combine(vectors: &[Vec<f64>], share: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sum = vec![0.0; vectors.first().map_or(0, Vec::len)];
    for (index, vector) in vectors.iter().enumerate() {
        let share = share(index);
        sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += share * value);
    }
    sum
}

/// Σ a·b, in lanes that the processor can add up at once.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_lanes, a_rest) = a.as_chunks::<8>();
    let (b_lanes, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eigenvalues_of_a_known_matrix_are_found() {
        // 2 on the diagonal, −1 beside it: eigenvalues 2 − 2 cos(kπ ÷ (n + 1)).
        for size in [1, 2, 3, 9, 40] {
            let entry = |i: usize| match (i / size).abs_diff(i % size) {
                0 => 2.0,
                1 => -1.0,
                _ => 0.0,
            };
            let matrix: Vec<f64> = (0..size * size).map(entry).collect();
            for (index, found) in two_largest(&matrix, size).iter().enumerate().take(size) {
                let angle = (size - index) as f64 * std::f64::consts::PI / (size + 1) as f64;
                assert!((found.value - (2.0 - 2.0 * angle.cos())).abs() < 1e-9, "{size}: {}", found.value);
                let product = multiply(&matrix, &found.vector);
                let off = product.iter().zip(&found.vector).map(|(p, v)| (p - found.value * v).abs());
                assert!(off.fold(0.0, f64::max) < 1e-8);
            }
        }
    }

    #[test]
    fn a_matrix_without_a_second_or_any_eigenvalue_gives_zeros() {
        let [first, second] = two_largest(&[1.0, 1.0, 1.0, 1.0], 2);
        assert!((first.value - 2.0).abs() < 1e-12 && second.value == 0.0);
        for matrix in [vec![0.0; 9], vec![f64::NAN; 9], vec![f64::INFINITY; 9]] {
            assert!(two_largest(&matrix, 3).iter().all(|eigen| eigen.value == 0.0));
        }
        assert_eq!(two_largest(&[], 0)[0].value, 0.0);
    }
}
