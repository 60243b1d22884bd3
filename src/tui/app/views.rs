//! Which view is shown, and the surface among them.

use super::{App, Effect};
use crate::surface::{self, Plan};
use crate::tui::surface::SurfaceView;
use crate::tui::view_kind::View;

impl App {
    /// Shows a view.
    pub(super) fn show(&mut self, view: View) -> Vec<Effect> {
        if view == View::Surface && self.surface.is_none() {
            self.surface = self.textbook();
        }
        self.view = view;
        if view == View::Zigzag {
            self.enter_zigzag();
        }
        Vec::new()
    }

    /// The surface, where it is shown.
    pub fn shown_surface(&self) -> Option<&SurfaceView> {
        self.surface.as_ref().filter(|_| self.view == View::Surface)
    }

    pub(super) fn shown_surface_mut(&mut self) -> Option<&mut SurfaceView> {
        self.surface.as_mut().filter(|_| self.view == View::Surface)
    }

    /// The walks go on while they are seen.
    pub(super) fn tick_surface(&mut self) {
        let (now, is_shown) = (self.now, self.view == View::Surface);
        if let Some(surface) = &mut self.surface {
            if is_shown {
                self.needs_drawing |= surface.tick(now);
            } else {
                surface.rest(now);
            }
        }
    }

    /// The surface that is walked on if nobody names one, with the optimizers that suit it, in the colours they race in.
    fn textbook(&self) -> Option<SurfaceView> {
        let racing = self.history.runs.iter().map(|run| run.info.spec.optimizer.name).collect();
        // Both are known to be there: the default's name and its own optimizers.
        let view = SurfaceView::new(Plan::new(surface::named(surface::DEFAULT).ok()?), false).ok()?;
        Some(view.with_known(racing))
    }
}
