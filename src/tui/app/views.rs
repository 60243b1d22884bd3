//! Which view is shown, and the surface, which takes keys and the mouse before the race does.

use crossterm::event::{KeyEvent, MouseEvent};

use super::{App, Effect};
use crate::surface::{self, Plan};
use crate::tui::surface::{Reaction, SurfaceView};
use crate::tui::view;
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

    /// The surface, where it is shown and nothing of the race lies over it.
    pub(super) fn surface_with_keys(&mut self) -> Option<&mut SurfaceView> {
        self.surface.as_mut().filter(|_| self.view == View::Surface && self.dialog.is_none())
    }

    /// The walks go on while they are seen.
    pub(super) fn tick_surface(&mut self) {
        let (now, is_shown) = (self.now, self.view == View::Surface);
        if let Some(surface) = &mut self.surface {
            if is_shown {
                surface.tick(now);
                self.needs_drawing |= surface.take_needs_drawing();
            } else {
                surface.rest(now);
            }
        }
    }

    /// Offers a key to the surface; `None` where it is the race's.
    pub(super) fn surface_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        let area = view::surface_area(self);
        let reaction = self.surface_with_keys()?.handle_key(key, area);
        self.after_surface(reaction)
    }

    /// Offers what the mouse did to the surface; `None` where it is the race's.
    pub(super) fn surface_mouse(&mut self, mouse: MouseEvent) -> Option<Vec<Effect>> {
        let area = view::surface_area(self);
        let reaction = self.surface_with_keys()?.handle_mouse(mouse, area);
        self.after_surface(reaction)
    }

    fn after_surface(&mut self, reaction: Reaction) -> Option<Vec<Effect>> {
        match reaction {
            Reaction::Taken => Some(Vec::new()),
            Reaction::Ignored => None,
            Reaction::Suspend => Some(vec![Effect::Suspend]),
            Reaction::Leave => Some(self.ask_quit()),
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
