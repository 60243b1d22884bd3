//! The loop around the state: what happens goes in, what has to be done is done, the last state is drawn.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::backend::Backend;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};

use super::app::{App, Input};
use super::drawn::Drawn;
use super::effect::Effect;
use super::terminal::TerminalIo;
use crate::board::landscape::LandscapeHandle;
use crate::board::picture_saver::PictureSaver;
use crate::board::saver::Saver;
use crate::board::status::Tone;
use crate::failpoint::fail_point;
use crate::race::EventSource;
use crate::race::memory::{MemoryEnds, MemoryWatch};
use crate::system::SignalEvent;

/// Time between two frames.
const FRAME: Duration = Duration::from_millis(32);

/// The same where a person has pressed a key.
const SHORTEST_FRAME: Duration = Duration::from_millis(8);

/// Events of the race that are taken in between two frames at most, so that keys are answered however fast it is.
const MOST_EVENTS: usize = 4096;

/// How long a picture that was asked for just before leaving may take.
const PICTURE: Duration = Duration::from_secs(1);

/// What goes on beside the screen where there is a race.
pub struct Services<'a> {
    /// The race.
    pub race: &'a dyn EventSource,
    /// Writes results.
    pub saver: &'a mut Saver,
    /// Computes the loss that surrounds the paths.
    pub landscape: &'a mut LandscapeHandle,
    /// Sees memory end.
    pub memory: MemoryWatch,
}

impl Services<'_> {
    /// What they report since this was asked last.
    fn inputs(&mut self) -> impl Iterator<Item = Input> {
        let events = self.race.events().try_iter().take(MOST_EVENTS).map(Input::Race);
        let landscape = self.landscape.picture().map(|picture| Input::Landscape(Ok(picture)));
        events.chain(landscape).chain(self.saver.outcome().map(Input::Saved))
    }
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A person left.
    Left,
    /// A person pressed ctrl-c twice while results were being written.
    AtOnce,
    /// This signal asked for it.
    Signal(&'static str),
    /// There is no memory to go on.
    Memory(MemoryEnds),
}

/// Shows a race until a person leaves or a signal ends the program.
///
/// # Errors
/// When the terminal cannot be drawn on or read from.
pub fn run<B>(
    terminal: &mut Terminal<B>,
    io: &mut impl TerminalIo,
    app: &mut App,
    mut services: Option<&mut Services<'_>>,
) -> anyhow::Result<Ending>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let began = Instant::now();
    let mut size = Size::default();
    let mut pictures = PictureSaver::default();
    loop {
        let frame_begins = Instant::now();
        let mut frame_ends = frame_begins + FRAME;
        let mut effects = Vec::new();
        while let Some(signal) = io.next_signal() {
            match signal {
                SignalEvent::End(name) => return Ok(Ending::Signal(name)),
                SignalEvent::CtrlC => {
                    let is_second = app.asks_whether_to_leave() && app.is_saving();
                    let answer = app.handle(Input::Terminal(ctrl_c()));
                    if is_second && answer.contains(&Effect::Quit) {
                        return Ok(Ending::AtOnce);
                    }
                    effects.extend(answer);
                }
                SignalEvent::Suspend => effects.push(Effect::Suspend),
                SignalEvent::Woken => {
                    io.wake().context("the terminal could not be taken over again")?;
                    redraw(terminal, app)?;
                }
            }
        }
        if let Some(services) = &mut services {
            if let Some(ends) = services.memory.look(&app.board.history) {
                return Ok(Ending::Memory(ends));
            }
            // Before what became of writing, which is what a person waits for.
            for news in services.saver.stream(&app.board.history) {
                app.board.say_in(if news.is_bad() { Tone::Error } else { Tone::Lasting }, news.to_string());
                app.needs_drawing();
            }
            effects.extend(services.inputs().flat_map(|input| app.handle(input)));
        }
        if let Some(saved) = pictures.outcome(Duration::ZERO) {
            app.report_picture(saved);
        }
        effects.extend(app.handle(Input::Tick(began.elapsed())));
        if let Some(ending) = carry_out(effects, terminal, io, app, services.as_deref_mut(), &mut pictures)? {
            return Ok(ending);
        }
        if io.is_ready()
            && (app.take_needs_drawing() || terminal.size().context("the size of the terminal is unknown")? != size)
        {
            let mut drawn = Drawn::default();
            let draw = |frame: &mut Frame<'_>| {
                drawn = app.draw(frame);
                fail_point("draw");
            };
            size = terminal.draw(draw).context("the screen could not be drawn")?.area.as_size();
            app.handle(Input::Drawn(drawn));
        }
        loop {
            let left = frame_ends.saturating_duration_since(Instant::now());
            let Some(event) = io.next_event(left).context("keys could not be read")? else { break };
            fail_point("key");
            let effects = app.handle(Input::Terminal(event));
            // What a key did is shown at once, or nearly so where keys come in floods.
            frame_ends = frame_begins + SHORTEST_FRAME;
            if let Some(ending) = carry_out(effects, terminal, io, app, services.as_deref_mut(), &mut pictures)? {
                return Ok(ending);
            }
        }
    }
}

fn carry_out<B>(
    effects: Vec<Effect>,
    terminal: &mut Terminal<B>,
    io: &mut impl TerminalIo,
    app: &mut App,
    mut services: Option<&mut Services<'_>>,
    pictures: &mut PictureSaver,
) -> anyhow::Result<Option<Ending>>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    for effect in effects {
        match (effect, services.as_deref_mut()) {
            (Effect::Suspend, _) => {
                io.suspend().context("the terminal could not be taken over again")?;
                redraw(terminal, app)?;
            }
            (Effect::Redraw, _) => redraw(terminal, app)?,
            (Effect::Quit, _) => {
                pictures.outcome(PICTURE);
                return Ok(Some(Ending::Left));
            }
            (Effect::Picture, services) => {
                let size = terminal.size().context("the size of the terminal is unknown")?;
                let picture = app.picture(size.width, size.height);
                let folder = services.map(|services| services.saver.folder(app.board.history.generation));
                let dir = move || folder.map_or(Ok(PathBuf::new()), |folder| folder.path());
                match pictures.start(picture, dir) {
                    Ok(()) => app.board.say("writing a picture…"),
                    Err(trouble) => app.report_picture(Err(trouble)),
                }
            }
            (Effect::Race(target, command), Some(services)) => services.race.send(target, command),
            (Effect::Look { on: true }, Some(services)) => {
                if let Err(trouble) = services.landscape.look(&app.board.history, &app.board.hidden) {
                    app.handle(Input::Landscape(Err(trouble)));
                }
            }
            (Effect::Look { on: false }, Some(services)) => services.landscape.rest(),
            (Effect::Save { leaving }, Some(services)) => services.saver.start(&app.board.history, leaving),
            (Effect::SaveElsewhere { folder, leaving }, Some(services)) => {
                services.saver.start_in(&folder, &app.board.history, leaving);
            }
            (Effect::Race(..) | Effect::Look { .. } | Effect::Save { .. } | Effect::SaveElsewhere { .. }, None) => {}
        }
    }
    Ok(None)
}

/// The key that the line has made a signal of.
fn ctrl_c() -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))
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
