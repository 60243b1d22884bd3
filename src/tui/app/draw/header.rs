//! The two lines at the top: what races, and how far it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::board::value;
use crate::race::history::RunHistory;
use crate::text::{self, Untrusted, grouped, waiting_time};
use crate::tui::app::App;
use crate::tui::widgets::both_ends::both_ends;

/// Cells of the progress bar, where there is room for one.
const BAR: usize = 24;

/// Characters shown of a hash.
const SHORT_HASH: usize = 6;

/// Draws the header.
pub fn render(buffer: &mut Buffer, area: Rect, app: &App, has_tabs: bool) {
    if area.is_empty() {
        return;
    }
    let line = |y: u16| Rect { y: area.y + y, height: 1.min(area.height.saturating_sub(y)), ..area };
    let state = state(app, area.width);
    let identity = identity(app, has_tabs);
    if identity.width() + state.width() + 2 <= usize::from(area.width) {
        both_ends(buffer, line(0), &identity, &state);
        let right = progress(app, true, area.width);
        both_ends(buffer, line(1), &conditions(app, area.width, right.width()), &right);
    } else {
        both_ends(buffer, line(0), &identity, &Line::default());
        let mut right = progress(app, false, area.width);
        right.spans.push(Span::raw("  "));
        right.spans.extend(state.spans);
        both_ends(buffer, line(1), &conditions(app, area.width, right.width()), &right);
    }
}

/// What races, behind the name of the view where no other line says it.
fn identity(app: &App, has_tabs: bool) -> Line<'static> {
    let info = &app.board.info;
    let data = format!("{} {}", info.dataset, grouped(info.training_samples));
    let view = app.view().kind();
    let title = match has_tabs {
        true => Span::styled(" optirace ", app.theme.strong()),
        false => Span::styled(format!(" {} {} ", view.key, view.name), app.theme.chosen()),
    };
    Line::from(vec![
        title,
        Span::raw(format!(" {data} ")),
        Span::styled("· ", app.theme.faint()),
        Span::raw(info.architecture.to_string()),
    ])
}

/// Whether the race runs, and how fast.
fn state(app: &App, width: u16) -> Line<'static> {
    let theme = app.theme;
    if app.board.is_recorded {
        return Line::styled("■ from files", theme.strong());
    }
    if app.board.history.has_ended() {
        return Line::styled("■ finished", theme.strong());
    }
    if app.board.is_paused() {
        return Line::styled(format!(" PAUSED{} ", where_paused(app)), theme.chosen());
    }
    if app.board.pause_asked {
        return Line::styled("pausing…", theme.strong());
    }
    // A race that is held back says by how much.
    let speed = app.board.speed().filter(|speed| *speed > 0.0);
    let full = app.board.full_speed().filter(|full| app.board.pace.speed.is_some_and(|asked| asked < *full));
    let (unit, of) = if width < 100 { ("/s", "/s of ~") } else { (" samples/s each", " of ~") };
    match speed {
        Some(speed) => {
            let full = full.map_or_else(String::new, |full| format!("{of}{}", value::rate(full)));
            Line::styled(format!("▶ {}{full}{unit}", value::rate(speed)), theme.strong())
        }
        None if app.board.is_preparing() => Line::styled("preparing…", theme.strong()),
        None => Line::styled("▶", theme.strong()),
    }
}

/// Where all runs that go on have paused: at one step or, where their minibatches differ, after as many samples.
fn where_paused(app: &App) -> String {
    let living = || app.board.history.runs.iter().filter(|run| !run.state.has_ended());
    let common = |value: fn(&RunHistory) -> u64| {
        let mut values = living().map(value);
        let first = values.next()?;
        values.all(|other| other == first).then(|| grouped(first))
    };
    match (common(|run| run.steps.len() as u64), common(RunHistory::samples)) {
        (Some(step), _) => format!(" at step {step}"),
        (None, Some(samples)) => format!(" at {samples} samples"),
        (None, None) => String::new(),
    }
}

