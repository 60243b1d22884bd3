//! The state of the screen, and how it changes: inputs go in, effects come out. Nothing here touches a terminal, a
//! thread or a clock.

mod again;
mod draw;
mod keys;
mod lr;
mod mouse;
mod race;
mod save;
mod time;

use std::any::Any;
use std::path::PathBuf;
use std::time::Duration;

use crossterm::event::{Event as TerminalEvent, MouseEventKind};

use super::dialog::Dialog;
use super::drawn::Drawn;
use super::effect::Effect;
use super::theme::Theme;
use super::view::{View, ViewKind};
use super::views::{self, surface::SurfaceView};
use crate::board::Board;
use crate::board::race_info::RaceInfo;
use crate::board::side_by_side::SideBySide;
use crate::board::status::{Status, Tone};
use crate::race::landscape::LandscapeFrame;
use crate::race::memory::Forecast;
use crate::race::protocol::{Event, EventKind};
use crate::race::scheduler::Pace;
use crate::race::settings::RunInfo;

pub use save::HistorySize;
use save::Saving;

/// Something that the screen has to answer.
#[derive(Debug, Clone)]
pub enum Input {
    /// A key, the mouse, pasted text, a new size.
    Terminal(TerminalEvent),
    /// Something happened in the race.
    Race(Event),
    /// The time since the screen opened. Comes once a frame.
    Tick(Duration),
    /// A frame was drawn.
    Drawn(Drawn),
    /// What the landscape's worker sees, or why there is none.
    Landscape(Result<LandscapeFrame, String>),
    /// Writing has ended: the folder, or why not.
    Saved(Result<PathBuf, String>),
}

/// What the screen opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The key of the view.
    pub view: char,
    /// What to look at.
    pub look: &'static str,
    /// What to press next.
    pub press: &'static str,
}

/// The state of the screen.
pub struct App {
    /// What there is to see.
    pub board: Board,
    /// How the screen looks.
    pub theme: Theme,
    /// What is open over the view.
    pub dialog: Option<Dialog>,
    views: Vec<Box<dyn View>>,
    /// Which of the views is shown.
    shown: usize,
    /// Where the last frame shows what.
    drawn: Drawn,
    saving: Saving,
    /// How many runs changed their learning rate since the last frame.
    lr_changes: usize,
    needs_drawing: bool,
}

impl App {
    /// A screen for a race that is about to begin. `chosen_folder` is where a person wants the results.
    pub fn new(info: RaceInfo, runs: &[RunInfo], theme: Theme, chosen_folder: bool) -> Self {
        let board = Board::new(info, runs);
        let views = views::of_race(&board);
        Self::with(board, views, theme, chosen_folder)
    }

    /// A screen for races that were recorded in `folders`.
    pub fn of_recorded(races: SideBySide, theme: Theme, folders: &str) -> Self {
        let runs: Vec<RunInfo> = races.history.runs.iter().map(|run| run.info.clone()).collect();
        let mut board = Board::new(races.info, &runs);
        (board.is_recorded, board.history) = (true, races.history);
        let views = views::of_race(&board);
        let mut app = Self::with(board, views, theme, false);
        app.saving.note_written(app.extent());
        app.board.say_in(
            Tone::Lasting,
            format!("read from {folders}. The keys , and PgUp, or a click on a chart, look back"),
        );
        app
    }

    /// Shows a view, and the moment at this share of the race, the newest where `None`.
    pub fn show_moment(&mut self, view: char, share: Option<f64>) {
        self.show(view);
        let at = share.map(|share| (share * self.board.newest() as f64).round() as u64);
        self.board.put_playhead(at);
        self.tick(Duration::ZERO);
    }

    /// A screen without a race: walks on a surface, and nothing else.
    pub fn of_surface(surface: SurfaceView, theme: Theme) -> Self {
        Self::with(Board::new(RaceInfo::of_no_race(), &[]), vec![Box::new(surface)], theme, false)
    }

    fn with(board: Board, views: Vec<Box<dyn View>>, theme: Theme, chosen_folder: bool) -> Self {
        Self {
            board,
            theme,
            dialog: None,
            views,
            shown: 0,
            drawn: Drawn::default(),
            saving: Saving::new(chosen_folder),
            lr_changes: 0,
            needs_drawing: true,
        }
    }

