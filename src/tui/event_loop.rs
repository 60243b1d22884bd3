//! The loop around the state: what happens goes in, what has to be done is done, the last state is drawn.

use std::io;
use std::time::{Duration, Instant};

use anyhow::Context;
use crossterm::event::Event as TerminalEvent;
use ratatui::backend::Backend;
use ratatui::{Frame, Terminal};

use super::app::{App, Effect, Input};
use super::lookout::Lookout;
use super::saver::Saver;
use super::view;
use crate::fault;
use crate::race::Race;

/// Time between two frames.
const FRAME: Duration = Duration::from_millis(32);

/// The same where a person has pressed a key.
const SHORTEST_FRAME: Duration = Duration::from_millis(8);

/// Events of the race that are taken in between two frames at most, so that keys are answered however fast it is.
const MOST_EVENTS: usize = 4096;

/// Something that comes from neither the person nor the race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The program is asked to end, by this signal.
    End(&'static str),
    /// It is asked to give the shell back.
    Suspend,
    /// It goes on after it was stopped.
    Woken,
}

/// What the loop needs of the terminal beyond drawing.
pub trait Outside {
    /// Waits for the next key or the like, up to `timeout`.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn next_event(&mut self, timeout: Duration) -> io::Result<Option<TerminalEvent>>;

    /// The next signal that came.
    fn notice(&mut self) -> Option<Notice>;

    /// Gives the shell back until it wakes the program.
    ///
    /// # Errors
    /// When the terminal cannot be given back or taken over again.
    fn suspend(&mut self) -> io::Result<()>;

    /// Takes the terminal over again after the program was stopped by others.
    ///
    /// # Errors
    /// When it cannot.
    fn wake(&mut self) -> io::Result<()>;
}

/// What goes on beside the screen.
pub struct Desk<'a> {
    /// The race.
    pub race: &'a Race,
    /// Writes results.
    pub saver: &'a mut Saver,
    /// Computes the loss that surrounds the paths.
    pub lookout: &'a mut Lookout,
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A person left.
    Left,
    /// This signal asked for it.
    Signal(&'static str),
}

/// Shows a race until a person leaves or a signal ends the program.
///
/// # Errors
/// When the terminal cannot be drawn on or read from.
pub fn run<B>(
    terminal: &mut Terminal<B>,
    outside: &mut impl Outside,
    app: &mut App,
    desk: &mut Desk<'_>,
) -> anyhow::Result<Ending>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let began = Instant::now();
    loop {
        let frame_begins = Instant::now();
        let mut frame_ends = frame_begins + FRAME;
        let mut effects = Vec::new();
        while let Some(notice) = outside.notice() {
            match notice {
                Notice::End(signal) => return Ok(Ending::Signal(signal)),
                Notice::Suspend => effects.push(Effect::Suspend),
                Notice::Woken => {
                    outside.wake().context("the terminal could not be taken over again")?;
                    redraw(terminal, app)?;
                }
            }
        }
        for event in desk.race.events().try_iter().take(MOST_EVENTS) {
            effects.extend(app.handle(Input::Race(event)));
        }
        if let Some(picture) = desk.lookout.picture() {
            effects.extend(app.handle(Input::Landscape(Ok(picture))));
        }
        if let Some(outcome) = desk.saver.outcome() {
            effects.extend(app.handle(Input::Saved(outcome)));
        }
        effects.extend(app.handle(Input::Tick(began.elapsed())));
        let size = terminal.size().context("the size of the terminal is unknown")?;
        effects.extend(app.handle(Input::Size(size)));
        if let Some(ending) = carry_out(effects, terminal, outside, app, desk)? {
            return Ok(ending);
        }
        if app.take_needs_drawing() {
            let draw = |frame: &mut Frame<'_>| {
                view::draw(frame, app);
                fault::point("draw");
            };
            terminal.draw(draw).context("the screen could not be drawn")?;
        }
        loop {
            let left = frame_ends.saturating_duration_since(Instant::now());
            let Some(event) = outside.next_event(left).context("keys could not be read")? else { break };
            fault::point("key");
            let effects = app.handle(Input::Terminal(event));
            // What a key did is shown at once, or nearly so where keys come in floods.
            frame_ends = frame_begins + SHORTEST_FRAME;
            if let Some(ending) = carry_out(effects, terminal, outside, app, desk)? {
                return Ok(ending);
            }
        }
    }
}

fn carry_out<B>(
    effects: Vec<Effect>,
    terminal: &mut Terminal<B>,
    outside: &mut impl Outside,
    app: &mut App,
    desk: &mut Desk<'_>,
) -> anyhow::Result<Option<Ending>>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    for effect in effects {
        match effect {
            Effect::Race(command) => desk.race.send(command),
            Effect::Look { on: true } => {
                if let Err(trouble) = desk.lookout.look(&app.history, &app.hidden) {
                    app.handle(Input::Landscape(Err(trouble)));
                }
            }
            Effect::Look { on: false } => desk.lookout.rest(),
            Effect::Save { leaving } => desk.saver.start(&app.history, leaving),
            Effect::Suspend => {
                outside.suspend().context("the terminal could not be taken over again")?;
                redraw(terminal, app)?;
            }
            Effect::Quit => return Ok(Some(Ending::Left)),
        }
    }
    Ok(None)
}

/// Has the next frame drawn as a whole, since what the terminal shows is no longer known.
fn redraw<B>(terminal: &mut Terminal<B>, app: &mut App) -> anyhow::Result<()>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    // Not `clear`, which asks the terminal where its cursor is, and not every terminal answers.
    let size = terminal.size().context("the size of the terminal is unknown")?;
    terminal.resize(size.into()).context("the screen could not be cleared")?;
    app.needs_drawing();
    Ok(())
}
