//! The text of a help: headings, paragraphs, and words with their meanings.

use ratatui::text::{Line, Span};

use crate::board::Board;
use crate::board::column::Column;
use crate::nn::summary::Summary;
use crate::text::{self, Untrusted, grouped, wrap};
use crate::tui::keymap::KeyText;
use crate::tui::theme::Theme;

/// Characters of a word that is explained.
const WORD: usize = 15;

/// Characters of a key, at least.
const KEY: usize = 8;

/// A help that is being written.
pub struct HelpText {
    /// How it looks.
    pub theme: Theme,
    /// All lines so far.
    pub lines: Vec<Line<'static>>,
    width: usize,
    keys: Vec<KeyText>,
}

impl HelpText {
    /// An empty help, `width` characters wide, of a view with these keys.
    pub fn new(theme: Theme, width: usize, keys: Vec<KeyText>) -> Self {
        Self { theme, lines: Vec::new(), width, keys }
    }

    /// A heading.
    pub fn heading(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.push(Line::styled(text.to_owned(), self.theme.strong()));
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str) {
        let wrapped = wrap(&self.theme.words(text), self.width.saturating_sub(1).max(1));
        self.lines.extend(wrapped.into_iter().map(|line| Line::from(format!(" {line}"))));
    }

    /// A word and its meaning, wrapped beside it.
    pub fn define(&mut self, word: &str, meaning: &str) {
        self.define_beside(word, WORD, meaning);
    }

    fn define_beside(&mut self, word: &str, indent: usize, meaning: &str) {
        let wrapped = wrap(&self.theme.words(meaning), self.width.saturating_sub(indent + 2).max(1));
        for (index, line) in wrapped.into_iter().enumerate() {
            let word = Span::styled(format!(" {:indent$} ", if index == 0 { word } else { "" }), self.theme.strong());
            self.lines.push(Line::from(vec![word, Span::raw(line)]));
        }
    }

    /// All keys of the view.
    pub fn keys(&mut self) {
        self.heading("Keys");
        let keys = std::mem::take(&mut self.keys);
        let longest = keys.iter().map(|key| text::columns(&key.shown)).max().unwrap_or(0).max(KEY);
        keys.iter().for_each(|key| self.define_beside(&key.shown, longest, &key.help));
        self.define_beside(
            "",
            longest,
            "Text is selected with the mouse while shift is held down (option on a Mac), or without after --no-mouse.",
        );
    }

    /// What the columns of a table mean.
    pub fn columns<B>(&mut self, heading: &str, columns: &[Column<B>]) {
        self.heading(heading);
        columns.iter().for_each(|column| self.define(column.title, column.meaning));
    }

    /// What a race is, and how its curves are to be read.
    pub fn charts(&mut self, board: &Board) {
        self.heading("What this is");
        self.paragraph(&format!(
            "A race of optimizers. Every run trains the same network from the same initial weights, on the same \
             samples in the same order; only the optimizer differs. Lines are training curves (every step, smoothed), \
             markers on them are evaluations on the {} validation samples after each epoch. An arrow at the bottom of \
             a chart marks a change of learning rate. A run whose numbers stop being finite has diverged; the axes are \
             not scaled to it. One is guessing while its mean loss over 200 steps is no less than {:.3}, that of \
             whoever knows only how common each class is; where the chart of loss reaches it, a faint line \
             stands there.",
            grouped(board.info.validation_samples),
            board.info.guessing_loss
        ));
    }

    /// The network, the race, and what every run is, with the hashes of what it started from.
    pub fn race(&mut self, board: &Board) {
        let info = &board.info;
        self.heading("Network");
        let summary = Summary(&info.architecture).to_string();
        self.lines.extend(summary.lines().map(|line| Line::from(line.to_owned())));
        self.heading("Race");
        self.paragraph(&format!(
            "{}: {} training, {} validation, {} test samples; batch {}, seed {}, {} threads",
            info.dataset,
            grouped(info.training_samples),
            grouped(info.validation_samples),
            grouped(info.test_samples),
            info.batch,
            info.seed,
            info.threads,
        ));
        let hash =
            |hash: &Option<Untrusted>| hash.as_ref().map_or_else(|| "not known yet".to_owned(), Untrusted::to_string);
        if let Some(first) = board.history.runs.first() {
            self.paragraph(&format!("initial weights, SHA-256 {}", hash(&first.weights_sha256)));
            self.paragraph(&format!("sample order, SHA-256 {}", hash(&first.order_sha256)));
        }
        for (index, run) in board.history.runs.iter().enumerate() {
            let name = format!("{} {}", self.theme.marker(index), run.info.label);
            self.define(&name, &run.info.spec.to_string());
        }
    }
}
