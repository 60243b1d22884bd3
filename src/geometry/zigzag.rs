//! How much a way zigzags: in the loss and in its direction.

/// How unevenly a loss falls: the standard deviation of its differences from step to step, over a window of steps.
///
/// Each step contributes its loss − that of the step before, also where that one belongs to the window before; the
/// first step of all has none. It is the *population* standard deviation: √(Σ(d − mean d)² ÷ count).
#[derive(Debug, Clone, Default)]
pub struct Roughness {
    last: Option<f64>,
    count: u64,
    mean: f64,
    /// Σ(d − mean)².
    spread: f64,
}

impl Roughness {
    /// Takes in the loss of a step.
    pub fn step(&mut self, loss: f64) {
        if let Some(last) = self.last {
            let difference = loss - last;
            // Welford 1962, *Note on a method for calculating corrected sums of squares and products*.
            self.count += 1;
            let from_mean = difference - self.mean;
            self.mean += from_mean / self.count as f64;
            self.spread += from_mean * (difference - self.mean);
        }
        self.last = Some(loss);
    }

    /// Ends a window: the roughness of its steps, in the unit of the loss; `NaN` if they have no difference.
    pub fn end_window(&mut self) -> f64 {
        let roughness = (self.spread / self.count as f64).sqrt();
        *self = Self { last: self.last, ..Self::default() };
        roughness
    }
}

/// By how much a way turns: the mean angle between consecutive updates, over a window of steps.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    count: u64,
    degrees: f64,
}

impl Turn {
    /// Takes in the cosine between a step's update and the one before; `NaN`, where there is none, is left out.
    pub fn step(&mut self, cosine: f64) {
        if !cosine.is_nan() {
            self.count += 1;
            self.degrees += angle(cosine);
        }
    }

    /// Ends a window: the mean angle of its steps, in degrees from 0 (straight on) over 90 (at right angles) to 180
    /// (back); `NaN` if they have none.
    pub fn end_window(&mut self) -> f64 {
        let Self { count, degrees } = std::mem::take(self);
        degrees / count as f64
    }
}

/// The angle of a cosine, in degrees; rounding may have led the cosine out of −1 to 1.
pub fn angle(cosine: f64) -> f64 {
    cosine.clamp(-1.0, 1.0).acos().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_that_falls_evenly_is_not_rough_and_a_zigzag_is() {
        let roughness = |losses: &[f64]| {
            let mut roughness = Roughness::default();
            losses.iter().for_each(|&loss| roughness.step(loss));
            roughness.end_window()
        };
        assert_eq!(roughness(&[4.0, 3.0, 2.0, 1.0]), 0.0);
        // Differences 2, −2, 2, −2.
        assert_eq!(roughness(&[1.0, 3.0, 1.0, 3.0, 1.0]), 2.0);
        assert!(roughness(&[1.0]).is_nan());
    }

    #[test]
    fn a_window_begins_with_the_difference_from_the_window_before() {
        let mut roughness = Roughness::default();
        [1.0, 2.0].iter().for_each(|&loss| roughness.step(loss));
        roughness.end_window();
        // Differences −2, 0.
        [0.0, 0.0].iter().for_each(|&loss| roughness.step(loss));
        assert_eq!(roughness.end_window(), 1.0);
    }

    #[test]
    fn a_turn_is_the_mean_angle_of_the_steps_that_have_one() {
        let mut turn = Turn::default();
        [f64::NAN, 0.0, -1.0].iter().for_each(|&cosine| turn.step(cosine));
        assert!((turn.end_window() - 135.0).abs() < 1e-12);
        assert!(turn.end_window().is_nan());
    }
}