    /// The view that is shown.
    pub fn view(&self) -> &dyn View {
        self.views[self.shown].as_ref()
    }

    /// The view of this type, if there is one.
    pub fn find_view<V: View>(&self) -> Option<&V> {
        self.views.iter().find_map(|view| (view.as_ref() as &dyn Any).downcast_ref())
    }

    /// What all views are called, in the order of their keys.
    pub fn view_kinds(&self) -> impl Iterator<Item = ViewKind> {
        self.views.iter().map(|view| view.kind())
    }

    /// Takes in what happened, and says what has to be done about it.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Terminal(event) => {
                self.needs_drawing |= !is_idle_motion(&event);
                self.handle_terminal(event)
            }
            Input::Race(event) => {
                let comes_often = matches!(
                    event.kind,
                    EventKind::Progress { .. }
                        | EventKind::Snapshot(_)
                        | EventKind::PresentWeights(_)
                        | EventKind::Trail(_)
                );
                self.needs_drawing |= !(comes_often && self.view().paces_itself());
                self.handle_race(event)
            }
            Input::Tick(now) => self.tick(now),
            Input::Drawn(drawn) => {
                self.drawn = drawn;
                Vec::new()
            }
            Input::Landscape(seen) => {
                self.needs_drawing = true;
                self.board.take_in_landscape(seen);
                Vec::new()
            }
            Input::Saved(outcome) => {
                self.needs_drawing = true;
                self.handle_saved(outcome)
            }
        }
    }

    fn handle_terminal(&mut self, event: TerminalEvent) -> Vec<Effect> {
        match event {
            TerminalEvent::Key(key) => self.handle_key(key),
            TerminalEvent::Mouse(mouse) => self.handle_mouse(mouse),
            TerminalEvent::Paste(text) => {
                if let Some(Dialog::Line(input)) = &mut self.dialog {
                    input.paste(&text);
                }
                Vec::new()
            }
            TerminalEvent::Resize(..) | TerminalEvent::FocusGained | TerminalEvent::FocusLost => Vec::new(),
        }
    }

    fn tick(&mut self, now: Duration) -> Vec<Effect> {
        self.lr_changes = 0;
        self.needs_drawing |= self.board.tick(now);
        let mut effects = Vec::new();
        for (index, view) in self.views.iter_mut().enumerate() {
            let update = view.catch_up(&self.board, index == self.shown);
            self.needs_drawing |= update.needs_drawing;
            effects.extend(update.effects);
        }
        effects
    }

    /// Whether anything has changed since this was asked last.
    pub fn take_needs_drawing(&mut self) -> bool {
        std::mem::take(&mut self.needs_drawing)
    }

    /// Whether results are being written.
    pub fn is_saving(&self) -> bool {
        self.saving.is_under_way()
    }

    /// Has the next frame drawn, though nothing has changed.
    pub fn needs_drawing(&mut self) {
        self.needs_drawing = true;
    }

    /// Opens with this view, and says until the first key what there is to see.
    pub fn begin_with(&mut self, opening: Opening) {
        self.show(opening.view);
        let hint = format!("{}. {}", opening.look, opening.press);
        self.board.hint = Some(Status::new(hint, Tone::Lasting, self.board.now));
    }

    /// Begins with the pace at which the race was started.
    pub fn begin_at(&mut self, pace: Pace) {
        self.board.pause_asked = pace.paused;
        if pace.paused {
            self.board.say_in(Tone::Lasting, "it begins paused: space lets all runs go, . does one step");
        }
        self.board.pace = pace;
    }

    /// Says what the race needs, where that may not last to its end.
    pub fn report_memory(&mut self, memory: &Forecast) {
        if let Some(shortage) = memory.shortage() {
            self.board.say_in(Tone::Lasting, format!("this race needs {memory}; {shortage}"));
        }
    }
}

/// Whether the mouse merely moves, which happens a hundred times a second and changes nothing.
fn is_idle_motion(event: &TerminalEvent) -> bool {
    matches!(event, TerminalEvent::Mouse(mouse) if mouse.kind == MouseEventKind::Moved)
}
