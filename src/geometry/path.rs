//! How straight a way is, and how far it leads.

use super::vectors::distance;

/// The way of one run, measured at the end of each window of steps.
pub struct Path {
    origin: Vec<f32>,
    window_start: Vec<f32>,
    window_steps: u64,
    steps: u64,
    walked: f64,
}

impl Path {
    /// A way that begins at `origin` and is measured every `window_steps` steps.
    pub fn new(origin: &[f32], window_steps: u64) -> Self {
        Self { origin: origin.to_vec(), window_start: origin.to_vec(), window_steps, steps: 0, walked: 0.0 }
    }

    /// Takes in a step of this length that ended at `position`; the window's straightness if it ended one:
    /// ‖end − start‖ ÷ Σ‖step‖, 1 for a straight line, 0 for a walk that came nowhere and where there was no movement.
    pub fn step(&mut self, position: &[f32], length: f64) -> Option<f64> {
        self.steps += 1;
        self.walked += length;
        if !self.steps.is_multiple_of(self.window_steps) {
            return None;
        }
        let net = distance(&self.window_start, position);
        let straightness = if self.walked > 0.0 { net / self.walked } else { 0.0 };
        self.window_start.copy_from_slice(position);
        self.walked = 0.0;
        Some(straightness)
    }

    /// How far `point` is from the origin of the whole way: ‖point − origin‖₂.
    pub fn distance_from_origin(&self, point: &[f32]) -> f64 {
        distance(&self.origin, point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_walk_has_straightness_1_and_a_round_trip_0() {
        let mut straight = Path::new(&[0.0, 0.0], 2);
        assert_eq!(straight.step(&[3.0, 4.0], 5.0), None);
        assert_eq!(straight.step(&[6.0, 8.0], 5.0), Some(1.0));
        assert_eq!(straight.step(&[3.0, 4.0], 5.0), None);
        assert_eq!(straight.step(&[6.0, 8.0], 5.0), Some(0.0));
        assert_eq!(straight.distance_from_origin(&[6.0, 8.0]), 10.0);
    }

    #[test]
    fn a_walk_that_stands_still_has_straightness_0() {
        let mut path = Path::new(&[1.0], 1);
        assert_eq!(path.step(&[1.0], 0.0), Some(0.0));
    }
}
