//! The landscape beside the screen: begun when somebody first looks, at rest while nobody does.

use std::sync::Arc;

use crate::nn::Architecture;
use crate::race::RaceData;
use crate::race::history::History;
use crate::race::landscape::{Landscape, Picture, Scene};
use crate::race::settings::Settings;

/// Where the landscape is seen from.
pub struct Lookout {
    settings: Settings,
    architecture: Architecture,
    data: Arc<RaceData>,
    landscape: Option<Landscape>,
}

impl Lookout {
    /// A lookout over the race of these settings; nothing is computed yet.
    pub fn new(settings: Settings, architecture: Architecture, data: Arc<RaceData>) -> Self {
        Self { settings, architecture, data, landscape: None }
    }

    /// Looks at the race as it stands, less at the runs that are `hidden`.
    ///
    /// # Errors
    /// When the system refuses a thread; in words.
    pub fn look(&mut self, history: &History, hidden: &[bool]) -> Result<(), String> {
        let landscape = match self.landscape.take() {
            Some(landscape) => landscape,
            None => Landscape::start(&self.settings, self.architecture.clone(), Arc::clone(&self.data))
                .map_err(|error| error.to_string())?,
        };
        landscape.look(Scene::of(history, hidden));
        self.landscape = Some(landscape);
        Ok(())
    }

    /// Looks away: what was computed is kept, and nothing more is.
    pub fn rest(&self) {
        if let Some(landscape) = &self.landscape {
            landscape.look(Scene::empty());
        }
    }

    /// The newest picture that was not yet asked for.
    pub fn picture(&self) -> Option<Picture> {
        self.landscape.as_ref()?.pictures().try_iter().last()
    }
}
