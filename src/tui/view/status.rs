//! The status line: what was said last, else what the selected run is, and where changes of learning rate go.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{format, surface};
use crate::tui::app::App;
use crate::tui::status::Tone;

/// Lines that a long sentence may take.
const MOST_LINES: usize = 4;

/// Lines that the status takes.
pub fn height(app: &App, width: u16) -> u16 {
    match &app.status {
        Some(status) => wrap(&status.text, text_width(app, width)).len().clamp(1, MOST_LINES) as u16,
        None => 1,
    }
}

fn text_width(app: &App, width: u16) -> usize {
    usize::from(width).saturating_sub(target(app).chars().count() + 3).max(1)
}

/// Which run a change of learning rate goes to.
fn target(app: &App) -> String {
    if app.to_all {
        return " lr keys: ALL RUNS ".to_owned();
    }
    format!(" lr keys: {} ", format::cut(app.lr_target().0, 12))
}

/// Draws the status.
pub fn render(buffer: &mut Buffer, area: Rect, app: &App) {
    if area.is_empty() {
        return;
    }
    let (lines, style) = match &app.status {
        Some(status) => {
            let style = match status.tone {
                Tone::Error => app.theme.alarm(),
                Tone::Passing | Tone::Lasting => app.theme.strong(),
            };
            (wrap(&status.text, text_width(app, area.width)), style)
        }
        None => (vec![format::cut(&about_selected(app), text_width(app, area.width))], Style::new()),
    };
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        buffer.set_stringn(area.x + 1, y, line, usize::from(area.width) - 1, style);
    }
    let target = target(app);
    let start = area.right().saturating_sub(target.chars().count() as u16);
    let style = if app.to_all { app.theme.chosen() } else { app.theme.faint() };
    buffer.set_stringn(start, area.bottom() - 1, &target, usize::from(area.right() - start), style);
}

fn about_selected(app: &App) -> String {
    if let Some(surface) = app.shown_surface() {
        return surface::about_selected(surface, app.theme);
    }
    let info = &app.history.runs[app.selected].info;
    let hidden = if app.hidden[app.selected] { "hidden (v shows it) · " } else { "" };
    let sign = app.theme.marker(app.selected);
    let changed: Vec<String> = info.spec.differences();
    let changed = if changed.is_empty() { String::new() } else { format!(" ({})", changed.join(", ")) };
    format!("{sign} {hidden}{}{changed}: {}", info.label, info.spec.optimizer.idea)
}

/// `text` in lines of at most `width` characters, broken between words where that is possible.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    for word in clean.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + rest.len() <= width {
            lines.last_mut().into_iter().for_each(|line| line.push(' '));
            used += 1;
        } else if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        while !rest.is_empty() {
            if used == width {
                lines.push(String::new());
                used = 0;
            }
            let fits = good_break(&rest, width - used);
            let part: String = rest.drain(..fits).collect();
            lines.last_mut().into_iter().for_each(|line| line.push_str(&part));
            used = if rest.is_empty() { used + fits } else { width };
        }
    }
    lines
}

/// How many letters of a word fit in `room`: all of them, or up to the last comma or slash.
fn good_break(word: &[char], room: usize) -> usize {
    if word.len() <= room {
        return word.len();
    }
    let last = word[..room].iter().rposition(|letter| matches!(letter, ',' | '/'));
    last.map_or(room, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sentences_are_broken_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a/very/long/path fails", 6), ["a/", "very/", "long/", "path", "fails"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("tab\there\n", 20), ["tab here"]);
    }
}
