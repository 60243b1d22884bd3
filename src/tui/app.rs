//! The state of the screen, and how it changes: inputs go in, effects come out. Nothing here touches a terminal, a
//! thread or a clock.

mod again;
mod charts;
mod keys;
mod lr;
mod mouse;
mod path;
mod race;
mod save;
mod views;
mod zigzag;

use std::path::PathBuf;
use std::time::Duration;

use super::dialog::Dialog;
use super::drawn::Drawn;
use super::keymap::{self, Action, Entry};
use super::series::Series;
use super::status::{Status, Tone};
use super::surface::SurfaceView;
use super::theme::Theme;
use super::view_kind::View;
use super::zigzag::Zigzag;
use crate::board::lesson::LiveLesson;
use crate::board::race_info::RaceInfo;
use crate::board::throughput::Throughput;
use crate::race::history::History;
use crate::race::landscape::Picture;
use crate::race::memory::Forecast;
use crate::race::protocol::{Command, Event, EventKind, RunIndex, Target};
use crate::race::settings::RunInfo;
use crossterm::event::{Event as TerminalEvent, KeyEvent, MouseEventKind};

pub use charts::ChartSettings;
use path::Paths;
pub use save::Extent;
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
    /// What the landscape sees, or why there is none.
    Landscape(Result<Picture, String>),
    /// Writing has ended: the folder, or why not.
    Saved(Result<PathBuf, String>),
}

/// Something that has to be done outside the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask this of the race.
    Race(Target, Command),
    /// Show the landscape the race as it stands, or nothing any more.
    Look {
        /// Whether somebody looks.
        on: bool,
    },
    /// Write what was measured.
    Save {
        /// Whether the person is about to leave.
        leaving: bool,
    },
    /// Give the shell back until it wakes the program.
    Suspend,
    /// Leave.
    Quit,
}

/// The state of the screen.
pub struct App {
    /// What is shown.
    pub view: View,
    /// What does not change.
    pub facts: RaceInfo,
    /// How the screen looks.
    pub theme: Theme,
    /// All that was measured.
    pub history: History,
    /// The curves made of it.
    pub series: Series,
    /// How the charts are drawn.
    pub charts: ChartSettings,
    /// The selected run.
    pub selected: RunIndex,
    /// Whether each run's curves are hidden.
    pub hidden: Vec<bool>,
    /// Whether changes of learning rate go to all runs.
    pub to_all: bool,
    /// Learning rates asked for, and not yet confirmed by the race.
    pub asked_lr: Vec<Option<f64>>,
    /// Whether a pause was asked for.
    pub pause_asked: bool,
    /// Whether the result is shown, once the race has ended.
    pub shows_result: bool,
    /// What is open over the race.
    pub dialog: Option<Dialog>,
    /// What was said last.
    pub status: Option<Status>,
    /// Where the last frame shows what.
    drawn: Drawn,
    /// The surface, once it was looked at.
    surface: Option<SurfaceView>,
    lesson: LiveLesson,
    zigzag: Zigzag,
    paths: Paths,
    throughput: Throughput,
    now: Duration,
    saving: Saving,
    /// How many runs changed their learning rate since the last frame.
    lr_changes: usize,
    needs_drawing: bool,
}

impl App {
    /// A screen for a race that is about to begin. `chosen_folder` is where a person wants the results.
    pub fn new(facts: RaceInfo, runs: &[RunInfo], theme: Theme, chosen_folder: bool) -> Self {
        let charts = ChartSettings::default();
        let history = History::new(runs, facts.epochs);
        Self {
            view: View::default(),
            surface: None,
            lesson: LiveLesson::default(),
            zigzag: Zigzag::new(runs.len()),
            paths: Paths::default(),
            history,
            series: Series::new(runs.len(), charts.smoothing()),
            charts,
            facts,
            theme,
            selected: 0,
            hidden: vec![false; runs.len()],
            to_all: false,
            asked_lr: vec![None; runs.len()],
            pause_asked: false,
            shows_result: false,
            dialog: None,
            status: None,
            drawn: Drawn::default(),
            throughput: Throughput::default(),
            now: Duration::ZERO,
            saving: Saving::new(chosen_folder),
            lr_changes: 0,
            needs_drawing: true,
        }
    }

    /// The same without a race: walks on a surface, and nothing else.
    pub fn of_surface(surface: SurfaceView, theme: Theme) -> Self {
        Self { view: View::Surface, surface: Some(surface), ..Self::new(RaceInfo::of_no_race(), &[], theme, false) }
    }

