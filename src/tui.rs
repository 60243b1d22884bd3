//! The race on the screen.
//!
//! Data flows one way: what happens (keys, the race, time) goes into [`app::App`] as [`app::Input`], which answers with
//! [`effect::Effect`]s and draws its state as it is then; the drawing says where things are ([`drawn::Drawn`]), from
//! which clicks are answered. Only [`event_loop`] and `terminal` know threads, a clock and a terminal.
//!
//! Floors, from below: `terminal`, [`theme`], `picture`, [`keymap`] and [`drawn`]; `widgets`; a [`view::View`] each in
//! [`views`]; [`app`]; [`event_loop`].

pub mod app;
pub mod dialog;
pub mod drawn;
pub mod effect;
pub mod event_loop;
pub mod keymap;
mod picture;
mod terminal;
pub mod theme;
pub mod view;
pub mod views;
mod widgets;

use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::board::landscape::LandscapeHandle;
use crate::board::race_info::RaceInfo;
use crate::board::saver::{self, Saver};
use crate::board::series::STEP_BYTES;
use crate::board::walks::Walks;
use crate::race::history::History;
use crate::race::memory::{Forecast, MemoryWatch};
use crate::race::scheduler::Pace;
use crate::race::settings::RaceSetup;
use crate::race::{EventSource, Race};
use crate::record::Folder;
use crate::system::{NoThread, end_soon, giving_way};
use crate::text::printed::Printed;
use crate::text::{Untrusted, panic_message};
use app::{App, Opening};
use event_loop::{Ending, Services};
use terminal::TerminalGuard;
use theme::{Colors, Ground, Theme};
use views::surface::SurfaceView;

/// How the screen looks and listens, as far as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// What the terminal's background is like; the terminal is asked where `None`.
    pub ground: Option<Ground>,
    /// Whether only ASCII may be shown, whatever the locale.
    pub ascii: bool,
    /// Whether clicks and the wheel are taken from the terminal.
    pub mouse: bool,
}

impl Appearance {
    /// The theme of this appearance in a picture, whatever the terminal is.
    pub fn theme_of_pictures(self) -> Theme {
        Theme { colors: Colors::True, ascii: self.ascii, ground: self.ground.unwrap_or_default() }
    }

    /// The theme of this appearance in the terminal that the environment describes.
    pub fn theme(self) -> Theme {
        let theme = Theme::from_environment();
        Theme { ascii: theme.ascii || self.ascii, ground: self.ground.unwrap_or(theme.ground), ..theme }
    }

    /// What the terminal itself says of its background, where that matters and nobody said it.
    fn ask(self, guard: &mut TerminalGuard, theme: &mut Theme) {
        if self.ground.is_none() && theme.colors != Colors::None {
            theme.ground = guard.background().map_or(theme.ground, Ground::of_color);
        }
    }
}

/// A race to be shown.
#[derive(Debug)]
pub struct Screen {
    /// What races, and on which data.
    pub setup: RaceSetup,
    /// Where a person wants the results; a folder named after the time where `None`.
    pub out: Option<Folder>,
    /// What it needs.
    pub memory: Forecast,
    /// How it is paced in the beginning.
    pub pace: Pace,
    /// How it is shown.
    pub appearance: Appearance,
    /// What it opens with; the race itself where `None`.
    pub opening: Option<Opening>,
}

/// The screen was ended from outside, or by a fault.
#[derive(Debug, thiserror::Error)]
#[error("{cause}; {results}")]
pub struct Interrupted {
    /// What ended it.
    pub cause: String,
    /// What became of the results, in words.
    pub results: String,
    /// Whether it was ended from outside: by a signal, or because the terminal is gone.
    pub from_outside: bool,
}

