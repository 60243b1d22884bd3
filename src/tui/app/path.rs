//! All paths on one plane: has the race record them and the landscape look at them, and keeps what it saw last.

use std::time::Duration;

use super::{App, Effect};
use crate::race::history::{History, RunState};
use crate::race::landscape::{Life, Picture};
use crate::race::protocol::{Command, Target};
use crate::tui::view_kind::View;

/// Time between two frames while runs train and nothing else happens: slow enough that numbers can be read.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is known of the paths.
#[derive(Debug, Default)]
pub(super) struct Paths {
    picture: Option<Picture>,
    /// Why there is no landscape.
    trouble: Option<String>,
    /// Whether the race was asked to record paths.
    is_recorded: bool,
    /// What the landscape looks at; `None` while it rests.
    looked_at: Option<Looked>,
    /// When the view was drawn last because runs train.
    shown: Duration,
}

/// What a picture depends on.
#[derive(Debug, PartialEq)]
struct Looked {
    life: Life,
    is_still: bool,
    /// Of each run, how many snapshots there are, the step of the last, and whether it has diverged.
    runs: Vec<(usize, u32, bool)>,
    hidden: Vec<bool>,
}

impl Looked {
    fn of(history: &History, hidden: &[bool]) -> Self {
        let runs = history.runs.iter().map(|run| {
            let last = run.snapshots.last().map_or(0, |snapshot| snapshot.step);
            (run.snapshots.len(), last, matches!(run.state, RunState::Diverged { .. }))
        });
        let hidden = hidden.to_vec();
        Self { life: Life::of(history), is_still: history.is_still(), runs: runs.collect(), hidden }
    }
}

impl App {
    /// All paths on one plane, as the landscape saw them last; `None` before, and once a run has begun again.
    pub fn picture(&self) -> Option<&Picture> {
        self.paths.picture.as_ref().filter(|picture| picture.life == Life::of(&self.history))
    }

    /// Why there is no landscape, if so.
    pub fn landscape_trouble(&self) -> Option<&str> {
        self.paths.trouble.as_deref()
    }

    pub(super) fn take_in_landscape(&mut self, seen: Result<Picture, String>) {
        self.needs_drawing |= self.view == View::Path;
        match seen {
            Ok(picture) => {
                self.paths.trouble = None;
                self.paths.picture = Some(picture);
            }
            Err(trouble) => self.paths.trouble = Some(trouble),
        }
    }

    /// Snapshots are asked for at once, as a path that begins in the middle says little; the landscape is asked to look
    /// whenever there is something new to see, while the view is shown.
    pub(super) fn path_requests(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !std::mem::replace(&mut self.paths.is_recorded, true) {
            effects.push(Effect::Race(Target::All, Command::Snapshots { on: true }));
        }
        let wanted = (self.view == View::Path).then(|| Looked::of(&self.history, &self.hidden));
        if wanted != self.paths.looked_at {
            effects.push(Effect::Look { on: wanted.is_some() });
            self.paths.looked_at = wanted;
        }
        effects
    }

    /// The numbers beside the paths go on while they are seen.
    pub(super) fn tick_paths(&mut self) {
        let is_due = self.now >= self.paths.shown + LOOK_EVERY && !self.history.is_still();
        if self.view == View::Path && is_due {
            self.paths.shown = self.now;
            self.needs_drawing = true;
        }
    }
}
