//! The view on a screen of its own.

use std::time::{Duration, Instant};

use anyhow::Context;
use crossterm::event::Event;
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::Rect;

use super::{Reaction, SurfaceView};
use crate::tui::event_loop::{Notice, Outside};
use crate::tui::terminal::{self, Console};
use crate::tui::theme::Theme;

/// Time between two frames.
const FRAME: Duration = Duration::from_millis(30);

/// Shows `view` until a person leaves.
///
/// # Errors
/// When there is no terminal, it is gone, or a signal ends the program.
pub fn run(mut view: SurfaceView) -> anyhow::Result<()> {
    anyhow::ensure!(
        terminal::is_there(),
        "the screen needs a terminal for input and output; `optirace surface --csv FILE` needs none"
    );
    let (mut console, mut terminal) = Console::open()?;
    show(&mut terminal, &mut console, &mut view, Theme::from_environment())
}

fn show<B>(
    terminal: &mut Terminal<B>,
    outside: &mut impl Outside,
    view: &mut SurfaceView,
    theme: Theme,
) -> anyhow::Result<()>
where
    B: Backend,
    B::Error: Send + Sync + 'static,
{
    let began = Instant::now();
    let mut drawn = Rect::default();
    loop {
        let frame_ends = Instant::now() + FRAME;
        let mut reaction = Reaction::Ignored;
        while let Some(notice) = outside.notice() {
            match notice {
                Notice::End(signal) => anyhow::bail!("stopped by {signal}"),
                Notice::Suspend => reaction = Reaction::Suspend,
                Notice::Woken => {
                    outside.wake().context("the terminal could not be taken over again")?;
                    drawn = Rect::default();
                }
            }
        }
        view.tick(began.elapsed());
        let area = Rect::from(terminal.size().context("the size of the terminal is unknown")?);
        if drawn != area {
            // Not `clear`, which asks the terminal where its cursor is, and not every terminal answers.
            terminal.resize(area).context("the screen could not be cleared")?;
            view.needs_drawing();
            drawn = area;
        }
        if view.take_needs_drawing() {
            let draw = |frame: &mut ratatui::Frame<'_>| {
                if let Some(cursor) = view.draw(frame, frame.area(), theme) {
                    frame.set_cursor_position(cursor);
                }
            };
            terminal.draw(draw).context("the screen could not be drawn")?;
        }
        loop {
            match reaction {
                Reaction::Leave => return Ok(()),
                Reaction::Suspend => {
                    outside.suspend().context("the terminal could not be taken over again")?;
                    drawn = Rect::default();
                }
                Reaction::Taken | Reaction::Ignored => {}
            }
            let left = frame_ends.saturating_duration_since(Instant::now());
            let Some(event) = outside.next_event(left).context("keys could not be read")? else { break };
            reaction = match event {
                Event::Key(key) => view.handle_key(key, area),
                Event::Mouse(mouse) => view.handle_mouse(mouse, area),
                Event::Paste(text) => {
                    view.paste(&text);
                    Reaction::Taken
                }
                Event::Resize(..) | Event::FocusGained | Event::FocusLost => Reaction::Ignored,
            };
        }
    }
}
