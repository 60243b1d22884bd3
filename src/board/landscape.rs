//! The landscape's worker: started when somebody first looks, at rest while nobody does.

use std::sync::Arc;

use crate::race::history::History;
use crate::race::landscape::{Landscape, LandscapeFrame, LandscapeRequest};
use crate::race::settings::RaceSetup;

/// The landscape's worker, once it was started.
pub struct LandscapeHandle {
    setup: Arc<RaceSetup>,
    landscape: Option<Landscape>,
}

impl LandscapeHandle {
    /// A handle for a race; no worker is started yet.
    pub fn new(setup: Arc<RaceSetup>) -> Self {
        Self { setup, landscape: None }
    }

    /// Has the worker look at the race as it is, with no say for the runs that are `hidden`.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn look(&mut self, history: &History, hidden: &[bool]) -> Result<(), String> {
        let landscape = match self.landscape.take() {
            Some(landscape) => landscape,
            None => Landscape::start(&self.setup).map_err(|error| error.to_string())?,
        };
        landscape.look(LandscapeRequest::of(history, hidden));
        self.landscape = Some(landscape);
        Ok(())
    }

    /// Has the worker rest: what was computed is kept.
    pub fn rest(&self) {
        if let Some(landscape) = &self.landscape {
            landscape.look(LandscapeRequest::empty());
        }
    }

    /// The newest picture that was not yet asked for.
    pub fn picture(&self) -> Option<LandscapeFrame> {
        self.landscape.as_ref()?.pictures().try_iter().last()
    }
}
