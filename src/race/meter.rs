//! What is measured of a run over each window of steps.

use super::metrics::{WINDOW_STEPS, WindowRecord};
use crate::geometry::{Path, Roughness, Turn};
use crate::optim::StepMeasures;

/// Measures a run's way and its loss, window by window.
pub struct Meter {
    path: Path,
    roughness: Roughness,
    turn: Turn,
    steps: u32,
}

impl Meter {
    /// For a run that begins at these parameters.
    pub fn new(parameters: &[f32]) -> Self {
        let path = Path::new(parameters, WINDOW_STEPS);
        Self { path, roughness: Roughness::default(), turn: Turn::default(), steps: 0 }
    }

    /// Takes in a step that ended at `parameters`, with the loss before its update; the window's measures if it ended
    /// one, without `gradient_cosine`, which needs the network.
    pub fn step(&mut self, parameters: &[f32], loss: f32, measures: StepMeasures) -> Option<WindowRecord> {
        self.steps += 1;
        self.roughness.step(loss.into());
        self.turn.step(measures.update_cosine);
        let window = self.path.step(parameters, measures.update_norm)?;
        Some(WindowRecord {
            step: self.steps,
            straightness: window.straightness as f32,
            distance: window.distance as f32,
            gradient_cosine: f32::NAN,
            roughness: self.roughness.end_window() as f32,
            turn: self.turn.end_window() as f32,
        })
    }
}
