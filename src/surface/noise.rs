//! Noise on a gradient, as a minibatch brings it.

use std::f64::consts::TAU;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::definition::Point;

/// Normal noise on every gradient that an optimizer sees. The same seed gives the same noise at the same step,
/// whichever optimizer walks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// Standard deviation on each of the two partial derivatives, 0 or more.
    pub deviation: f64,
    /// Where the random numbers come from.
    pub seed: u64,
}

/// Draws the noise, step by step.
pub(super) struct NoiseSource {
    deviation: f64,
    random: ChaCha8Rng,
}

impl NoiseSource {
    pub(super) fn new(noise: Noise) -> Self {
        Self { deviation: noise.deviation, random: ChaCha8Rng::seed_from_u64(noise.seed) }
    }

    /// The noise of the next step: two independent normal numbers (Box & Muller 1958, *A note on the generation of
    /// random normal deviates*).
    pub(super) fn draw(&mut self) -> Point {
        // 1 − u is above 0, where a logarithm exists.
        let radius = (-2.0 * libm::log(1.0 - self.random.random::<f64>())).sqrt() * self.deviation;
        let (sine, cosine) = libm::sincos(TAU * self.random.random::<f64>());
        Point::new(radius * cosine, radius * sine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_its_deviation_no_direction_and_is_drawn_from_its_seed() {
        let draw = |seed| {
            let mut source = NoiseSource::new(Noise { deviation: 2.0, seed });
            (0..20_000).map(|_| source.draw()).collect::<Vec<_>>()
        };
        let points = draw(0);
        let mean = |value: fn(&Point) -> f64| points.iter().map(value).sum::<f64>() / points.len() as f64;
        // Twenty thousand draws: standard errors are 0.014 for means of x and y, 0.04 for those of squares.
        assert!(mean(|p| p.x).abs() < 0.06 && mean(|p| p.y).abs() < 0.06);
        assert!((mean(|p| p.x * p.x) - 4.0).abs() < 0.16 && (mean(|p| p.y * p.y) - 4.0).abs() < 0.16);
        assert!(mean(|p| p.x * p.y).abs() < 0.12);
        assert!(points == draw(0) && points != draw(1));
    }
}
