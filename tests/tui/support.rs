//! A race that was never run: events as an engine would send them, from curves given by formulas.

use std::time::{Duration, SystemTime};

use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use optirace::board::race_info::RaceInfo;
use optirace::board::zigzag::Zigzag;
use optirace::nn::{Activation, Architecture};
use optirace::optim::Spec;
use optirace::race::measure::EffectiveLr;
use optirace::race::measure::{EpochRecord, Score, StepRecord, Window, WindowRecord};
use optirace::race::protocol::{Event, EventKind};
use optirace::race::recording::StepSketch;
use optirace::race::settings::RunInfo;
use optirace::tui::app::{App, Input};
use optirace::tui::dialog::Dialog;
use optirace::tui::drawn::Drawn;
use optirace::tui::effect::Effect;
use optirace::tui::theme::{Colors, Ground, Theme};
use optirace::tui::views::race::RaceView;
use optirace::tui::views::zigzag::ZigzagView;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// Samples of a minibatch.
pub const BATCH: u64 = 32;

/// Steps of an epoch.
pub const EPOCH_STEPS: u32 = 1500;

/// Samples of an epoch.
pub const EPOCH_SAMPLES: u64 = BATCH * EPOCH_STEPS as u64;

/// Colours and signs of a good terminal.
pub const FULL: Theme = Theme { colors: Colors::True, ascii: false, ground: Ground::Dark };

/// The optimizers of the default race.
pub const SIX: [&str; 6] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];

/// A screen with the events of a made-up race.
pub struct Stage {
    pub app: App,
    size: (u16, u16),
    generation: u32,
    clock: Duration,
}

