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

/// A window of a way, measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathWindow {
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
    pub fn step(&mut self, position: &[f32], length: f64) -> Option<PathWindow> {
        self.steps += 1;
        self.walked += length;
        if !self.steps.is_multiple_of(self.window_steps) {
            return None;
        }
        let net = distance(&self.window_start, position);
        let straightness = if self.walked > 0.0 { net / self.walked } else { 0.0 };
        self.window_start.copy_from_slice(position);
        self.walked = 0.0;
        Some(PathWindow { straightness, distance: distance(&self.origin, position) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_walk_has_straightness_1_and_a_round_trip_0() {
        let mut straight = Path::new(&[0.0, 0.0], 2);
        assert_eq!(straight.step(&[3.0, 4.0], 5.0), None);
        assert_eq!(straight.step(&[6.0, 8.0], 5.0), Some(PathWindow { straightness: 1.0, distance: 10.0 }));
        assert_eq!(straight.step(&[3.0, 4.0], 5.0), None);
        assert_eq!(straight.step(&[6.0, 8.0], 5.0), Some(PathWindow { straightness: 0.0, distance: 10.0 }));
    }

    #[test]
    fn a_walk_that_stands_still_has_straightness_0() {
        let mut path = Path::new(&[1.0], 1);
        assert_eq!(path.step(&[1.0], 0.0), Some(PathWindow { straightness: 0.0, distance: 0.0 }));
    }
}