/// The conditions that all runs share, beside what takes so many cells.
fn conditions(app: &App, width: u16, taken: usize) -> Line<'static> {
    let info = &app.board.info;
    let odd = unlike_the_first(app);
    if app.board.is_recorded && odd.is_some() {
        let words =
            ["several races: what differs stands in the labels", "several races: see the labels", "several races"];
        let fits = |text: &&str| text::columns(text) + taken + 2 <= width.into();
        return Line::styled(format!(" {}", words.into_iter().find(fits).unwrap_or_default()), app.theme.faint());
    }
    if let Some(odd) = odd {
        return Line::styled(format!(" ! UNFAIR: {odd} does not start like the others "), app.theme.alarm());
    }
    let has_own = |run: &&RunHistory| run.info.spec.batch.is_some_and(|own| own.to_string() != info.batch);
    let own_batches = app.board.history.runs.iter().filter(has_own).count();
    let mut parts = vec![format!("batch {}", info.batch), format!("seed {}", info.seed)];
    if let Some(first) = app.board.history.runs.first() {
        let names = if width < 110 { ["start", "order"] } else { ["initial weights", "sample order"] };
        let hashes = [&first.weights_sha256, &first.order_sha256];
        for (name, hash) in names.into_iter().zip(hashes) {
            let short = |hash: &Untrusted| hash.to_string().chars().take(SHORT_HASH).collect::<String>();
            parts.push(format!("{name} {}", hash.as_ref().map_or_else(|| "…".to_owned(), short)));
        }
    }
    if width >= 110 {
        parts.push(match own_batches {
            0 => "the same for all runs".to_owned(),
            1 => "the same for all runs, but for a batch".to_owned(),
            _ => format!("the same for all runs, but for {own_batches} batches"),
        });
    }
    // Rather fewer of them than one that is cut.
    while !parts.is_empty() && parts.iter().map(|part| text::columns(part) + 3).sum::<usize>() + taken > width.into() {
        parts.pop();
    }
    Line::styled(format!(" {}", parts.join(" · ")), app.theme.faint())
}

/// The label of a run whose initial weights or order of samples are not those of the first run that has begun.
fn unlike_the_first(app: &App) -> Option<&str> {
    fn start(run: &RunHistory) -> Option<(&Untrusted, &Untrusted)> {
        run.weights_sha256.as_ref().zip(run.order_sha256.as_ref())
    }
    let first = app.board.history.runs.iter().find_map(start)?;
    let odd = app.board.history.runs.iter().find(|run| start(run).is_some_and(|own| own != first))?;
    Some(&odd.info.label)
}

/// How far the slowest living run is.
fn progress(app: &App, with_bar: bool, width: u16) -> Line<'static> {
    let planned = app.board.history.epochs;
    let total = app.board.info.training_samples.saturating_mul(u64::from(planned)).max(1);
    let living = app.board.history.runs.iter().filter(|run| !run.state.has_ended());
    let seen = living.map(RunHistory::samples).min();
    let seen = seen.or_else(|| app.board.history.runs.iter().map(RunHistory::samples).max()).unwrap_or(0);
    let epochs = seen as f64 / app.board.info.training_samples.max(1) as f64;
    let left = app.board.seconds_left().filter(|_| unlike_the_first(app).is_none());
    let left = left.map_or_else(String::new, |left| format!(" · {} left", waiting_time(left)));
    let text = format!("epoch {epochs:.1}/{planned}{left}");
    if let Some(at) = app.board.playhead.at() {
        let step = grouped(app.board.seen(app.board.selected).steps.len() as u64);
        let shown = at as f64 / app.board.info.training_samples.max(1) as f64;
        let live = app.board.newest() as f64 / app.board.info.training_samples.max(1) as f64;
        let text = format!(" ◀ step {step} · epoch {shown:.1} of {planned} · live {live:.1} ");
        return Line::styled(text, app.theme.chosen());
    }
    let share = (seen as f64 / total as f64).clamp(0.0, 1.0);
    if !with_bar || width < 130 {
        return Line::from(text);
    }
    let filled = (share * BAR as f64).round() as usize;
    Line::from(vec![
        Span::raw(format!("{text} ")),
        Span::styled("━".repeat(filled), app.theme.strong()),
        Span::styled("─".repeat(BAR - filled), app.theme.faint().remove_modifier(Modifier::BOLD)),
        Span::raw(format!(" {:3.0} %", share * 100.0)),
    ])
}
