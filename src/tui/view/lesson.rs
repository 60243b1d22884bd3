//! The lesson: its sentences, and what this race says of each so far.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::format;
use crate::lesson::{ClaimFinding, Finding, SoFar, figures};
use crate::tui::app::App;
use crate::tui::widgets::run_table::first_visible;

/// Characters for what the race says of a sentence.
const SAYS: usize = 12;

/// Characters for the figures of a claim, where there is room beside what it measures.
const FIGURES: usize = 48;

/// Lines of the heading.
const HEADING: u16 = 1;

/// Draws the view: every sentence with its claims where there is room, else those of the chosen one below all.
pub fn render(buffer: &mut Buffer, body: Rect, app: &App) {
    let lesson = app.lesson();
    let seed = app.facts.seed;
    let heading = format!(" This race so far, on seed {seed} alone; `optirace lesson` judges over several seeds");
    put(buffer, body, 0, &heading, app.theme.faint());
    let (sentences, claims) = (lesson.findings.len(), claims_of(&lesson.findings));
    let mut lines = HEADING..body.height;
    if usize::from(body.height) >= usize::from(HEADING) + sentences + claims {
        for finding in &lesson.findings {
            lines.by_ref().take(1).for_each(|line| sentence(buffer, body, line, app, finding, false));
            let claims = finding.claims.iter().zip(lines.by_ref().take(finding.claims.len()));
            claims.for_each(|(finding, line)| claim(buffer, body, line, app, finding));
        }
        return;
    }
    let Some(chosen) = lesson.findings.get(lesson.chosen) else { return };
    let visible = lines.len().saturating_sub(chosen.claims.len()).min(sentences);
    let first = first_visible(lesson.chosen, sentences, visible);
    for (index, line) in (first..sentences).zip(lines.by_ref().take(visible)) {
        sentence(buffer, body, line, app, &lesson.findings[index], index == lesson.chosen);
    }
    for (finding, line) in chosen.claims.iter().zip(lines) {
        claim(buffer, body, line, app, finding);
    }
}

fn claims_of(findings: &[Finding]) -> usize {
    findings.iter().map(|finding| finding.claims.len()).sum()
}

/// A sentence in one line, and what the race says of it.
fn sentence(buffer: &mut Buffer, body: Rect, line: u16, app: &App, finding: &Finding, is_chosen: bool) {
    let says = match finding.so_far() {
        SoFar::Agrees => "agrees",
        SoFar::Disagrees => "disagrees",
        SoFar::Missing => "-",
    };
    let style = if is_chosen { app.theme.selected_row() } else { Style::new() };
    let room = usize::from(body.width).saturating_sub(SAYS + 1);
    let text = format!("{:>2}. {}", finding.sentence.number, finding.sentence.text);
    let text = format!(" {:<room$}{says:>SAYS$}", format::cut(&text, room.saturating_sub(1)));
    put(buffer, body, line, &text, style);
}

/// What a claim measures, and what was measured, or what is missing.
fn claim(buffer: &mut Buffer, body: Rect, line: u16, app: &App, finding: &ClaimFinding) {
    let width = usize::from(body.width).saturating_sub(1);
    let figures = figures(finding);
    let (style, sign) = match finding.agrees() {
        None => (app.theme.faint(), ' '),
        Some(true) => (Style::new(), '+'),
        Some(false) => (app.theme.strong(), '!'),
    };
    let right = figures.chars().count().min(FIGURES).min(width / 2);
    let left = width.saturating_sub(right + 8);
    let what = format::cut(finding.claim.what, left);
    let text = format!("    {sign} {what:<left$}  {}", format::cut(&figures, right));
    put(buffer, body, line, &text, style);
}

fn put(buffer: &mut Buffer, body: Rect, line: u16, text: &str, style: Style) {
    if line < body.height {
        buffer.set_stringn(body.x, body.y + line, text, usize::from(body.width), style);
    }
}