impl Stage {
    pub fn new(specs: &[&str], size: (u16, u16), theme: Theme) -> Self {
        let runs: Vec<RunInfo> = specs
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let spec: Spec = text.parse().expect("a valid spec");
                let title = spec.optimizer.title.to_owned();
                let name = if index < 6 { title } else { format!("{title} {index}") };
                let label = spec.label.clone().unwrap_or_else(|| name.parse().expect("a label"));
                RunInfo { label, spec, batch_size: BATCH as usize, planned_steps: 5 * u64::from(EPOCH_STEPS) }
            })
            .collect();
        let facts = RaceInfo {
            dataset: "Fashion-MNIST".into(),
            training_samples: EPOCH_SAMPLES,
            validation_samples: 12_000,
            test_samples: 10_000,
            architecture: Architecture {
                height: 28,
                width: 28,
                hidden: vec![100],
                activation: Activation::Relu,
                classes: 10,
            },
            guessing_loss: 10.0_f64.ln(),
            batch: BATCH.to_string(),
            seed: 0,
            epochs: 5,
            threads: 2,
        };
        Self::of(App::new(facts, &runs, theme, false), size)
    }

    /// A screen on a terminal of this size.
    pub fn of(app: App, size: (u16, u16)) -> Self {
        Self { app, size, generation: 0, clock: Duration::ZERO }
    }

    /// What was said last, in one line.
    pub fn status(&self) -> &str {
        self.app.board.status.as_ref().map_or("", |status| status.text.as_str())
    }

    /// What the view of two runs side by side shows.
    pub fn zigzag(&self) -> &Zigzag {
        &self.app.find_view::<ZigzagView>().expect("a view").zigzag
    }

    /// Whether the ranking is shown.
    pub fn shows_result(&self) -> bool {
        self.app.find_view::<RaceView>().expect("a view").shows_result
    }

    pub fn runs(&self) -> usize {
        self.app.board.history.runs.len()
    }

    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
    }

    pub fn tick(&mut self, ms: u64) -> Vec<Effect> {
        self.clock += Duration::from_millis(ms);
        self.app.handle(Input::Tick(self.clock))
    }

    pub fn event(&mut self, run: usize, kind: EventKind) -> Vec<Effect> {
        self.app.handle(Input::Race(Event { run, generation: self.generation, kind }))
    }

    /// As a restarted race says it.
    pub fn next_generation(&mut self) {
        self.generation += 1;
    }

    /// Every run begins and is evaluated.
    pub fn start(&mut self) {
        (0..self.runs()).for_each(|run| self.start_run(run));
        self.tick(30);
    }

    /// One run begins and is evaluated.
    pub fn start_run(&mut self, run: usize) {
        let hash = |digit: &str| digit.repeat(64);
        let kind = EventKind::Started {
            began: SystemTime::UNIX_EPOCH,
            weights_sha256: hash("3fa9").into(),
            order_sha256: hash("81bc").into(),
        };
        self.event(run, kind);
        self.event(run, EventKind::Epoch(evaluation(run, 0)));
    }

    /// The learning rate that a run's spec plans for the step after `step`.
    fn planned_lr(&self, run: usize, step: u32) -> f64 {
        let info = &self.app.board.history.runs[run].info;
        info.spec.lr_curve(info.planned_steps).rate(step.into())
    }

    /// A person changed the learning rate of a run after `step` steps.
    pub fn lr_changed(&mut self, run: usize, step: u32, lr: f64) {
        let scale = lr / self.planned_lr(run, step);
        let samples = u64::from(step) * BATCH;
        self.event(run, EventKind::LrChanged { step: step + 1, samples, lr, scale, next_lr: lr });
    }

    /// One run trains from where it is up to `step`.
    pub fn train_run(&mut self, run: usize, step: u32) {
        let done = self.app.board.history.runs[run].steps.len() as u32;
        let lr = self.app.board.history.runs[run].lr as f32;
        for start in (done + 1..=step).step_by(500) {
            let numbers = start..=step.min(start + 499);
            let steps: Vec<StepRecord> = numbers.clone().map(|step| step_record(run, step, lr)).collect();
            let windows = numbers.clone().filter(|step| step.is_multiple_of(50)).map(|step| {
                let layers = [2.0, 0.5].map(|factor| scaled(effective_lr(run, step), factor));
                Window { record: window(run, step), layers: layers.into() }
            });
            let sketches = numbers.clone().map(|step| sketch(run, step)).collect();
            let next_lr = self.planned_lr(run, *numbers.end()) * self.app.board.history.runs[run].lr_scale;
            self.event(run, EventKind::Progress { steps, windows: windows.collect(), sketches, next_lr });
            for epoch in numbers.filter(|step| step.is_multiple_of(EPOCH_STEPS)).map(|step| step / EPOCH_STEPS) {
                self.event(run, EventKind::Epoch(evaluation(run, epoch)));
            }
        }
    }

    /// Every living run trains up to `step`.
    pub fn train(&mut self, step: u32) {
        for run in 0..self.runs() {
            if !self.app.board.history.runs[run].state.has_ended() {
                self.train_run(run, step);
            }
        }
        self.tick(1000);
    }

    pub fn pause(&mut self) {
        for run in 0..self.runs() {
            let (step, samples) = self.reached(run);
            self.event(run, EventKind::Paused { step, samples });
        }
        self.tick(30);
    }

    pub fn finish(&mut self) -> Vec<Effect> {
        self.train(5 * EPOCH_STEPS);
        let mut effects = Vec::new();
        for run in 0..self.runs() {
            let (step, samples) = self.reached(run);
            let accuracy = evaluation(run, 5).val.accuracy - 0.008;
            effects.extend(self.event(run, EventKind::Finished { step, samples, test: Score { loss: 0.4, accuracy } }));
        }
        self.tick(30);
        effects
    }

    pub fn reached(&self, run: usize) -> (u32, u64) {
        let last = self.app.board.history.runs[run].steps.last();
        last.map_or((0, 0), |step| (step.step, step.samples))
    }

    pub fn press(&mut self, code: KeyCode) -> Vec<Effect> {
        self.press_with(code, KeyModifiers::NONE)
    }

    pub fn press_with(&mut self, code: KeyCode, modifiers: KeyModifiers) -> Vec<Effect> {
        self.input(TerminalEvent::Key(KeyEvent::new(code, modifiers)))
    }

    pub fn click(&mut self, column: u16, row: u16) -> Vec<Effect> {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
    }

    pub fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> Vec<Effect> {
        self.input(TerminalEvent::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    }

    /// Somebody sees the screen, and does this.
    pub fn input(&mut self, event: TerminalEvent) -> Vec<Effect> {
        if matches!(event, TerminalEvent::Mouse(_)) || matches!(self.app.dialog, Some(Dialog::Help { .. })) {
            self.draw();
        }
        self.app.handle(Input::Terminal(event))
    }

    pub fn control(&mut self, letter: char) -> Vec<Effect> {
        self.press_with(KeyCode::Char(letter), KeyModifiers::CONTROL)
    }

    /// Presses a letter for each in `text`; answers the effects of all.
    pub fn keys(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|letter| self.press(KeyCode::Char(letter))).collect()
    }

    /// The screen as it is drawn.
    pub fn terminal(&self) -> Terminal<TestBackend> {
        self.drawn().0
    }

    fn drawn(&self) -> (Terminal<TestBackend>, Drawn) {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).expect("memory never fails");
        let mut drawn = Drawn::default();
        terminal.draw(|frame| drawn = self.app.draw(frame)).expect("memory never fails");
        (terminal, drawn)
    }

    /// Draws the screen as the program would.
    pub fn draw(&mut self) {
        let (_, drawn) = self.drawn();
        self.app.handle(Input::Drawn(drawn));
    }

    pub fn picture(&self) -> String {
        self.terminal().backend().to_string()
    }
}

