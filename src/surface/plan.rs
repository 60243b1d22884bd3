//! Which optimizers walk on which surface, from where, for how long.

use super::definition::{Point, Surface};
use super::functions;
use super::noise::Noise;
use super::walk::Walk;
use crate::optim::{self, Dialect, SameLabel, Spec, labels};
use crate::text::{Untrusted, did_you_mean, most_like};

/// The default surface.
pub const DEFAULT: &str = "ravine";

/// The most steps of a walk, so that every step can be kept.
pub const MOST_STEPS: u32 = 100_000;

/// Everything that decides how optimizers walk on a surface.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The function.
    pub surface: &'static Surface,
    /// An optimizer with its settings for each walk.
    pub specs: Vec<Spec>,
    /// Where all walks begin.
    pub start: Point,
    /// Steps of each walk.
    pub steps: u32,
    /// Noise on the gradients; none where `None`.
    pub noise: Option<Noise>,
}

/// Why there can be no walks.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SurfaceError {
    /// No surface has this name.
    #[error("no surface is called `{name}`{} (there are {known})", did_you_mean(.suggestion))]
    UnknownName {
        /// What was written.
        name: Untrusted,
        /// The name that is most like it.
        suggestion: Option<&'static str>,
        /// All names.
        known: String,
    },
    /// The walks would begin where the surface is not.
    #[error(
        "a walk on {} cannot start at {},{}; x must be from {} to {}, y from {} to {}",
        surface.name, start.x, start.y, surface.x.low, surface.x.high, surface.y.low, surface.y.high
    )]
    StartOutside {
        /// The surface.
        surface: &'static Surface,
        /// Where they would begin.
        start: Point,
    },
    /// No optimizer.
    #[error("a surface needs at least one optimizer")]
    NoRuns,
    /// Two walks of the same name.
    #[error(transparent)]
    SameLabel(#[from] SameLabel),
    /// A minibatch, where there are no samples.
    #[error("{optimizer}: a surface has no samples, so batch={batch} means nothing here; leave it out")]
    Batch {
        /// The optimizer.
        optimizer: &'static str,
        /// What was asked for.
        batch: String,
    },
}

/// The surface of this name.
///
/// # Errors
/// When there is none; the error names all, and the one that was probably meant.
pub fn named(name: &str) -> Result<&'static Surface, SurfaceError> {
    functions::find(name).ok_or_else(|| {
        let known: Vec<&'static str> = functions::all().iter().map(|surface| surface.name).collect();
        let suggestion = most_like(name, &known);
        SurfaceError::UnknownName { name: name.into(), suggestion, known: known.join(", ") }
    })
}

impl Plan {
    /// The default plan for `surface`.
    pub fn new(surface: &'static Surface) -> Self {
        let spec = |(name, lr): &(&str, f64)| {
            let mut spec = Spec::new(optim::find(name)?, Dialect::default());
            spec.lr = *lr;
            Some(spec)
        };
        let specs = surface.optimizers.iter().filter_map(spec).collect();
        Self { surface, specs, start: surface.start, steps: surface.steps, noise: None }
    }

    /// The walks, each before its first step.
    ///
    /// # Errors
    /// When there is no optimizer, the start lies outside the surface, two labels are the same, or a spec asks for a
    /// minibatch.
    pub fn walks(&self) -> Result<Vec<Walk>, SurfaceError> {
        if self.specs.is_empty() {
            return Err(SurfaceError::NoRuns);
        }
        if !self.surface.contains(self.start) {
            return Err(SurfaceError::StartOutside { surface: self.surface, start: self.start });
        }
        if let Some((spec, batch)) = self.specs.iter().find_map(|spec| spec.batch.map(|batch| (spec, batch))) {
            return Err(SurfaceError::Batch { optimizer: spec.optimizer.name, batch: batch.to_string() });
        }
        let labels = labels(&self.specs)?;
        Ok(labels
            .into_iter()
            .zip(&self.specs)
            .map(|(label, spec)| Walk::new(self.surface, self.start, self.steps, self.noise, label, spec))
            .collect())
    }
}
