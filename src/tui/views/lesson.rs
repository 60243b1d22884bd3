//! The lesson: its sentences, and what this race says of each so far.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::board::Board;
use crate::board::lesson::LiveLesson;
use crate::lesson::{ClaimFinding, Finding, SoFar, figures};
use crate::text::{self, wrap};
use crate::tui::drawn::{ClickTarget, Context, Painter};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Entry, UP_AND_DOWN, time};
use crate::tui::view::{CatchUp, View, ViewKind};
use crate::tui::widgets::help_text::HelpText;

/// Keys of every view that mean something else here.
static INSTEAD: &[Entry] = &[Entry {
    keys: UP_AND_DOWN,
    shown: "↑↓",
    short: "sentence",
    help: "select a sentence, under which stands how it is measured (also k and j, the mouse and its wheel)",
    rank: 0,
}];

const ABOUT: &str = "What is taught of optimizers, sentence by sentence, and what this race says of it so far, as far \
                     as its runs allow. Each claim is a measure, what it must be in brackets: + where it is so, ! \
                     where it is not; a sentence holds so far if all its claims do. What is not measured needs runs \
                     that this race has not, or not yet: its measures say which. One race is no proof: `optirace \
                     lesson` runs all that is needed, over several seeds, and judges.";

/// Cells for what the race says of a sentence.
const SAYS: usize = 14;

/// Cells before a sentence, and before what a claim measures.
const INDENT: usize = 5;

/// Cells for the figures of a claim, where there is room beside what it measures.
const FIGURES: usize = 48;

/// The view.
#[derive(Default)]
pub struct LessonView {
    lesson: LiveLesson,
}

impl View for LessonView {
    fn kind(&self) -> ViewKind {
        ViewKind { key: '6', name: "lesson" }
    }

    fn keys(&self) -> Vec<&'static [Entry]> {
        vec![time::KEYS]
    }

    fn instead(&self) -> &'static [Entry] {
        INSTEAD
    }

    fn help(&self, text: &mut HelpText, board: &Board) {
        text.charts(board);
        text.heading("View 6: lesson");
        text.paragraph(ABOUT);
        text.keys();
        text.race(board);
    }

    fn handle(&mut self, action: Action, _: &mut Board) -> Option<Vec<Effect>> {
        match action {
            Action::SelectPrevious => self.lesson.turn(true),
            Action::SelectNext => self.lesson.turn(false),
            Action::SelectSentence(sentence) => self.lesson.chosen = sentence,
            _ => return None,
        }
        Some(Vec::new())
    }

    fn catch_up(&mut self, board: &Board, is_shown: bool) -> CatchUp {
        let needs_drawing = is_shown && self.lesson.measure(&board.history, board.playhead.at(), board.now);
        CatchUp { needs_drawing, effects: Vec::new() }
    }

    fn draw(&self, painter: &mut Painter<'_>, area: Rect, board: &Board) {
        let cx = Context { board, theme: painter.theme };
        let across = usize::from(area.width).saturating_sub(1).max(1);
        let heading = format!(
            "This race so far, on seed {} alone; `optirace lesson` judges over several seeds. Not measured: it takes \
             runs that are not in this race, or more of it",
            board.info.seed
        );
        let heading = wrap(&heading, across);
        let top = heading.len().min(usize::from(area.height)) as u16;
        for (line, y) in heading.iter().zip(area.y..area.y + top) {
            painter.buffer.set_stringn(area.x + 1, y, line, across, cx.theme.faint());
        }
        let body = Rect { y: area.y + top, height: area.height - top, ..area };
        let chosen = self.lesson.chosen;
        let with_claims = |all: bool| {
            let of = |(index, finding)| lines(cx, across, index, finding, index == chosen, all || index == chosen);
            self.lesson.findings.iter().enumerate().flat_map(of).collect::<Vec<_>>()
        };
        let mut lines = with_claims(true);
        if lines.len() > usize::from(body.height) {
            lines = with_claims(false);
        }
        let first = first_line(&lines, chosen, usize::from(body.height));
        for (line, y) in lines.iter().skip(first).zip(body.y..body.bottom()) {
            painter.buffer.set_stringn(body.x, y, text::padded(&line.text, across + 1), across + 1, line.style);
            painter.drawn.note(Rect { y, height: 1, ..body }, ClickTarget::Sentence(line.sentence));
        }
    }
}

/// A line of the list.
struct LessonLine {
    /// Index of the sentence that it belongs to.
    sentence: usize,
    text: String,
    style: Style,
}

/// The first of the lines to show so that the chosen sentence is seen with its claims, and something around it.
fn first_line(lines: &[LessonLine], chosen: usize, visible: usize) -> usize {
    let first = lines.iter().position(|line| line.sentence == chosen).unwrap_or(0);
    let count = lines.iter().filter(|line| line.sentence == chosen).count();
    let above = visible.saturating_sub(count) / 2;
    first.saturating_sub(above).min(lines.len().saturating_sub(visible))
}

/// A sentence with what the race says of it and, where they are asked for, its claims.
fn lines(
    cx: Context<'_>,
    across: usize,
    index: usize,
    finding: &Finding,
    is_chosen: bool,
    has_claims: bool,
) -> Vec<LessonLine> {
    let says = match finding.so_far() {
        SoFar::Agrees => "holds",
        SoFar::Disagrees => "does not hold",
        SoFar::Missing => "not measured",
    };
    let style = if is_chosen { cx.theme.selected_row() } else { Style::new() };
    let room = across.saturating_sub(INDENT + SAYS).max(1);
    let wrapped = wrap(finding.sentence.text, room);
    let sentence = wrapped.into_iter().enumerate().map(|(line, text)| {
        let number = if line == 0 { format!("{:>3}. ", finding.sentence.number) } else { " ".repeat(INDENT) };
        let says = if line == 0 { says } else { "" };
        LessonLine { sentence: index, text: format!("{number}{}{says:>SAYS$}", text::padded(&text, room)), style }
    });
    let claims = finding.claims.iter().filter(|_| has_claims).flat_map(|finding| claim(cx, across, index, finding));
    sentence.chain(claims).collect()
}

/// What a claim measures, and what was measured, or what is missing: beside it, or below where there is no room.
fn claim(cx: Context<'_>, across: usize, index: usize, finding: &ClaimFinding) -> Vec<LessonLine> {
    let figures = figures(finding);
    let (style, mark) = match finding.agrees() {
        None => (cx.theme.faint(), ' '),
        Some(true) => (Style::new(), '+'),
        Some(false) => (cx.theme.strong(), '!'),
    };
    let indent = " ".repeat(INDENT + 2);
    let room = across.saturating_sub(indent.len()).max(1);
    let what = finding.claim.what;
    let right = FIGURES.min(room / 2);
    let texts = if text::columns(what) + 2 <= room - right && text::columns(&figures) <= right {
        vec![format!("{}{figures}", text::padded(what, room - right))]
    } else {
        let below = wrap(&figures, room.saturating_sub(2)).into_iter().map(|line| format!("  {line}"));
        wrap(what, room).into_iter().chain(below).collect()
    };
    let marked = |(line, text): (usize, String)| {
        let start = if line == 0 { format!("{}{mark} ", " ".repeat(INDENT)) } else { indent.clone() };
        LessonLine { sentence: index, text: start + &text, style }
    };
    texts.into_iter().enumerate().map(marked).collect()
}
