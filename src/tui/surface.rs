//! Optimizers on a function of two variables: their paths drawn step by step, on a screen of their own or as a view of
//! the race.
//!
//! [`SurfaceView`] is the state: keys, the mouse and the time go in, [`SurfaceView::draw`] shows it. Nothing in it
//! touches a terminal, a thread or a clock; [`run`] is the loop for when it has the terminal to itself.

mod keys;
mod mouse;
mod screen;

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::dialog::Dialog;
use super::status::{Status, Tone};
use super::theme::Theme;
use super::view;
use crate::optim::Spec;
use crate::surface::{self, Noise, Plan, Point, Surface, Walk};

pub use keys::{KEYS, SurfaceAction};
pub use screen::run;

/// Speeds to choose from, in steps a second.
const SPEEDS: [u32; 11] = [1, 2, 4, 8, 15, 30, 60, 120, 250, 500, 1000];

/// About how long all steps take at the speed that a surface begins with, in seconds.
const WHOLE_WALK_S: u32 = 6;

/// Most steps between two frames: after a long break the paths go on where they were.
const MOST_STEPS_AT_ONCE: f64 = 200.0;

/// What became of a key or the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// It was for this view.
    Taken,
    /// It means nothing here.
    Ignored,
    /// The shell is asked for.
    Suspend,
    /// The person wants to leave.
    Leave,
}

/// The state of the view.
pub struct SurfaceView {
    plan: Plan,
    walks: Vec<Walk>,
    /// Learning rates of the first steps, which `0` returns to.
    first_lr: Vec<f64>,
    /// The optimizers that were asked for, on whichever surface; those that suit each surface where `None`.
    asked: Option<Vec<Spec>>,
    /// Optimizers whose colours and signs are known from elsewhere, in the order of these.
    known: Vec<&'static str>,
    selected: usize,
    is_paused: bool,
    speed: usize,
    /// Steps that are due, a part of one included.
    due: f64,
    now: Duration,
    dialog: Option<Dialog>,
    status: Option<Status>,
    needs_drawing: bool,
}

impl SurfaceView {
    /// A view of this plan, at the start of its walks. `asked` says whether a person named the optimizers.
    ///
    /// # Errors
    /// When the plan cannot be walked.
    pub fn new(plan: Plan, asked: bool) -> Result<Self, surface::SurfaceError> {
        let walks = plan.walks()?;
        Ok(Self {
            walks,
            first_lr: plan.specs.iter().map(|spec| spec.lr).collect(),
            asked: asked.then(|| plan.specs.clone()),
            known: Vec::new(),
            selected: 0,
            is_paused: false,
            speed: speed_for(plan.steps),
            due: 0.0,
            now: Duration::ZERO,
            dialog: None,
            status: None,
            needs_drawing: true,
            plan,
        })
    }

    /// The same, with each of these optimizers (by name) in the colour and with the sign of its place among them.
    #[must_use]
    pub fn with_known(mut self, optimizers: Vec<&'static str>) -> Self {
        self.known = optimizers;
        self
    }

    /// Which colour and sign of the theme a walk has.
    pub fn sign(&self, walk: usize) -> usize {
        let name = |walk: &Walk| walk.spec().optimizer.name;
        let own = name(&self.walks[walk]);
        let is_first = !self.walks[..walk].iter().any(|earlier| name(earlier) == own);
        let place = self.known.iter().position(|known| *known == own).filter(|_| is_first);
        place.unwrap_or(self.known.len() + walk)
    }