/// Noise that is the same in every test: from -0.5 to 0.5.
fn noise(run: usize, step: u32) -> f32 {
    let own = (run as u64).wrapping_mul(1_442_695_040_888_963_407);
    let mixed = u64::from(step).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(own) ^ 0x9e37_79b9;
    let mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40;
    mixed as f32 / (1 << 24) as f32 - 0.5
}

fn loss(run: usize, epochs: f32) -> f32 {
    let run = run as f32;
    0.30 + 0.02 * run + (2.0 - 0.02 * run) * (-epochs * (12.0 - run)).exp() + 0.25 * (-epochs * 0.4).exp()
}

pub fn step_record(run: usize, step: u32, lr: f32) -> StepRecord {
    let epochs = step as f32 / EPOCH_STEPS as f32;
    let loss = loss(run, epochs) + 0.3 * noise(run, step);
    StepRecord {
        samples: u64::from(step) * BATCH,
        compute_s: f64::from(step) * 1e-6 * (80.0 + 10.0 * run as f64),
        step,
        epoch: (step - 1) / EPOCH_STEPS + 1,
        lr,
        loss: loss.max(0.01),
        accuracy: (1.0 - loss * 0.36).clamp(0.03, 1.0),
        grad_norm: 1.5 + noise(run, step),
        update_norm: 0.015 + 0.01 * noise(run + 7, step),
        update_cosine: if step == 1 { f32::NAN } else { 0.1 * run as f32 + 0.2 * noise(run, step) },
    }
}

/// A step in four of its numbers.
fn sketch(run: usize, step: u32) -> StepSketch {
    let mut update = [0.0; 64];
    for (value, seed) in update.iter_mut().zip(run..run + 4) {
        *value = 0.01 * (noise(seed, step) + 0.05 * run as f32);
    }
    StepSketch { step, update: update.into() }
}

/// Rates that fall under some optimizers and not under others, with a band around them.
pub fn effective_lr(run: usize, step: u32) -> EffectiveLr {
    let p50 = 0.01 * (1.0 + run as f32) / (1.0 + 0.01 * (run % 3) as f32 * step as f32).sqrt();
    let spread = 1.0 + 0.5 * run as f32;
    EffectiveLr { p10: p50 / spread, p50, p90: p50 * spread, still: 30_000 }
}

fn scaled(EffectiveLr { p10, p50, p90, still }: EffectiveLr, factor: f32) -> EffectiveLr {
    EffectiveLr { p10: factor * p10, p50: factor * p50, p90: factor * p90, still }
}

pub fn window(run: usize, step: u32) -> WindowRecord {
    WindowRecord {
        straightness: 0.2 + 0.1 * run as f32,
        distance: (step as f32).sqrt() * 0.1,
        gradient_cosine: if step % 1600 == 100 { 0.9 } else { f32::NAN },
        roughness: 0.2 - 0.02 * run as f32,
        turn: 88.0 - 10.0 * run as f32,
        effective_lr: effective_lr(run, step),
        ..WindowRecord::empty(step)
    }
}

pub fn evaluation(run: usize, epoch: u32) -> EpochRecord {
    let step = epoch * EPOCH_STEPS;
    let val_loss = if epoch == 0 { 2.4 } else { loss(run, epoch as f32) + 0.04 };
    EpochRecord {
        epoch,
        step,
        samples: u64::from(step) * BATCH,
        compute_s: f64::from(step) * 1e-6 * (80.0 + 10.0 * run as f64),
        wall_s: f64::from(epoch),
        lr: 0.01,
        train: (epoch > 0).then(|| Score { loss: loss(run, epoch as f32 - 0.5), accuracy: 0.85 }),
        val: Score { loss: val_loss, accuracy: (1.0 - val_loss * 0.36).max(0.1) },
    }
}
