//! The real program in a pseudo-terminal, and what that terminal shows.

#![allow(dead_code, clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::io::{Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a test waits for what must come, on a machine under load.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_optirace");

/// Arguments of a race that does not end by itself while a test looks at it.
pub const LONG: [&str; 6] = ["--epochs", "1000", "--samples", "4096", "--hidden", "16"];

/// The environment of a usual terminal.
pub const VARIABLES: [(&str, &str); 2] = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")];

/// The program in a terminal of its own.
pub struct Terminal {
    parser: vt100::Parser,
    output: Receiver<Vec<u8>>,
    /// `None` once the terminal is gone.
    pty: Option<(Box<dyn MasterPty + Send>, Box<dyn Write + Send>)>,
    child: Box<dyn Child + Send + Sync>,
    /// How the line was set up before the program began.
    cooked: Option<nix::sys::termios::Termios>,
    is_closed: Arc<AtomicBool>,
    /// All that was written to the terminal so far.
    pub raw: Vec<u8>,
}

/// How the program ended.
pub struct Ended {
    /// Its exit code.
    pub code: u32,
    /// The terminal as it was left.
    pub screen: vt100::Screen,
    /// All that was written to it.
    pub raw: String,
    /// Whether the line is set up as before, which no program that reads lines could do without.
    pub is_cooked: bool,
}

impl Terminal {
    /// Starts `optirace` with these arguments in `folder`, in a terminal of this size.
    pub fn start(arguments: &[&str], folder: &Path, columns: u16, rows: u16) -> Self {
        Self::start_with(arguments, folder, columns, rows, &VARIABLES)
    }

    /// As [`Terminal::start`], under limits as bash sets them, such as `ulimit -f 4`.
    pub fn start_limited(limits: &str, arguments: &[&str], folder: &Path) -> Self {
        let script = format!("{limits}\nexec \"$0\" \"$@\"");
        let arguments = [&["-c", &script, PROGRAM], arguments].concat();
        Self::run("bash", &arguments, folder, (100, 30), &VARIABLES)
    }

    /// As [`Terminal::start`], with these environment variables.
    pub fn start_with(arguments: &[&str], folder: &Path, columns: u16, rows: u16, variables: &[(&str, &str)]) -> Self {
        let is_race = arguments.first().is_none_or(|first| first.starts_with('-'));
        // Nobody watches: a race goes as fast as it can, unless its speed is what is tried.
        let speed: &[&str] = if is_race && !arguments.contains(&"--speed") { &["--speed", "full"] } else { &[] };
        Self::run(PROGRAM, &[arguments, speed].concat(), folder, (columns, rows), variables)
    }