/// Races on the screen until a person leaves.
///
/// # Errors
/// When there is no terminal, the race cannot be started, or the screen was [`Interrupted`].
pub fn run(screen: Screen) -> anyhow::Result<()> {
    anyhow::ensure!(
        terminal::is_there(),
        "the screen needs a terminal for input and output; `optirace train` races without one"
    );
    let race = giving_way(|| Race::start_at(&screen.setup, screen.pace.clone()))
        .map_err(|cause| NoThread { purpose: "to start the race", cause })??;
    // Neither it nor the landscape is waited for in the end: nothing of theirs has to be put in order.
    let race = ManuallyDrop::new(race);
    let mut app = App::new(RaceInfo::new(&screen.setup), race.runs(), screen.appearance.theme(), screen.out.is_some());
    app.begin_at(screen.pace);
    screen.opening.into_iter().for_each(|opening| app.begin_with(opening));
    app.report_memory(&screen.memory);
    let setup = Arc::new(screen.setup);
    let memory = MemoryWatch::new(&setup, STEP_BYTES);
    let mut landscape = ManuallyDrop::new(LandscapeHandle::new(Arc::clone(&setup)));
    let mut saver = Saver::new(setup, screen.out);

    let outcome = {
        let (mut guard, mut terminal) = TerminalGuard::open(screen.appearance.mouse)?;
        screen.appearance.ask(&mut guard, &mut app.theme);
        panic::catch_unwind(AssertUnwindSafe(|| {
            let mut services = Services { race: &*race, saver: &mut saver, landscape: &mut landscape, memory };
            event_loop::run(&mut terminal, &mut guard, &mut app, Some(&mut services))
        }))
    };
    let from_outside = matches!(outcome, Ok(Ok(Ending::Signal(_)) | Err(_)));
    let cause = match outcome {
        Ok(Ok(Ending::Left)) => {
            say_where_it_takes_time(&saver);
            let last = saver.wait();
            if !matches!(last, Some(Err(_))) {
                saver.discard_streamed();
            }
            return report_folders(&saver, last);
        }
        Ok(Ok(Ending::AtOnce)) => {
            let (cause, results) = ("left while the results were being written", "what had its name before is whole");
            return Err(Interrupted { cause: cause.to_owned(), results: results.to_owned(), from_outside: true }.into());
        }
        Ok(Ok(Ending::Signal(signal))) => format!("stopped by {signal}"),
        Ok(Ok(Ending::Memory(ends))) => ends.to_string(),
        Ok(Err(error)) => format!("{error:#}"),
        Err(panic) => format!("the screen failed: {}", panic_message(panic.as_ref())),
    };
    // Those that are there by now: while they are taken in, the runs send more.
    for event in race.events().try_iter().take(race.events().len()) {
        app.board.history.apply(event);
    }
    if from_outside {
        terminal::say(&format!("{cause}; writing the results…"));
    }
    let results = save_results(&mut saver, &app.board.history, app.has_unsaved());
    if from_outside {
        end_soon();
    }
    Err(Interrupted { cause, results, from_outside }.into())
}

/// Shows walks on a surface until a person leaves.
///
/// # Errors
/// When there is no terminal, it is gone, or a signal ends the program.
pub fn run_surface(walks: Walks, appearance: Appearance) -> anyhow::Result<()> {
    anyhow::ensure!(
        terminal::is_there(),
        "the screen needs a terminal for input and output; `optirace surface --csv FILE` needs none"
    );
    run_app(&mut App::of_surface(SurfaceView { walks }, appearance.theme()), appearance)
}

/// Shows what needs nobody beside the screen until a person leaves.
///
/// # Errors
/// When there is no terminal, it is gone, or a signal ends the program.
pub fn run_app(app: &mut App, appearance: Appearance) -> anyhow::Result<()> {
    let (mut guard, mut terminal) = TerminalGuard::open(appearance.mouse)?;
    appearance.ask(&mut guard, &mut app.theme);
    match event_loop::run(&mut terminal, &mut guard, app, None)? {
        Ending::Left | Ending::AtOnce => Ok(()),
        Ending::Signal(signal) => anyhow::bail!("stopped by {signal}"),
        // No race, nothing that grows.
        Ending::Memory(ends) => Err(ends.into()),
    }
}

/// How long the disk may take before whoever has left is told what is waited for.
const PATIENCE: Duration = Duration::from_millis(300);

fn say_where_it_takes_time(saver: &Saver) {
    let end = Instant::now() + PATIENCE;
    while !saver.is_idle() {
        if Instant::now() > end {
            return terminal::say("writing the results… ctrl-c ends without them");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn report_folders(saver: &Saver, last: Option<saver::SaveOutcome>) -> anyhow::Result<()> {
    for folder in saver.written() {
        // The terminal may be gone by now, and whoever left has seen the folder.
        let _ = writeln!(Printed(io::stdout()), "results: {}", Untrusted::from(folder));
    }
    match last {
        Some(Err(error)) => anyhow::bail!("the results were not written: {error}"),
        _ => Ok(()),
    }
}

fn save_results(saver: &mut Saver, history: &History, has_unsaved: bool) -> String {
    if history.runs.iter().all(|run| run.steps.is_empty()) {
        return "nothing had been measured".to_owned();
    }
    if let Some(Ok(folder)) = saver.wait().filter(|_| !has_unsaved) {
        return format!("the results are in {}", Untrusted::from(&folder));
    }
    match (has_unsaved, saver.written().last()) {
        (false, Some(folder)) => format!("the results are in {}", Untrusted::from(&folder)),
        _ => match saver.save_now(history) {
            Ok(folder) => format!("the results so far are in {}", Untrusted::from(&folder)),
            Err(error) => {
                let streamed = saver.streamed().map_or_else(String::new, |folder| {
                    format!("; what was measured is in {}, in files that end in .partial", Untrusted::from(&folder))
                });
                format!("the results could not be written: {error}{streamed}")
            }
        },
    }
}