    /// Draws it; answers where the cursor stands, if there is one.
    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, theme: Theme) -> Option<Position> {
        view::surface::render(frame.buffer_mut(), area, self, theme, None)
    }

    /// Takes in the time since the screen opened: the walks go on.
    pub fn tick(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.now).as_secs_f64();
        self.now = now;
        if self.status.as_ref().is_some_and(|status| status.has_passed(now)) {
            self.status = None;
            self.needs_drawing = true;
        }
        if self.is_paused || self.has_ended() {
            self.due = 0.0;
            return;
        }
        self.due = (self.due + passed * f64::from(self.steps_per_second())).min(MOST_STEPS_AT_ONCE);
        while self.due >= 1.0 {
            self.due -= 1.0;
            self.step_all();
        }
    }

    /// Takes in the time while nobody looks: the walks stay where they are.
    pub fn rest(&mut self, now: Duration) {
        self.now = now;
    }

    /// Whether anything has changed since this was asked last.
    pub fn take_needs_drawing(&mut self) -> bool {
        std::mem::take(&mut self.needs_drawing)
    }

    /// Has the next frame drawn, though nothing has changed.
    pub fn needs_drawing(&mut self) {
        self.needs_drawing = true;
    }

    /// The function.
    pub fn surface(&self) -> &'static Surface {
        self.plan.surface
    }

    /// Where the walks begin.
    pub fn start(&self) -> Point {
        self.plan.start
    }

    /// Noise on the gradients that the walks see, if there is any.
    pub fn noise(&self) -> Option<Noise> {
        self.plan.noise
    }

    /// Steps of a whole walk.
    pub fn planned(&self) -> u32 {
        self.plan.steps
    }

    /// Steps done so far.
    pub fn step(&self) -> u32 {
        self.walks.iter().map(|walk| walk.last().step).max().unwrap_or(0)
    }

    /// All walks.
    pub fn walks(&self) -> &[Walk] {
        &self.walks
    }

    /// Index of the selected walk.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// Whether the walks wait for a person.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// Whether no walk goes any further.
    pub fn has_ended(&self) -> bool {
        self.walks.iter().all(|walk| walk.end().is_some())
    }

    /// How fast the walks go.
    pub fn steps_per_second(&self) -> u32 {
        SPEEDS[self.speed]
    }

    /// What is open over the view.
    pub fn dialog(&self) -> Option<&Dialog> {
        self.dialog.as_ref()
    }

    /// What was said last.
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    fn say(&mut self, text: impl Into<String>) {
        self.status = Some(Status::new(text, Tone::Passing, self.now));
    }

    fn step_all(&mut self) {
        self.walks.iter_mut().for_each(Walk::step);
        self.needs_drawing = true;
    }

    /// Begins again from the start, with the learning rates as they are now.
    fn restart(&mut self) {
        let rates: Vec<f64> = self.walks.iter().map(Walk::lr).collect();
        // The plan was walked before, and its start is only ever moved within the surface.
        if let Ok(walks) = self.plan.walks() {
            self.walks = walks;
        }
        self.walks.iter_mut().zip(rates).for_each(|(walk, lr)| walk.set_lr(lr));
        self.due = 0.0;
    }

    fn move_start(&mut self, to: Point) {
        let inside = |value: f64, range: surface::Range| value.clamp(range.low, range.high);
        let surface = self.plan.surface;
        self.plan.start = Point::new(inside(to.x, surface.x), inside(to.y, surface.y));
        self.restart();
    }

    fn next_surface(&mut self) {
        let all = surface::all();
        let place = all.iter().position(|surface| surface.name == self.plan.surface.name).unwrap_or(0);
        let mut plan = Plan::new(&all[(place + 1) % all.len()]);
        if let Some(specs) = &self.asked {
            plan.specs.clone_from(specs);
        }
        plan.noise = self.plan.noise;
        if let Ok(next) = Self::new(plan, self.asked.is_some()) {
            let selected = self.selected.min(next.walks.len() - 1);
            *self = Self { selected, now: self.now, is_paused: self.is_paused, ..next };
        }
    }
}

/// The speed at which this many steps take a few seconds.
fn speed_for(steps: u32) -> usize {
    SPEEDS.iter().position(|speed| speed * WHOLE_WALK_S >= steps).unwrap_or(SPEEDS.len() - 1)
}
