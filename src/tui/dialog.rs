//! What can be open over the race: the help, a question, or a line to type into.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::keymap;
use crate::race::protocol::RunIndex;

/// What is open.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    /// The help, with its first visible line.
    Help {
        /// Lines scrolled away at the top.
        scroll: u16,
    },
    /// A learning rate or a folder is being typed.
    Line(LineInput),
    /// A question, with the answer that enter would give.
    Question {
        /// What is asked.
        question: Question,
        /// Index of the answer under the cursor.
        focus: usize,
    },
}

/// A question that keeps something from being lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    /// Leave, though something is not written or still runs?
    Quit,
    /// Begin again, though something is not written?
    Restart,
    /// Begin a run again that died?
    RunAgain {
        /// The run that died.
        run: RunIndex,
        /// The learning rate it would begin with, unless its first.
        lr: Option<f64>,
    },
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Write first, then do it.
    WriteFirst,
    /// Do it.
    Do,
    /// Do it with a tenth of the learning rate.
    Lower,
    /// Do it with all runs.
    All,
    /// Leave all as it is.
    Stay,
}

/// An answer as it is offered.
#[derive(Debug)]
pub struct Offer {
    /// The key that gives it.
    pub key: char,
    /// The key, as it is shown.
    pub shown: &'static str,
    /// What it does.
    pub label: &'static str,
    /// What it means.
    pub answer: Answer,
}

impl Question {
    /// The answers to choose from; the first costs nothing.
    pub fn offers(self) -> &'static [Offer] {
        const fn offer(key: char, shown: &'static str, label: &'static str, answer: Answer) -> Offer {
            Offer { key, shown, label, answer }
        }
        const QUIT: &[Offer] = &[
            offer('w', "w", "write and quit", Answer::WriteFirst),
            offer('q', "q", "quit", Answer::Do),
            offer('n', "esc", "cancel", Answer::Stay),
        ];
        const RESTART: &[Offer] = &[
            offer('w', "w", "write and restart", Answer::WriteFirst),
            offer('r', "r", "restart", Answer::Do),
            offer('n', "esc", "cancel", Answer::Stay),
        ];
        const AGAIN: &[Offer] = &[
            offer('r', "r", "again", Answer::Do),
            offer('l', "l", "lr / 10", Answer::Lower),
            offer('a', "a", "all runs", Answer::All),
            offer('n', "esc", "cancel", Answer::Stay),
        ];
        const AGAIN_WITH: &[Offer] =
            &[offer('r', "r", "begin again", Answer::Do), offer('n', "esc", "cancel", Answer::Stay)];
        match self {
            Self::Quit => QUIT,
            Self::Restart => RESTART,
            Self::RunAgain { lr: None, .. } => AGAIN,
            Self::RunAgain { lr: Some(_), .. } => AGAIN_WITH,
        }
    }

    /// Takes a key: moves the cursor, or answers.
    pub fn key(self, key: KeyEvent, focus: &mut usize) -> Option<Answer> {
        let offers = self.offers();
        match key.code {
            // Someone who presses ctrl-c twice means it.
            _ if keymap::is_interrupt(key) => Some(if self == Self::Quit { Answer::Do } else { Answer::Stay }),
            KeyCode::Esc => Some(Answer::Stay),
            KeyCode::Enter => offers.get(*focus).map(|offer| offer.answer),
            KeyCode::Left | KeyCode::Up | KeyCode::BackTab => {
                *focus = (*focus + offers.len() - 1) % offers.len();
                None
            }
            KeyCode::Right | KeyCode::Down | KeyCode::Tab => {
                *focus = (*focus + 1) % offers.len();
                None
            }
            KeyCode::Char('y') => Some(Answer::Do),
            KeyCode::Char(letter) => offers.iter().find(|offer| offer.key == letter).map(|offer| offer.answer),
            _ => None,
        }
    }
}

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// A learning rate.
    Lr,
    /// A folder to write to.
    Folder,
}

/// A line that is being typed.
#[derive(Debug, Clone, PartialEq)]
pub struct LineInput {
    /// What is typed.
    pub kind: LineKind,
    /// What was typed so far.
    pub text: String,
    /// What is wrong with what was entered, or why something has to be typed.
    pub error: Option<String>,
}

/// What became of typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// More is to come.
    More,
    /// That is all.
    Entered,
    /// Nothing, after all.
    Cancelled,
}

impl LineKind {
    /// The most characters of it.
    fn longest(self) -> usize {
        match self {
            Self::Lr => 24,
            Self::Folder => 1000,
        }
    }

    /// A letter as it is taken, if it is.
    fn taken(self, letter: char) -> Option<char> {
        match (self, letter) {
            // In many languages the comma is what is written before decimals.
            (Self::Lr, ',') => Some('.'),
            (Self::Lr, _) => Some(letter).filter(|letter| letter.is_ascii_digit() || ".eE+-".contains(*letter)),
            (Self::Folder, _) => Some(letter).filter(|letter| !letter.is_control()),
        }
    }
}

impl LineInput {
    /// An empty line.
    pub fn new(kind: LineKind) -> Self {
        Self { kind, text: String::new(), error: None }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Typed {
        match key.code {
            KeyCode::Esc => return Typed::Cancelled,
            _ if keymap::is_interrupt(key) => return Typed::Cancelled,
            KeyCode::Enter => return Typed::Entered,
            KeyCode::Backspace => {
                self.text.pop();
                self.edited();
            }
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                self.text.clear();
                self.edited();
            }
            KeyCode::Char(letter) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
                self.insert(letter);
            }
            _ => {}
        }
        Typed::More
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        text.trim().chars().for_each(|letter| self.insert(letter));
    }

    fn insert(&mut self, letter: char) {
        self.edited();
        let has_room = self.text.chars().count() < self.kind.longest();
        self.text.extend(self.kind.taken(letter).filter(|_| has_room));
    }

    /// What was wrong with a rate is right or wrong anew; why another folder is asked for stays.
    fn edited(&mut self) {
        if self.kind == LineKind::Lr {
            self.error = None;
        }
    }
}
