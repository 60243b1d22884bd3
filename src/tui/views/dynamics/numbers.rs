//! The numbers behind the charts: of all runs where there is room, else a legend and those of the selected run.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::board::columns::dynamics::COLUMNS;
use crate::race::protocol::RunIndex;
use crate::text;
use crate::tui::drawn::{ClickTarget, Context, Painter};
use crate::tui::widgets::run_table::RunTable;

/// Draws them.
pub fn render(painter: &mut Painter<'_>, area: Rect, cx: Context<'_>) {
    if usize::from(area.height) > cx.board.history.runs.len() {
        let mut table = RunTable::of_race(cx.board, COLUMNS);
        table.rows.iter_mut().for_each(|row| row.states.clear());
        return table.render(painter, area);
    }
    let buffer = &mut *painter.buffer;
    for (run, place) in legend(cx, area) {
        let style =
            if run == cx.board.selected { cx.theme.run(run).patch(cx.theme.chosen()) } else { cx.theme.run(run) };
        buffer.set_stringn(place.x, place.y, entry(cx, run), usize::from(place.width), style);
        painter.drawn.note(place, ClickTarget::Run(run));
    }
    let run = cx.board.selected;
    let number = |index: usize| (COLUMNS[index].value)(cx.board, run);
    let mut parts = vec![
        format!("{} lr {}", cx.theme.marker(run), number(0)),
        format!("grad norm {}", number(1)),
        format!("update norm {}", number(2)),
        format!("eff lr {} ({}-{})", number(4), number(3), number(5)),
        format!("{} without gradient", number(6)),
    ];
    let room = usize::from(area.width).saturating_sub(2);
    while text::columns(&parts.join(" · ")) > room && parts.len() > 1 {
        parts.pop();
    }
    if area.height > 1 {
        buffer.set_stringn(area.x + 1, area.y + 1, parts.join(" · "), room, Style::new());
    }
}

fn entry(cx: Context<'_>, run: RunIndex) -> String {
    format!("{} {}", cx.theme.marker(run), cx.board.history.runs[run].info.label)
}

/// Where each run of the legend is, from one on such that the selected one is among them.
fn legend(cx: Context<'_>, area: Rect) -> impl Iterator<Item = (RunIndex, Rect)> {
    let cells = move |run: RunIndex| text::columns(&entry(cx, run)) as u16;
    let runs = cx.board.history.runs.len();
    let fits = |first: RunIndex| (first..=cx.board.selected).map(|run| cells(run) + 2).sum::<u16>() < area.width;
    let first = (0..=cx.board.selected).find(|first| fits(*first)).unwrap_or(cx.board.selected);
    let mut x = area.x + 1;
    (first..runs).map_while(move |run| {
        let place = Rect { x, y: area.y, width: cells(run).min(area.right().saturating_sub(x)), height: 1 };
        x += place.width + 2;
        (place.right() <= area.right() && place.width > 0).then_some((run, place))
    })
}
