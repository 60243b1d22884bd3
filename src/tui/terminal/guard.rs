//! The terminal, taken over while the screen is open and always given back.

use std::collections::VecDeque;
use std::env;
use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use crossterm::event::{self, Event};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, DisableMouseCapture};
use crossterm::event::{EnableBracketedPaste, EnableFocusChange, EnableMouseCapture};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::background::{AnswerListener, BackgroundColor, DEADLINE, Heard, QUESTION, can_be_asked};
use super::input::TerminalIo;
use super::writer::{self, FrameWriter};
use crate::failpoint::fail_point;
use crate::system::{CaughtSignals, NoThread, SignalEvent, before_abort, has_shell, stop_until_woken, thread_named};
use crate::system::{drop_typed, give_line_back, take_line};

/// What ratatui draws to. It is not dropped:
/// [`TerminalGuard`] gives the terminal back, and ratatui, which would do so too, panics where the terminal is gone.
pub type FrameTerminal = ManuallyDrop<Terminal<CrosstermBackend<FrameWriter>>>;

/// How long the terminal has to take what gives it back: it may be that nobody reads it.
const LAST_PATIENCE: Duration = Duration::from_millis(300);

/// The same where a shell is to have the terminal, which would write over what is left on it.
const SHELL_PATIENCE: Duration = Duration::from_secs(5);

/// Keys that may wait to be handled; the terminal keeps the rest.
const MOST_KEYS_WAITING: usize = 1024;

/// Whether a person can see the screen and press keys.
pub fn is_there() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

/// The terminal, taken over until this is dropped.
pub struct TerminalGuard {
    signals: CaughtSignals,
    keys: Receiver<io::Result<Event>>,
    /// What was typed while the terminal was asked.
    early: VecDeque<io::Result<Event>>,
    answer: AnswerListener,
    mouse: bool,
    _hook: Hook,
}

impl TerminalGuard {
    /// Takes the terminal over, its mouse included where `mouse` says so.
    ///
    /// # Errors
    /// When it cannot be set up, or the system refuses a thread; the terminal is as it was then.
    pub fn open(mouse: bool) -> anyhow::Result<(Self, FrameTerminal)> {
        let hook = Hook::set();
        let signals = CaughtSignals::of_screen()?;
        writer::start()?;
        give_back_at_abort()?;
        let keys = read_keys()?;
        // Whatever fails from here on, it gives the terminal back.
        let (early, answer) = (VecDeque::new(), AnswerListener::default());
        let guard = Self { signals, keys, early, answer, mouse, _hook: hook };
        take_over(mouse)?;
        Ok((guard, ManuallyDrop::new(Terminal::new(CrosstermBackend::new(FrameWriter::default()))?)))
    }
}

impl TerminalGuard {
    /// What the terminal says of its background; `None` where it says nothing in time.
    pub fn background(&mut self) -> Option<BackgroundColor> {
        if !can_be_asked(&env::var("TERM").unwrap_or_default()) {
            return None;
        }
        let mut out = FrameWriter::default();
        out.write_all(QUESTION).and_then(|()| out.flush()).ok()?;
        let end = Instant::now() + DEADLINE;
        loop {
            let event = self.keys.recv_timeout(end.saturating_duration_since(Instant::now())).ok()?;
            match event.as_ref().map(|event| self.answer.hear(event, Instant::now())) {
                Ok(Heard::Answer(color)) => return color,
                Ok(Heard::Part) => {}
                Ok(Heard::Key) | Err(_) => self.early.push_back(event),
            }
        }
    }
}

/// Reads keys in a thread of its own: when the terminal is gone, crossterm reads its end over and over and does not
/// return, which must not keep the screen from ending. The thread ends with the program.
fn read_keys() -> Result<Receiver<io::Result<Event>>, NoThread> {
    let (sender, keys) = crossbeam_channel::bounded(MOST_KEYS_WAITING);
    let read = move || {
        loop {
            fail_point("read");
            let event = event::read();
            let is_last = event.is_err();
            if sender.send(event).is_err() || is_last {
                return;
            }
        }
    };
    let started = thread_named("keys").spawn(read);
    started.map(|_| keys).map_err(|cause| NoThread { purpose: "to read the keys", cause })
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        give_back(LAST_PATIENCE);
        self.signals.end_at_next_interrupt();
    }
}

