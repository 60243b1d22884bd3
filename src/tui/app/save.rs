//! Writing what was measured, and knowing whether that was done.

use std::path::PathBuf;

use super::App;
use crate::board::status::Tone;
use crate::text::Untrusted;
use crate::tui::dialog::{Answer, Dialog, LineInput, LineKind, Question};
use crate::tui::effect::Effect;

/// How much was measured at some moment: enough to tell whether there is more by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistorySize {
    generation: u32,
    restarts: u32,
    steps: usize,
    epochs: usize,
    marks: usize,
}

/// What should follow once the results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Then {
    Stay,
    Restart,
    Quit,
}

/// Results that are being written.
#[derive(Debug, Clone, Copy)]
struct UnderWay {
    extent: HistorySize,
    then: Then,
    /// Whether they were asked for once more meanwhile: what has been measured since is to be written, too.
    again: bool,
}

/// What was written, and what is being written.
#[derive(Debug, Clone)]
pub(super) struct Saving {
    chosen_folder: bool,
    written: Option<HistorySize>,
    under_way: Option<UnderWay>,
    /// What should follow once they are written elsewhere, as they could not be written where they should.
    refused: Option<Then>,
}

impl Saving {
    pub(super) fn new(chosen_folder: bool) -> Self {
        Self { chosen_folder, written: None, under_way: None, refused: None }
    }

    pub(super) fn has_chosen_folder(&self) -> bool {
        self.chosen_folder
    }

    /// What was measured so far is on the disk.
    pub(super) fn note_written(&mut self, extent: HistorySize) {
        self.written = Some(extent);
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }
}

/// Whether a folder to write to is being typed.
pub(super) fn is_folder(dialog: &Dialog) -> bool {
    matches!(dialog, Dialog::Line(input) if input.kind == LineKind::Folder)
}

impl App {
    /// How much has been measured so far.
    pub fn extent(&self) -> HistorySize {
        let sum =
            |count: fn(&crate::race::history::RunHistory) -> usize| self.board.history.runs.iter().map(count).sum();
        HistorySize {
            generation: self.board.history.generation,
            restarts: self.board.history.runs.iter().map(|run| run.restarts).sum(),
            steps: sum(|run| run.steps.len()),
            epochs: sum(|run| run.epochs.len()),
            marks: sum(|run| run.events.len()),
        }
    }

    /// Whether something measured is neither written nor being written.
    pub fn has_unsaved(&self) -> bool {
        let extent = self.extent();
        let is_written = self.saving.written == Some(extent);
        let is_being_written = self.saving.under_way.is_some_and(|under_way| under_way.extent == extent);
        extent.steps > 0 && !is_written && !is_being_written
    }

    pub(super) fn save(&mut self) -> Vec<Effect> {
        self.save_and(Then::Stay)
    }

    /// Writes into a folder that was typed; as before, where nothing was.
    pub(super) fn save_elsewhere(&mut self, folder: &str) -> Vec<Effect> {
        let then = self.saving.refused.unwrap_or(Then::Stay);
        let effects = self.save_and(then);
        let there = |effect| match effect {
            Effect::Save { leaving } if !folder.is_empty() => {
                Effect::SaveElsewhere { folder: PathBuf::from(folder), leaving }
            }
            other => other,
        };
        effects.into_iter().map(there).collect()
    }

    fn save_and(&mut self, then: Then) -> Vec<Effect> {
        if let Some(under_way) = &mut self.saving.under_way {
            under_way.then = under_way.then.max(then);
            under_way.again = true;
            self.board.say("still writing…");
            return Vec::new();
        }
        if self.extent().steps == 0 {
            self.board.say("nothing has been measured yet");
            return Vec::new();
        }
        self.saving.under_way = Some(UnderWay { extent: self.extent(), then, again: false });
        self.board.say_in(Tone::Lasting, "writing…");
        vec![Effect::Save { leaving: then == Then::Quit }]
    }

    pub(super) fn handle_saved(&mut self, outcome: Result<PathBuf, String>) -> Vec<Effect> {
        let Some(UnderWay { extent, then, again }) = self.saving.under_way.take() else { return Vec::new() };
        match outcome {
            Ok(folder) => {
                self.saving.note_written(extent);
                self.saving.refused = None;
                self.dialog.take_if(|dialog| is_folder(dialog));
                if again && self.extent() != extent {
                    return self.save_and(then);
                }
                let text = format!("written to {}", Untrusted::from(&folder));
                self.board.say_in(Tone::Lasting, text);
                match then {
                    Then::Stay => Vec::new(),
                    Then::Quit => vec![Effect::Quit],
                    Then::Restart => self.restart(),
                }
            }
            Err(error) => {
                self.saving.refused = Some(then);
                self.board.say_in(Tone::Error, format!("not written: {error}. w tries again"));
                match &mut self.dialog {
                    Some(Dialog::Line(input)) if input.kind == LineKind::Folder => input.error = Some(error),
                    None => {
                        let line = LineInput { error: Some(error), ..LineInput::new(LineKind::Folder) };
                        self.dialog = Some(Dialog::Line(line));
                    }
                    // Whoever is asked something else can still press w.
                    Some(_) => {}
                }
                Vec::new()
            }
        }
    }

    /// Says where a picture of the screen is, or why there is none.
    pub fn report_picture(&mut self, saved: Result<PathBuf, String>) {
        self.needs_drawing = true;
        match saved {
            Ok(path) => {
                self.board.say_in(Tone::Lasting, format!("a picture of the screen is in {}", Untrusted::from(&path)))
            }
            Err(error) => self.board.say_in(Tone::Error, format!("no picture: {error}")),
        }
    }

    /// Whether it is asked whether to leave.
    pub fn asks_whether_to_leave(&self) -> bool {
        matches!(self.dialog, Some(Dialog::Question { question: Question::Quit, .. }))
    }

    pub(super) fn ask_quit(&mut self) -> Vec<Effect> {
        let would_be_lost = !self.board.history.has_ended() || self.has_unsaved();
        if !would_be_lost || self.board.is_preparing() {
            return vec![Effect::Quit];
        }
        self.dialog = Some(Dialog::Question { question: Question::Quit, focus: 0 });
        Vec::new()
    }

    pub(super) fn answer(&mut self, question: Question, answer: Answer) -> Vec<Effect> {
        self.dialog = None;
        match (question, answer) {
            (_, Answer::Stay) => Vec::new(),
            (Question::Quit, Answer::Do) => vec![Effect::Quit],
            (Question::Quit, Answer::WriteFirst) => self.save_and(Then::Quit),
            (Question::Restart, Answer::Do) => self.restart(),
            (Question::Restart, Answer::WriteFirst) => self.save_and(Then::Restart),
            (Question::RunAgain { run, lr }, answer) => self.answer_again(run, lr, answer),
            (_, Answer::Lower | Answer::All) => Vec::new(),
        }
    }
}
