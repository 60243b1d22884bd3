//! Small windows over the race: a question, or a line to type into.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use crate::board::lr;
use crate::race::history::RunState;
use crate::race::protocol::RunIndex;
use crate::text::{self, cut, cut_front, grouped, wrap};
use crate::tui::app::App;
use crate::tui::dialog::{LineInput, LineKind, Question};
use crate::tui::drawn::{ClickTarget, Painter};

/// Cells of a small window.
const WIDTH: u16 = 58;
const HEIGHT: u16 = 7;

fn area(within: Rect, height: u16) -> Rect {
    let (width, height) = (WIDTH.min(within.width), height.min(within.height));
    Rect { x: within.x + (within.width - width) / 2, y: within.y + (within.height - height) / 2, width, height }
}

fn window(painter: &mut Painter<'_>, title: &str, height: u16) -> Rect {
    let (buffer, theme) = (&mut *painter.buffer, painter.theme);
    let area = area(buffer.area, height);
    Clear.render(area, buffer);
    let block = Block::bordered().title(Line::styled(format!(" {title} "), theme.strong()));
    let inner = block.inner(area);
    block.render(area, buffer);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

fn write(buffer: &mut Buffer, area: Rect, line: u16, text: &str, style: ratatui::style::Style) {
    if line < area.height {
        buffer.set_stringn(area.x, area.y + line, text, usize::from(area.width), style);
    }
}

/// Draws a question with the answers to it.
pub fn question(painter: &mut Painter<'_>, app: &App, question: Question, focus: usize) {
    let label = |run: RunIndex| app.board.history.runs[run].info.label.as_str();
    let leaving = match (app.board.history.has_ended(), app.has_unsaved()) {
        (_, true) => "If you leave now, they are lost.",
        (false, false) => "Leaving ends it.",
        (true, false) => "",
    };
    let (title, ask) = match question {
        Question::Quit => ("Leave the race?".to_owned(), leaving.to_owned()),
        Question::Restart => ("Restart the race?".to_owned(), "All runs begin again from the same weights.".to_owned()),
        Question::RunAgain { run, lr } => {
            let lr = lr.unwrap_or_else(|| app.board.history.runs[run].info.first_lr());
            let ask = format!("Again: the same weights, lr {}. The others go on.", lr::text(lr));
            (format!("Begin {} again?", label(run)), ask)
        }
    };
    let area = window(painter, &title, HEIGHT);
    let buffer = &mut *painter.buffer;
    write(buffer, area, 0, &at_stake(app, question), app.theme.strong());
    write(buffer, area, 1, &ask, app.theme.faint());
    for (index, (place, offer)) in offers(area, question).zip(question.offers()).enumerate() {
        let style = if index == focus { app.theme.chosen() } else { app.theme.strong() };
        buffer.set_stringn(place.x, place.y, button(offer.shown, offer.label), usize::from(place.width), style);
        painter.drawn.note(place, ClickTarget::Answer(offer.answer));
    }
}

/// What would be lost.
fn at_stake(app: &App, question: Question) -> String {
    if let Question::RunAgain { run, .. } = question {
        let run = &app.board.history.runs[run];
        let how = match &run.state {
            RunState::Diverged { step, .. } => format!("It diverged at step {}", grouped((*step).into())),
            _ => "It failed".to_owned(),
        };
        return format!("{how}; its steps will not be kept.");
    }
    let steps: usize = app.board.history.runs.iter().map(|run| run.steps.len()).sum();
    match (app.board.history.has_ended(), app.has_unsaved()) {
        (false, true) => format!("It still runs; {} measured steps are not written.", grouped(steps as u64)),
        (false, false) => "It has not ended; what was measured is written.".to_owned(),
        (true, _) => format!("{} measured steps are not written.", grouped(steps as u64)),
    }
}

fn button(key: &str, label: &str) -> String {
    format!(" {key}: {label} ")
}

/// Where the answers are.
fn offers(area: Rect, question: Question) -> impl Iterator<Item = Rect> {
    let mut x = area.x;
    question.offers().iter().map(move |offer| {
        let width = text::columns(&button(offer.shown, offer.label)) as u16;
        let place = Rect { x, y: area.y + 3, width, height: 1 }.intersection(area);
        x += width + 1;
        place
    })
}

/// Draws the line to type a learning rate or a folder into.
pub fn line_input(painter: &mut Painter<'_>, app: &App, input: &LineInput) {
    match input.kind {
        LineKind::Lr => lr_input(painter, app, input),
        LineKind::Folder => folder_input(painter, app, input),
    }
}

fn lr_input(painter: &mut Painter<'_>, app: &App, input: &LineInput) {
    let (whose, now) = app.view().lr_target(&app.board);
    let area = window(painter, &format!("Learning rate of {whose}"), HEIGHT);
    let (buffer, theme) = (&mut *painter.buffer, painter.theme);
    let now = now.map_or_else(String::new, |lr| format!(" (now {})", lr::text(lr)));
    write(buffer, area, 0, &format!("A number above 0, such as 0.003 or 3e-3{now}"), theme.faint());
    match &input.error {
        Some(error) => {
            let lines = wrap(error, usize::from(area.width.saturating_sub(2)));
            let first = area.height.saturating_sub(lines.len() as u16).clamp(3, 4);
            for (line, text) in (first..).zip(lines) {
                write(buffer, area, line, &format!(" {text} "), theme.alarm());
            }
        }
        None => write(buffer, area, 4, "enter: set · esc: cancel", theme.faint()),
    }
    typed(painter, area, 2, "new: ", &input.text);
}

fn folder_input(painter: &mut Painter<'_>, app: &App, input: &LineInput) {
    const LINES_OF_ERROR: u16 = 4;
    let area = window(painter, "Not written: another folder?", HEIGHT + LINES_OF_ERROR - 1);
    let (buffer, theme) = (&mut *painter.buffer, painter.theme);
    let error = wrap(input.error.as_deref().unwrap_or_default(), usize::from(area.width));
    for (line, text) in (0..LINES_OF_ERROR).zip(error) {
        write(buffer, area, line, &text, theme.alarm());
    }
    let keys = match app.is_saving() {
        true => "writing…",
        false if input.text.is_empty() => "such as ~/race · enter: try again · esc: cancel",
        false => "enter: write there · esc: cancel",
    };
    write(buffer, area, LINES_OF_ERROR + 2, &cut(keys, usize::from(area.width)), theme.faint());
    typed(painter, area, LINES_OF_ERROR, "folder: ", &input.text);
}

/// Draws what was typed behind a prompt, and the cursor behind it; of what is too long the end.
fn typed(painter: &mut Painter<'_>, area: Rect, line: u16, prompt: &str, text: &str) {
    let room = usize::from(area.width).saturating_sub(text::columns(prompt) + 1);
    let shown = format!("{prompt}{}", cut_front(text, room));
    write(painter.buffer, area, line, &shown, painter.theme.strong());
    let x = area.x + text::columns(&shown) as u16;
    painter.drawn.cursor = Some(Position { x: x.min(area.right().saturating_sub(1)), y: area.y + line });
}
