//! How a way through weight space is measured.
//!
//! `straightness` is net displacement over path length, as ecologists measure the walks of animals (Batschelet 1981,
//! *Circular Statistics in Biology*); `distance` is the Euclidean distance from the start; both over all parameters
//! of a network, weights and biases alike. The cosine between consecutive updates is taken where the updates are
//! made, by [`Stepper`](crate::optim::Stepper).

use pulp::{Simd, WithSimd};

use crate::simd;

/// The way of one run, measured at the end of each window of steps.
pub struct Path {
    origin: Vec<f32>,
    window_start: Vec<f32>,
    window_steps: u64,
    steps: u64,
    walked: f64,
}

/// A window of a way, measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// ‖end − start‖ ÷ Σ‖step‖: 1 is a straight line, 0 a walk that came nowhere; 0 too if there was no movement.
    pub straightness: f64,
    /// ‖end − origin of the whole way‖₂.
    pub distance: f64,
}

impl Path {
    /// A way that begins at `origin` and is measured every `window_steps` steps.
    pub fn new(origin: &[f32], window_steps: u64) -> Self {
        Self { origin: origin.to_vec(), window_start: origin.to_vec(), window_steps, steps: 0, walked: 0.0 }
    }

    /// Takes in a step of this length that ended at `position`; the window's measures if it ended one.
    pub fn step(&mut self, position: &[f32], length: f64) -> Option<Window> {
        self.steps += 1;
        self.walked += length;
        if !self.steps.is_multiple_of(self.window_steps) {
            return None;
        }
        let net = distance(&self.window_start, position);
        let straightness = if self.walked > 0.0 { net / self.walked } else { 0.0 };
        self.window_start.copy_from_slice(position);
        self.walked = 0.0;
        Some(Window { straightness, distance: distance(&self.origin, position) })
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_walk_has_straightness_1_and_a_round_trip_0() {
        let mut straight = Path::new(&[0.0, 0.0], 2);
        assert_eq!(straight.step(&[3.0, 4.0], 5.0), None);
        assert_eq!(straight.step(&[6.0, 8.0], 5.0), Some(Window { straightness: 1.0, distance: 10.0 }));
        assert_eq!(straight.step(&[3.0, 4.0], 5.0), None);
        assert_eq!(straight.step(&[6.0, 8.0], 5.0), Some(Window { straightness: 0.0, distance: 10.0 }));
    }

    #[test]
    fn a_walk_that_stands_still_has_straightness_0() {
        let mut path = Path::new(&[1.0], 1);
        assert_eq!(path.step(&[1.0], 0.0), Some(Window { straightness: 0.0, distance: 0.0 }));
    }

    #[test]
    fn the_distance_counts_every_coordinate() {
        for length in [1, 7, 8, 9, 31] {
            let (a, b) = (vec![1.0; length], vec![3.0; length]);
            assert!((distance(&a, &b) - 2.0 * (length as f64).sqrt()).abs() < 1e-12, "{length} coordinates");
        }
    }
}
