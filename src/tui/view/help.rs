//! The help: keys, what is shown, the network, the hashes.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Widget};

use super::columns::COLUMNS;
use super::{path, surface, zigzag};
use crate::nn::summary::Summary;
use crate::text::{grouped, wrap};
use crate::tui::app::App;
use crate::tui::drawn::{HelpExtent, Painter};
use crate::tui::theme::Theme;
use crate::tui::view_kind::View;

/// Longest line of the help.
const WIDTH: u16 = 110;

/// Where the help lies.
fn area(within: Rect) -> Rect {
    let width = within.width.min(WIDTH + 4);
    let height = within.height.saturating_sub(2);
    Rect { x: within.x + (within.width - width) / 2, y: within.y + 1.min(within.height), width, height }
}

/// Draws the help.
pub fn render(painter: &mut Painter<'_>, app: &App, scroll: u16) {
    let area = area(painter.buffer.area);
    let lines = lines(app, usize::from(area.width.saturating_sub(4)));
    let page = area.height.saturating_sub(2);
    let last = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_sub(page);
    painter.drawn.help = HelpExtent { page, last };
    let more = if last == 0 { "" } else { " ↑↓ scroll · " };
    let block = Block::bordered()
        .title(Line::styled(" optirace: help ", painter.theme.strong()))
        .title_bottom(Line::from(format!("{more} esc closes ")).right_aligned());
    let inner = block.inner(area);
    Clear.render(area, painter.buffer);
    block.render(area, painter.buffer);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    Paragraph::new(lines).scroll((scroll.min(last), 0)).render(inner, painter.buffer);
}

fn lines(app: &App, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme;
    let mut lines = Vec::new();
    if let Some(view) = app.shown_surface() {
        surface::help_lines(&mut lines, app, view, width);
        return lines;
    }
    match app.view {
        View::Zigzag => {
            zigzag::help_lines(&mut lines, theme, width);
            keys(&mut lines, app, width);
        }
        View::Path => {
            path::help_lines(&mut lines, app, width);
            keys(&mut lines, app, width);
        }
        View::Race | View::Dynamics | View::Surface | View::Lesson => charts(&mut lines, app, width),
    }
    let facts = &app.facts;
    heading(&mut lines, theme, "Network");
    lines.extend(Summary(&facts.architecture).to_string().lines().map(|line| Line::from(line.to_owned())));
    heading(&mut lines, theme, "Race");
    let race = format!(
        "{}: {} training, {} validation, {} test samples; batch {}, seed {}, {} threads",
        facts.dataset,
        grouped(facts.training_samples),
        grouped(facts.validation_samples),
        grouped(facts.test_samples),
        facts.batch,
        facts.seed,
        facts.threads,
    );
    plain(&mut lines, &race, width);
    runs(&mut lines, app, width);
    lines
}

/// What is to be known of a view with charts of all runs.
fn charts(lines: &mut Vec<Line<'static>>, app: &App, width: usize) {
    let theme = app.theme;
    heading(lines, theme, "What this is");
    let intro = format!(
        "A race of optimizers. Every run trains the same network from the same initial weights, on the same samples \
         in the same order; only the optimizer differs. Lines are training curves (every step, smoothed), signs on \
         them are evaluations on the {} validation samples after each epoch. An arrow at the bottom of a chart marks \
         a change of learning rate. A run whose numbers stop being finite has diverged; it stays out of the axes.",
        grouped(app.facts.validation_samples)
    );
    plain(lines, &intro, width);
    if let Some(about) = about(app.view) {
        heading(lines, theme, &format!("View {}: {}", app.view.key(), app.view.name()));
        plain(lines, about, width);
    }
    keys(lines, app, width);
    heading(lines, theme, "Columns");
    for column in COLUMNS {
        defined(lines, theme, column.title, 15, column.meaning, width);
    }
}

/// All keys.
pub(super) fn keys(lines: &mut Vec<Line<'static>>, app: &App, width: usize) {
    heading(lines, app.theme, "Keys");
    let longest = app.keys().map(|entry| entry.shown.chars().count()).max().unwrap_or(0);
    for entry in app.keys() {
        defined(lines, app.theme, entry.shown, longest.max(8), entry.help, width);
    }
}

/// What a view shows, beyond what is true of all.
fn about(view: View) -> Option<&'static str> {
    match view {
        View::Race | View::Zigzag | View::Path | View::Surface => None,
        View::Lesson => Some(
            "What is taught of optimizers, sentence by sentence, and what this race says of it so far, as far as its \
             runs allow. Each claim is a measure, what it must be in brackets: + where it is so, ! where it is not; \
             a sentence agrees if all its claims do. One race is no proof: `optirace lesson` runs all that is \
             needed, over several seeds, and judges.",
        ),
        View::Dynamics => Some(
            "What drives the weights. Effective learning rate: how far a single parameter moved in a step, divided by \
             its gradient, measured every 50 steps. The line is the median over the parameters; the dots of the \
             selected run reach from the 10th to the 90th percentile. Under SGD all parameters share the learning \
             rate, so there is no band; AdaGrad's falls as it sums up squared gradients; RMSprop's and Adam's hold \
             their height, as they forget. Parameters whose gradient is 0 have no rate; they are counted instead.",
        ),
    }
}

/// What every run is, with the hashes of what it started from.
fn runs(lines: &mut Vec<Line<'static>>, app: &App, width: usize) {
    let hash = |hash: &Option<String>| hash.clone().unwrap_or_else(|| "not known yet".to_owned());
    if let Some(first) = app.history.runs.first() {
        plain(lines, &format!("initial weights, SHA-256 {}", hash(&first.weights_sha256)), width);
        plain(lines, &format!("sample order, SHA-256 {}", hash(&first.order_sha256)), width);
    }
    for (index, run) in app.history.runs.iter().enumerate() {
        let name = format!("{} {}", app.theme.marker(index), run.info.label);
        defined(lines, app.theme, &name, 15, &run.info.spec.to_string(), width);
    }
}

/// A heading.
pub(super) fn heading(lines: &mut Vec<Line<'static>>, theme: Theme, text: &str) {
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    lines.push(Line::styled(text.to_owned(), theme.strong()));
}

/// A paragraph.
pub(super) fn plain(lines: &mut Vec<Line<'static>>, text: &str, width: usize) {
    let wrapped = wrap(text, width.saturating_sub(1).max(1));
    lines.extend(wrapped.into_iter().map(|line| Line::from(format!(" {line}"))));
}

/// A word and its meaning, wrapped beside it.
pub(super) fn defined(
    lines: &mut Vec<Line<'static>>,
    theme: Theme,
    word: &str,
    indent: usize,
    meaning: &str,
    width: usize,
) {
    let wrapped = wrap(meaning, width.saturating_sub(indent + 2).max(1));
    for (index, line) in wrapped.into_iter().enumerate() {
        let word = if index == 0 { word } else { "" };
        lines.push(Line::from(vec![Span::styled(format!(" {word:indent$} "), theme.strong()), Span::raw(line)]));
    }
}