    /// Starts a shell that can stop and wake programs; `$PROGRAM` is ours, `$` the prompt.
    pub fn shell(folder: &Path, columns: u16, rows: u16) -> Self {
        let variables =
            [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PROGRAM", PROGRAM), ("PS1", "prompt> "), ("ENV", "")];
        Self::run("sh", &["-i"], folder, (columns, rows), &variables)
    }

    /// Starts another program, in a terminal of so many columns and rows.
    pub fn run(
        program: &str,
        arguments: &[&str],
        folder: &Path,
        (columns, rows): (u16, u16),
        variables: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let cooked = pair.master.get_termios();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(folder);
        const UNSET: [&str; 7] = [
            "NO_COLOR",
            "LC_ALL",
            "LC_CTYPE",
            "COLORTERM",
            "OPTIRACE_INSTRUCTIONS",
            "OPTIRACE_FAILPOINT",
            "RUST_BACKTRACE",
        ];
        UNSET.iter().for_each(|variable| command.env_remove(variable));
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, output) = channel();
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&is_closed);
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || closed.load(Ordering::Relaxed) || sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            cooked,
            parser: vt100::Parser::new(rows, columns, 0),
            output,
            pty: Some({
                let input = pair.master.take_writer().expect("a writer");
                (pair.master, input)
            }),
            child,
            is_closed,
            raw: Vec::new(),
        }
    }

    /// Types.
    pub fn keys(&mut self, text: &str) {
        let (_, input) = self.pty.as_mut().expect("a terminal");
        input.write_all(text.as_bytes()).expect("the terminal takes keys");
        input.flush().expect("the terminal takes keys");
    }

    /// Makes the terminal this large.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.set_size(columns, rows);
        self.parser.screen_mut().set_size(rows, columns);
    }

    /// What the terminal shows, line by line, without the blanks at the ends: whether those were written is not seen.
    pub fn text(&self) -> String {
        let contents = self.parser.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        lines.join("\n")
    }

    /// The terminal.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Takes in what is drawn until `end`.
    pub fn watch_until(&mut self, end: Instant) {
        loop {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => panic!("it ended:\n{}", self.text()),
            }
        }
    }

    /// The program's number as a process.
    pub fn process(&self) -> u32 {
        self.child.process_id().expect("a process")
    }

    /// Sends the program a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let process = self.process().to_string();
        let status = Command::new("kill").args(["-s", name, &process]).status().expect("kill is there");
        assert!(status.success());
    }

    /// Has a program that draws nothing new draw its whole screen again, and waits for that.
    pub fn redrawn(&mut self) {
        let begun = self.raw.len();
        self.signal("CONT");
        while !self.raw[begun..].windows(8).any(|bytes| bytes == b"\x1b[?1049h") {
            let bytes = self.output.recv_timeout(PATIENCE).expect("it is drawn again");
            self.take(&bytes);
        }
        // The frame comes in one go behind it, and ends below its last line.
        self.until_shown("quit");
    }

    /// Sends a signal to whoever has the terminal, as its keys do.
    pub fn signal_foreground(&self, name: &str) {
        let (master, _) = self.pty.as_ref().expect("a terminal");
        let group = format!("-{}", master.process_group_leader().expect("a program in front"));
        let status = Command::new("kill").args(["-s", name, "--", &group]).status().expect("kill is there");
        assert!(status.success());
    }

    /// Closes the terminal's window; the program's exit code.
    pub fn close(mut self) -> u32 {
        self.pty = None;
        // The thread that reads lets go of the terminal when the program next draws.
        self.is_closed.store(true, Ordering::Relaxed);
        while self.output.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().expect("an exit status").exit_code()
    }

    /// Waits until the terminal shows what is wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(&self.text()) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("waited in vain for {what}:\n{}", self.text()),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended before {what}:\n{}", self.text()),
            }
        }
    }

    /// Waits until the terminal shows what is wanted, or the program has ended.
    pub fn until_or_ended(&mut self, mut wanted: impl FnMut(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(&self.text()) {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("it does nothing:\n{}", self.text()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Waits until the terminal shows this text.
    pub fn until_shown(&mut self, text: &str) {
        self.until(text, |screen| screen.contains(text));
    }

    /// Waits until a run is seen to have done steps.
    pub fn until_racing(&mut self) {
        self.until("a race under way", is_racing);
    }

    /// Leaves by these keys: the first asks to, the other answers the question. The terminal is as it was then.
    pub fn left_with(mut self, ask: &str, answer: &str) -> Ended {
        self.keys(ask);
        self.until_shown("write and quit");
        self.keys(answer);
        let ended = self.ended();
        ended.assert_restored();
        ended
    }

    /// Waits for the end of the program.
    pub fn ended(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end:\n{}", self.text()),
            }
        }
        let status = self.child.wait().expect("an exit status");
        let is_cooked = self.is_cooked();
        Ended {
            is_cooked,
            code: status.exit_code(),
            screen: self.parser.screen().clone(),
            raw: String::from_utf8_lossy(&self.raw).into_owned(),
        }
    }

    /// Whether the line is set up as it was before the program began.
    pub fn is_cooked(&self) -> bool {
        let (master, _) = self.pty.as_ref().expect("a terminal");
        master.get_termios() == self.cooked
    }

    /// Makes the terminal this large and waits until something is drawn, which nobody looks at: the model of the
    /// screen does not survive every change of size.
    pub fn resize_unseen(&mut self, columns: u16, rows: u16) {
        while self.output.try_recv().is_ok() {}
        self.set_size(columns, rows);
        self.output.recv_timeout(PATIENCE).expect("something is drawn");
    }

    /// Looks at the terminal again, which is full of rubbish until it is made this large.
    pub fn resize_seen(&mut self, columns: u16, rows: u16) {
        self.parser = vt100::Parser::new(rows, columns, 0);
        let rubbish = "x".repeat(usize::from(columns) * usize::from(rows));
        self.parser.process(rubbish.as_bytes());
        self.set_size(columns, rows);
    }

    fn set_size(&self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let (master, _) = self.pty.as_ref().expect("a terminal");
        master.resize(size).expect("the terminal takes a size");
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
    }
}

/// The signals that end a program without a screen. SIGHUP is not among them where the tests themselves were started to
/// ignore it, as `nohup` has it, which every program inherits that they start.
pub fn signals_that_end() -> Vec<&'static str> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let signals = if ignored & 1 == 0 { &["INT", "TERM", "QUIT", "HUP"][..] } else { &["INT", "TERM", "QUIT"] };
    signals.to_vec()
}

/// A program that ends with the test, and so does all that it started: a test that fails leaves nothing running.
pub struct Running(std::process::Child);

impl Running {
    /// Starts it, in a process group of its own.
    pub fn start(command: &mut Command) -> Self {
        Self(command.process_group(0).spawn().expect("the program starts"))
    }

    /// Sends a signal to it and to what it started.
    pub fn signal(&self, name: &str) {
        let group = format!("-{}", self.0.id());
        assert!(Command::new("kill").args(["-s", name, "--", &group]).status().expect("kill is there").success());
    }
}

impl std::ops::Deref for Running {
    type Target = std::process::Child;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl std::ops::DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            let _ = Command::new("kill").args(["-s", "KILL", "--", &format!("-{}", self.0.id())]).status();
            let _ = self.0.wait();
        }
    }
}

/// Whether a screen shows a run that has done steps: the time of a step stands before its state.
pub fn is_racing(screen: &str) -> bool {
    let has_done = |(before, _): (&str, &str)| before.ends_with(|letter: char| letter.is_ascii_digit());
    screen.lines().filter_map(|line| line.split_once(" running")).any(has_done)
}

impl Drop for Terminal {
    /// A test that fails leaves no program running.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// Asserts that the terminal is as a shell wants it.
    pub fn assert_restored(&self) {
        assert!(self.is_cooked, "raw mode is off");
        assert!(!self.screen.alternate_screen(), "the alternate screen is left");
        assert!(!self.screen.hide_cursor(), "the cursor is shown");
        assert!(!self.screen.bracketed_paste(), "bracketed paste is off");
        assert_eq!(self.screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is off");
    }
}