    /// Whether there is a race.
    pub fn has_race(&self) -> bool {
        !self.history.runs.is_empty()
    }

    /// The views to choose from.
    pub fn views(&self) -> &'static [View] {
        if self.has_race() { &View::ALL } else { &[View::Surface] }
    }

    /// The keys that mean something now.
    pub fn keys(&self) -> impl Iterator<Item = &'static Entry> + Clone {
        keymap::keys(self.view, self.has_race())
    }

    fn key_action(&self, key: KeyEvent) -> Option<Action> {
        keymap::action(self.view, self.has_race(), key)
    }

    /// Takes in what happened, and says what has to be done about it.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Terminal(event) => {
                self.needs_drawing |= !is_idle_motion(&event);
                self.handle_terminal(event)
            }
            Input::Race(event) => {
                // Paths are looked at less often than steps come.
                let shows_paths = matches!(self.view, View::Zigzag | View::Path);
                let waits = shows_paths
                    && matches!(event.kind, EventKind::Progress { .. } | EventKind::Snapshot(_) | EventKind::Trail(_));
                self.needs_drawing |= !waits;
                self.handle_race(event)
            }
            Input::Tick(now) => {
                self.tick(now);
                if self.has_race() {
                    self.path_recordings().into_iter().chain(self.path_requests()).collect()
                } else {
                    Vec::new()
                }
            }
            Input::Drawn(drawn) => {
                self.drawn = drawn;
                Vec::new()
            }
            Input::Landscape(seen) => {
                self.take_in_landscape(seen);
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
                if let Some(Dialog::Lr(input)) = &mut self.dialog {
                    input.paste(&text);
                }
                Vec::new()
            }
            TerminalEvent::Resize(..) | TerminalEvent::FocusGained | TerminalEvent::FocusLost => Vec::new(),
        }
    }

    fn tick(&mut self, now: Duration) {
        self.now = now;
        self.lr_changes = 0;
        let samples = self.history.runs.iter().map(|run| run.samples()).sum();
        self.throughput.note(now, samples);
        if self.status.as_ref().is_some_and(|status| status.has_passed(now)) {
            self.status = None;
            self.needs_drawing = true;
        }
        self.series.catch_up(&self.history);
        self.tick_surface();
        if self.view == View::Lesson {
            self.needs_drawing |= self.lesson.measure(&self.history, self.now);
        }
        self.look_side_by_side();
        self.tick_paths();
    }

    /// Whether anything has changed since this was asked last.
    pub fn take_needs_drawing(&mut self) -> bool {
        std::mem::take(&mut self.needs_drawing)
    }

    /// What the race says of the lesson so far.
    pub fn lesson(&self) -> &LiveLesson {
        &self.lesson
    }

    /// Samples a second of all runs together, where they train.
    pub fn samples_per_second(&self) -> Option<f64> {
        self.throughput.samples_per_second()
    }

    /// Whether every run stands still though the race has not ended.
    pub fn is_paused(&self) -> bool {
        self.pause_asked && self.history.is_still() && !self.history.has_ended()
    }

    /// Whether no step has been measured yet.
    pub fn is_preparing(&self) -> bool {
        self.history.runs.iter().all(|run| run.steps.is_empty() && !run.state.has_ended())
    }

    /// Whether results are being written.
    pub fn is_saving(&self) -> bool {
        self.saving.is_under_way()
    }

    /// The learning rate of a run's next step: the one asked for last, though it may not yet be confirmed.
    pub fn lr(&self, run: RunIndex) -> f64 {
        self.asked_lr[run].unwrap_or(self.history.runs[run].lr)
    }

    /// Has the next frame drawn, though nothing has changed.
    pub fn needs_drawing(&mut self) {
        self.needs_drawing = true;
    }

    /// Says what the race needs; for longer where that may not last to its end.
    pub fn tell_memory(&mut self, memory: &Forecast) {
        let needs = format!("this race needs {memory}");
        match memory.shortage() {
            None => self.say(needs),
            Some(shortage) => {
                self.status = Some(Status::new(format!("{needs}; {shortage}"), Tone::Lasting, self.now));
            }
        }
    }

    fn say(&mut self, text: impl Into<String>) {
        self.status = Some(Status::new(text, Tone::Passing, self.now));
    }

    fn label(&self, run: RunIndex) -> &str {
        &self.history.runs[run].info.label
    }
}

/// Whether the mouse merely moves, which happens a hundred times a second and changes nothing.
fn is_idle_motion(event: &TerminalEvent) -> bool {
    matches!(event, TerminalEvent::Mouse(mouse) if mouse.kind == MouseEventKind::Moved)
}
