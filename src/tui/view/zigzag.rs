//! Draws two runs side by side, on the same scales, and under both a line in words.

mod angles;
mod layout;
mod loss;
mod measures;
mod path;
mod verdict;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{format, header, help};
use crate::board::lr;
use crate::board::ranking::state_texts;
use crate::text::{grouped, wrap};
use crate::tui::app::App;
use crate::tui::drawn::{Painter, Target};
use crate::tui::theme::Theme;
use crate::tui::zigzag::Pane;
use layout::{Layout, Sections};

/// Draws the view.
pub fn render(painter: &mut Painter<'_>, body: Rect, app: &App) {
    let buffer = &mut *painter.buffer;
    let panes = app.zigzag().panes();
    let width = usize::from(body.width.saturating_sub(2)).max(1);
    let layout = Layout::of(body, panes.len(), verdict::lines(app, width));
    let sections: Vec<Sections> = layout.panes.iter().map(|area| Sections::of(*area)).collect();
    let Some(first) = sections.first() else { return };
    let loss = loss::Scale::of(app, panes);
    let scales = path::Scale::of(panes, app.zigzag().is_shared(), first.path, app.theme);
    let verdict = wrap(&verdict::text(app, &scales), width);
    let angles = angles::peak(panes);
    for ((pane, sections), scale) in panes.iter().zip(&sections).zip(&scales) {
        title(buffer, sections.title, app, pane);
        loss::render(buffer, sections, app, pane, loss.as_ref());
        path::render(buffer, sections, app, pane, *scale);
        angles::render(buffer, sections, app.theme, pane, angles);
        measures::render(buffer, sections.measures, app.theme, pane);
    }
    for (pane, area) in panes.iter().zip(&layout.panes) {
        painter.drawn.note(*area, Target::Run(pane.run));
    }
    for (line, y) in verdict.iter().zip(layout.verdict.y..layout.verdict.bottom()) {
        buffer.set_stringn(body.x + 1, y, line, usize::from(body.width) - 1, app.theme.strong());
    }
}

/// What the help says of the view.
pub fn help_lines(lines: &mut Vec<Line<'static>>, theme: Theme, width: usize) {
    help::heading(lines, theme, "What this is");
    for paragraph in [
        "Two runs side by side: does one zigzag where the other is smooth? All that is said here is measured in this race. \
         Tab chooses a side; its run is the selected one, whose learning rate ← and → change. Pause (space) and step (.) \
         to walk a path step by step.",
        "loss: the loss of every one of the last steps, and over it the same smoothed as in the race.",
        "path: where these steps led through weight space, × the oldest, the run's sign where it is now; the older half is \
         faint, and a dot stands where the drawn line turns by more than 120°. Each path is seen on its own plane, the \
         one of all directions that shows most of its spread (its first two principal components; how much is said), and \
         at its own scale: the bars say how long what is drawn is. b puts both on one plane and scale. Up to 40 steps are \
         exact; more are drawn from compressed steps, within a tenth. Paths are recorded while they are shown, and for \
         the last steps of a race.",
        "What is real in the picture: the teeth, and their size beside the way from × to the sign. What is not: the bow. \
         Principal components bend any smooth walk into an arc, also a straight or a random one (Antognini & \
         Sohl-Dickstein 2018, arXiv 1806.08805).",
        "angles: how many updates stand at which angle to the one before. 0° goes straight on, 90° turns off at a right \
         angle, 180° goes back.",
    ] {
        help::plain(lines, paragraph, width);
    }
    help::heading(lines, theme, "Measures of the last steps, and how they changed within 50 steps");
    for measure in measures::MEASURES {
        help::defined(lines, theme, measure.title, 15, measure.meaning, width);
    }
}

/// The name of a pane's part, and what is to be known of it, on a line.
fn section(buffer: &mut Buffer, area: Rect, theme: Theme, name: &str, about: &str) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    buffer.set_string(area.x, area.y, "─".repeat(width), theme.faint());
    let (end, _) = buffer.set_stringn(area.x + 1, area.y, format!(" {name} "), width - 1, theme.strong());
    let room = usize::from(area.right().saturating_sub(end));
    if !about.is_empty() && room > about.chars().count() + 2 {
        buffer.set_stringn(end, area.y, format!("· {about} "), room, theme.faint());
    }
}

fn title(buffer: &mut Buffer, area: Rect, app: &App, pane: &Pane) {
    let run = &app.history.runs[pane.run];
    let theme = app.theme;
    let is_chosen = pane.run == app.selected;
    let base = if is_chosen { theme.selected_row() } else { Style::new() };
    buffer.set_style(area, base);
    let state =
        if run.state.has_ended() { format!(" · {}", state_texts(&run.state).swap_remove(0)) } else { String::new() };
    let batch = if area.width >= 60 { format!("batch {} · ", run.info.batch_size) } else { String::new() };
    let right = format!("{batch}lr {} · step {}{state}", lr::short(app.lr(pane.run)), grouped(pane.step as u64));
    let room = usize::from(area.width).saturating_sub(right.chars().count() + 6);
    let own = base.patch(theme.run(pane.run)).patch(theme.strong());
    let left = Line::from(vec![
        Span::styled(if is_chosen { "▸" } else { " " }, base),
        Span::styled(format!("{} {}", theme.marker(pane.run), format::cut(&run.info.label, room)), own),
    ]);
    header::both_ends(buffer, area, &left, &Line::styled(right, base));
}
