//! Clipping by the norm of a variable's gradient, which has to be known in whole before any of it is used.

use std::ops::Range;

use aligned_vec::{AVec, avec};

use super::dot::dot;

/// The gradient of a step, collected, and the variables it belongs to.
pub struct Collected {
    /// Largest norm of a variable's gradient.
    limit: f64,
    /// Where each variable stands among all parameters.
    pub variables: Vec<Range<usize>>,
    /// The gradient of all parameters.
    pub gradient: AVec<f32>,
}

impl Collected {
    /// Nothing yet, of these variables.
    pub fn new(limit: f64, variables: &[Range<usize>], parameters: usize) -> Self {
        Self { limit, variables: variables.to_vec(), gradient: avec![0.0; parameters] }
    }

    /// Scales down each variable's gradient that is longer than the limit, and gives the squared norm that all of them
    /// had together before: g ← g·limit ÷ max(‖g‖₂, limit), as in Keras 3's `clipnorm`.
    pub fn clip(&mut self) -> f64 {
        let mut all_squared = 0.0;
        for variable in &self.variables {
            let gradient = &mut self.gradient[variable.clone()];
            let squared = dot(gradient, gradient);
            all_squared += squared;
            let norm = squared.sqrt();
            // NaN compares as neither: it stays, and the run is found to have diverged.
            if norm > self.limit {
                let scale = (self.limit / norm) as f32;
                gradient.iter_mut().for_each(|element| *element *= scale);
            }
        }
        all_squared
    }
}
