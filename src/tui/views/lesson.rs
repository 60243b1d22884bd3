//! The lesson: its sentences, and what this race says of each so far.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::board::Board;
use crate::board::columns::COLUMNS;
use crate::board::lesson::LiveLesson;
use crate::lesson::{ClaimFinding, Finding, SoFar, figures};
use crate::text::cut;
use crate::tui::drawn::{Context, Painter};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Entry, plain, time};
use crate::tui::view::{CatchUp, View, ViewKind};
use crate::tui::widgets::help_text::HelpText;
use crate::tui::widgets::run_table::first_visible;

/// Keys that only this view has, in the order in which they are shown.
static KEYS: &[Entry] = &[Entry {
    keys: &[(plain('{'), Action::PreviousSentence), (plain('}'), Action::NextSentence)],
    shown: "{ }",
    short: "sentence",
    help: "how the sentence before, or the next one, is measured",
    rank: 2,
}];

const ABOUT: &str = "What is taught of optimizers, sentence by sentence, and what this race says of it so far, as far \
                     as its runs allow. Each claim is a measure, what it must be in brackets: + where it is so, ! \
                     where it is not; a sentence agrees if all its claims do. One race is no proof: `optirace lesson` \
                     runs all that is needed, over several seeds, and judges.";

/// Characters for what the race says of a sentence.
const SAYS: usize = 12;

/// Characters for the figures of a claim, where there is room beside what it measures.
const FIGURES: usize = 48;

/// Lines of the heading.
const HEADING: u16 = 1;

/// The view.
#[derive(Default)]
pub struct LessonView {
    lesson: LiveLesson,
}

impl View for LessonView {
    fn kind(&self) -> ViewKind {
        ViewKind { key: '6', name: "lesson", about: "the lesson" }
    }

    fn keys(&self) -> Vec<&'static [Entry]> {
        vec![KEYS, time::KEYS]
    }

    fn help(&self, text: &mut HelpText, board: &Board) {
        text.charts(board);
        text.heading("View 6: lesson");
        text.paragraph(ABOUT);
        text.keys();
        text.columns("Columns", COLUMNS);
        text.race(board);
    }

    fn handle(&mut self, action: Action, _: &mut Board) -> Option<Vec<Effect>> {
        match action {
            Action::PreviousSentence => self.lesson.turn(true),
            Action::NextSentence => self.lesson.turn(false),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn catch_up(&mut self, board: &Board, is_shown: bool) -> CatchUp {
        let needs_drawing = is_shown && self.lesson.measure(&board.history, board.playhead.at(), board.now);
        CatchUp { needs_drawing, effects: Vec::new() }
    }

    fn draw(&self, painter: &mut Painter<'_>, area: Rect, board: &Board) {
        draw(painter.buffer, area, Context { board, theme: painter.theme }, &self.lesson);
    }
}

/// Every sentence with its claims where there is room, else those of the chosen one below all.
fn draw(buffer: &mut Buffer, body: Rect, cx: Context<'_>, lesson: &LiveLesson) {
    let seed = cx.board.info.seed;
    let heading = format!(" This race so far, on seed {seed} alone; `optirace lesson` judges over several seeds");
    put(buffer, body, 0, &heading, cx.theme.faint());
    let (sentences, claims) = (lesson.findings.len(), claims_of(&lesson.findings));
    let mut lines = HEADING..body.height;
    if usize::from(body.height) >= usize::from(HEADING) + sentences + claims {
        for finding in &lesson.findings {
            lines.by_ref().take(1).for_each(|line| sentence(buffer, body, line, cx, finding, false));
            let claims = finding.claims.iter().zip(lines.by_ref().take(finding.claims.len()));
            claims.for_each(|(finding, line)| claim(buffer, body, line, cx, finding));
        }
        return;
    }
    let Some(chosen) = lesson.findings.get(lesson.chosen) else { return };
    let visible = lines.len().saturating_sub(chosen.claims.len()).min(sentences);
    let first = first_visible(lesson.chosen, sentences, visible);
    for (index, line) in (first..sentences).zip(lines.by_ref().take(visible)) {
        sentence(buffer, body, line, cx, &lesson.findings[index], index == lesson.chosen);
    }
    for (finding, line) in chosen.claims.iter().zip(lines) {
        claim(buffer, body, line, cx, finding);
    }
}

fn claims_of(findings: &[Finding]) -> usize {
    findings.iter().map(|finding| finding.claims.len()).sum()
}

/// A sentence in one line, and what the race says of it.
fn sentence(buffer: &mut Buffer, body: Rect, line: u16, cx: Context<'_>, finding: &Finding, is_chosen: bool) {
    let says = match finding.so_far() {
        SoFar::Agrees => "agrees",
        SoFar::Disagrees => "disagrees",
        SoFar::Missing => "-",
    };
    let style = if is_chosen { cx.theme.selected_row() } else { Style::new() };
    let room = usize::from(body.width).saturating_sub(SAYS + 1);
    let text = format!("{:>2}. {}", finding.sentence.number, finding.sentence.text);
    let text = format!(" {:<room$}{says:>SAYS$}", cut(&text, room.saturating_sub(1)));
    put(buffer, body, line, &text, style);
}

/// What a claim measures, and what was measured, or what is missing.
fn claim(buffer: &mut Buffer, body: Rect, line: u16, cx: Context<'_>, finding: &ClaimFinding) {
    let width = usize::from(body.width).saturating_sub(1);
    let figures = figures(finding);
    let (style, mark) = match finding.agrees() {
        None => (cx.theme.faint(), ' '),
        Some(true) => (Style::new(), '+'),
        Some(false) => (cx.theme.strong(), '!'),
    };
    let right = figures.chars().count().min(FIGURES).min(width / 2);
    let left = width.saturating_sub(right + 8);
    let what = cut(finding.claim.what, left);
    let text = format!("    {mark} {what:<left$}  {}", cut(&figures, right));
    put(buffer, body, line, &text, style);
}

fn put(buffer: &mut Buffer, body: Rect, line: u16, text: &str, style: Style) {
    if line < body.height {
        buffer.set_stringn(body.x, body.y + line, text, usize::from(body.width), style);
    }
}