impl TerminalIo for TerminalGuard {
    fn next_event(&mut self, timeout: Duration) -> io::Result<Option<Event>> {
        if let Some(event) = self.early.pop_front() {
            return event.map(Some);
        }
        match self.keys.recv_timeout(timeout) {
            Ok(event) => Ok(Some(event?).filter(|event| self.answer.hear(event, Instant::now()) == Heard::Key)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("the terminal sends nothing more")),
        }
    }

    fn is_ready(&self) -> bool {
        writer::is_idle()
    }

    fn next_signal(&mut self) -> Option<SignalEvent> {
        self.signals.next()
    }

    fn suspend(&mut self) -> io::Result<()> {
        if !has_shell()? {
            return Ok(());
        }
        leave_screen(SHELL_PATIENCE);
        drop_typed();
        give_line_back();
        stop_until_woken()?;
        take_over(self.mouse)
    }

    fn wake(&mut self) -> io::Result<()> {
        // Whoever woke the program may have set up the terminal otherwise.
        leave_screen(LAST_PATIENCE);
        take_over(self.mouse)
    }
}

/// Whether the terminal is the program's. Given back twice, it would put the cursor back where it was the first time,
/// and what was printed in between would be written over.
static TAKEN_OVER: AtomicBool = AtomicBool::new(false);

fn take_over(mouse: bool) -> io::Result<()> {
    TAKEN_OVER.store(true, Ordering::Relaxed);
    take_line()?;
    let mut out = FrameWriter::default();
    execute!(out, EnterAlternateScreen, cursor::Hide, EnableBracketedPaste, EnableFocusChange)?;
    if mouse { execute!(out, EnableMouseCapture) } else { Ok(()) }
}

/// Gives the terminal back. Nothing can be done about a terminal that is gone.
fn give_back(patience: Duration) {
    leave_screen(patience);
    give_line_back();
}

/// Has the terminal show what it showed before.
fn leave_screen(patience: Duration) {
    if TAKEN_OVER.swap(false, Ordering::Relaxed) {
        let mut out = FrameWriter::default();
        let _ = queue_leaving(&mut out).and_then(|()| out.flush());
        writer::wait(patience);
    }
}

fn queue_leaving(out: &mut impl Write) -> io::Result<()> {
    queue!(out, DisableFocusChange, DisableBracketedPaste, DisableMouseCapture, cursor::Show, LeaveAlternateScreen)
}

/// What is said where the program aborts.
const ABORTED: &str = "error: the program had to end at once, most likely because there was no memory left; with --out \
                       DIR, what was measured is in DIR, in files that end in .partial\n";

/// Gives the terminal back also where the program aborts.
fn give_back_at_abort() -> io::Result<()> {
    // Made now, as there may be no memory then.
    let mut leaving = Vec::new();
    queue_leaving(&mut leaving)?;
    before_abort(move || {
        if TAKEN_OVER.swap(false, Ordering::Relaxed) {
            writer::write_last(&leaving, LAST_PATIENCE);
        }
        give_line_back();
        writer::write_while_read(io::stderr(), ABORTED.as_bytes());
    })
}

type PanicHook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync + 'static;

/// A panic hook for as long as the screen is open. A panic of the screen gives the terminal back before it is reported;
/// one of a run is caught and shown, so printing it here would only spoil the picture.
struct Hook {
    before: Arc<PanicHook>,
}

impl Hook {
    fn set() -> Self {
        let before: Arc<PanicHook> = Arc::from(panic::take_hook());
        let screen = thread::current().id();
        let report = Arc::clone(&before);
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == screen {
                give_back(LAST_PATIENCE);
                report(info);
            }
        }));
        Self { before }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        // A panicking thread may not change the hook.
        if !thread::panicking() {
            let before = Arc::clone(&self.before);
            panic::set_hook(Box::new(move |info| before(info)));
        }
    }
}
