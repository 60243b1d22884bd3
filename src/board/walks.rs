//! Optimizers on a function of two variables: their paths, step by step.

use std::time::Duration;

use super::lr::Ladder;
use super::{beside, lr};
use crate::optim::{self, Spec};
use crate::surface::{self, Noise, Plan, Point, Surface, Walk};

/// Speeds to choose from, in steps a second.
const SPEEDS: [u32; 11] = [1, 2, 4, 8, 15, 30, 60, 120, 250, 500, 1000];

/// About how long all steps take at the speed that a surface begins with, in seconds.
const WHOLE_WALK_S: u32 = 6;

/// Most steps between two frames: after a long break the paths go on where they were.
const MOST_STEPS_AT_ONCE: f64 = 200.0;

/// Notches that the start can be moved by from one side of the surface to the other.
const NOTCHES: f64 = 40.0;

/// Optimizers on a surface, and how a person watches them.
pub struct Walks {
    plan: Plan,
    walks: Vec<Walk>,
    /// Learning rates of the first steps, which `0` returns to.
    first_lr: Vec<f64>,
    /// What each walk's learning rate climbs on.
    ladders: Vec<Ladder>,
    /// The optimizers that were asked for, on whichever surface; those that suit each surface where `None`.
    asked: Option<Vec<Spec>>,
    /// Optimizers whose colours and markers are known from elsewhere, in the order of these.
    known: Vec<&'static str>,
    selected: usize,
    is_paused: bool,
    speed: usize,
    /// Steps that are due, a part of one included.
    due: f64,
    now: Duration,
}

impl Walks {
    /// The walks of this plan, before their first step. `asked` says whether a person named the optimizers.
    ///
    /// # Errors
    /// When the plan cannot be walked.
    pub fn new(plan: Plan, asked: bool) -> Result<Self, surface::SurfaceError> {
        let walks = plan.walks()?;
        Ok(Self {
            ladders: vec![Ladder::default(); walks.len()],
            walks,
            first_lr: plan.specs.iter().map(|spec| spec.lr).collect(),
            asked: asked.then(|| plan.specs.clone()),
            known: optim::all().iter().map(|optimizer| optimizer.name).collect(),
            selected: 0,
            is_paused: false,
            speed: speed_for(plan.steps),
            due: 0.0,
            now: Duration::ZERO,
            plan,
        })
    }

    /// The same, with each of these optimizers (by name) in the colour and with the marker of its place among them.
    #[must_use]
    pub fn with_known(mut self, optimizers: Vec<&'static str>) -> Self {
        self.known = optimizers;
        self
    }

    /// Which colour and marker of the theme a walk has.
    pub fn marker(&self, walk: usize) -> usize {
        let name = |walk: &Walk| walk.spec().optimizer.name;
        let own = name(&self.walks[walk]);
        let is_first = !self.walks[..walk].iter().any(|earlier| name(earlier) == own);
        let place = self.known.iter().position(|known| *known == own).filter(|_| is_first);
        place.unwrap_or(self.known.len() + walk)
    }

    /// Takes in the time since the screen opened: the walks go on; whether they did.
    pub fn tick(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.now).as_secs_f64();
        self.now = now;
        if self.is_paused || self.has_ended() {
            self.due = 0.0;
            return false;
        }
        self.due = (self.due + passed * f64::from(self.steps_per_second())).min(MOST_STEPS_AT_ONCE);
        let steps = self.due.floor();
        self.due -= steps;
        (0..steps as u32).for_each(|_| self.step_all());
        steps > 0.0
    }

    /// Takes in the time while nobody looks: the walks stay where they are.
    pub fn rest(&mut self, now: Duration) {
        self.now = now;
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

    /// Does one step of every walk, and waits for the next.
    pub fn step_by_hand(&mut self) {
        self.is_paused = true;
        self.step_all();
    }

    /// Selects the walk above, or the one below.
    pub fn select_next(&mut self, back: bool) {
        self.selected = beside(self.selected, self.walks.len(), back);
    }

    /// Selects a walk.
    pub fn select(&mut self, walk: usize) {
        self.selected = walk;
    }

    /// Moves the start by so many notches to the right and up, and begins again from there.
    pub fn shift_start(&mut self, right: i8, up: i8) {
        let notches = |count: i8, extent: f64| f64::from(count) * extent / NOTCHES;
        let x = notches(right, self.surface().x.extent()) + self.start().x;
        let y = notches(up, self.surface().y.extent()) + self.start().y;
        self.move_start(Point::new(tidy(x), tidy(y)));
    }

    /// Puts the start into cell `at` of the surface drawn in so many `cells`, columns and rows counted from its upper
    /// left corner; rounded to what a cell can tell.
    pub fn point(&mut self, at: [u16; 2], cells: [u16; 2]) {
        let Surface { x, y, .. } = *self.surface();
        let share = |axis: usize| (f64::from(at[axis]) + 0.5) / f64::from(cells[axis]);
        let grain = |extent: f64, axis: usize| extent / f64::from(cells[axis]);
        let to = Point::new(x.low + x.extent() * share(0), y.high - y.extent() * share(1));
        self.move_start(Point::new(round(to.x, grain(x.extent(), 0)), round(to.y, grain(y.extent(), 1))));
    }

    fn step_all(&mut self) {
        self.walks.iter_mut().for_each(Walk::step);
    }

    /// Pauses, or goes on; begins again where all have ended.
    pub fn toggle_pause(&mut self) {
        if self.has_ended() {
            self.restart();
            self.is_paused = false;
        } else {
            self.is_paused = !self.is_paused;
        }
    }

    /// Takes the selected walk's learning rate to another rung; what is to be said of it.
    pub fn climb(&mut self, up: bool) -> String {
        match self.ladders[self.selected].climb(self.walks[self.selected].lr(), up) {
            Some(lr) => self.set_lr(lr),
            None => "the ladder ends here; = types any rate".to_owned(),
        }
    }

    /// Back to the learning rate that the selected walk began with; what is to be said of it.
    pub fn first_lr(&mut self) -> String {
        self.set_lr(self.first_lr[self.selected])
    }

    /// Gives the selected walk another learning rate; what is to be said of it.
    pub fn set_lr(&mut self, lr: f64) -> String {
        let walk = &mut self.walks[self.selected];
        walk.set_lr(lr);
        let when = match (walk.end(), walk.last().step) {
            (Some(_), _) => "after R",
            (None, 0) => "from the start",
            (None, _) => "from its next step; R takes it from the start",
        };
        format!("{}: learning rate {} {when}", walk.label(), lr::text(lr))
    }

    /// Goes faster or slower; what is to be said of it.
    pub fn change_speed(&mut self, faster: bool) -> String {
        self.speed = if faster { (self.speed + 1).min(SPEEDS.len() - 1) } else { self.speed.saturating_sub(1) };
        let steps = self.steps_per_second();
        format!("{steps} {} a second", if steps == 1 { "step" } else { "steps" })
    }

    /// Begins again from the start, with the learning rates of the first steps.
    pub fn restart_as_first(&mut self) {
        self.restart();
        self.walks.iter_mut().zip(&self.first_lr).for_each(|(walk, lr)| walk.set_lr(*lr));
    }

    /// Begins again from the start, with the learning rates as they are now.
    pub fn restart(&mut self) {
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

    /// Walks on the next surface.
    pub fn next_surface(&mut self) {
        let all = surface::all();
        let place = all.iter().position(|surface| surface.name == self.plan.surface.name).unwrap_or(0);
        let mut plan = Plan::new(&all[(place + 1) % all.len()]);
        if let Some(specs) = &self.asked {
            plan.specs.clone_from(specs);
        }
        plan.noise = self.plan.noise;
        if let Ok(next) = Self::new(plan, self.asked.is_some()) {
            let selected = self.selected.min(next.walks.len() - 1);
            let known = std::mem::take(&mut self.known);
            *self = Self { selected, known, now: self.now, is_paused: self.is_paused, ..next };
        }
    }
}

/// The speed at which this many steps take a few seconds.
fn speed_for(steps: u32) -> usize {
    SPEEDS.iter().position(|speed| speed * WHOLE_WALK_S >= steps).unwrap_or(SPEEDS.len() - 1)
}

/// Without the last digits, which sums of notches leave behind, and without the sign of −0.
fn tidy(value: f64) -> f64 {
    (value * 1e9).round() / 1e9 + 0.0
}

/// `value` in as few digits as tell it to within `grain`.
fn round(value: f64, grain: f64) -> f64 {
    let digits = (-grain.log10().floor()).clamp(0.0, 12.0);
    let unit = 10_f64.powf(digits);
    // Adding 0 turns −0 into 0.
    (value * unit).round() / unit + 0.0
}
