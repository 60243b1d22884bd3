//! The keys at the bottom, from the same table as the help.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text;
use crate::tui::app::App;
use crate::tui::keymap::{Action, Entry};

/// From this height on, the keys may take two lines.
const TALL: u16 = 30;

/// A key and what it does, as the bar shows it.
struct Item {
    /// The key.
    key: String,
    /// What it does.
    label: &'static str,
    /// Whether what it switches is on.
    is_on: bool,
    /// Where room is short, what has the lowest rank is kept.
    rank: u8,
}

impl Item {
    fn width(&self) -> usize {
        text::columns(&self.key) + 1 + text::columns(self.label) + 2
    }
}

/// Lines that the keys take.
pub fn height(app: &App, area: Rect) -> u16 {
    let all: usize = items(app).iter().map(Item::width).sum();
    if area.height >= TALL && all > usize::from(area.width) { 2 } else { 1 }
}

/// The keys that matter now.
fn items(app: &App) -> Vec<Item> {
    let (view, board) = (app.view(), &app.board);
    let has_ended = view.is_of_race() && board.history.has_ended();
    let item = |entry: &'static Entry| {
        let asks = |action| entry.asks_for(action);
        let label = view.pause_label(board).filter(|_| asks(Action::TogglePause)).unwrap_or(entry.short);
        let is_on = entry.keys.iter().any(|(_, action)| view.is_on(*action, board));
        let is_of_the_moment = (asks(Action::Step) && board.is_paused())
            || (has_ended && (asks(Action::ToggleResult) || asks(Action::Extend) || asks(Action::Restart)));
        let rank = if is_of_the_moment { 0 } else { entry.rank };
        Item { key: app.key_shown(entry), label, is_on, rank }
    };
    let matters = |entry: &&Entry| {
        let needs_end = entry.asks_for(Action::ToggleResult);
        let needs_race = entry.asks_for(Action::TogglePause) || entry.asks_for(Action::Step);
        let is_of_lr = entry.keys.iter().any(|(_, action)| action.changes_lr() || *action == Action::ToggleAll);
        let asks_race = entry.keys.iter().any(|(_, action)| action.asks_race(true));
        let has_no_effect = board.playhead.is_back() && is_of_lr || board.is_recorded && asks_race;
        let is_idle = view.is_of_race() && has_no_effect;
        entry.rank < u8::MAX && !is_idle && if has_ended { !needs_race } else { !needs_end }
    };
    app.keys().into_iter().filter(matters).map(item).collect()
}

/// Draws the keys; where room is short, the most important ones.
pub fn render(buffer: &mut Buffer, area: Rect, app: &App) {
    let (theme, mut items) = (app.theme, items(app));
    let room = usize::from(area.width.saturating_sub(1)) * usize::from(area.height);
    let width = |items: &[Item]| items.iter().map(Item::width).sum::<usize>();
    // An item that does not fit on a line leaves a gap at its end, shorter than itself, on every line but the last.
    let gaps =
        |items: &[Item]| items.iter().map(Item::width).max().unwrap_or(0) * usize::from(area.height.saturating_sub(1));
    while width(&items) + gaps(&items) > room + 2 {
        let Some(least) = (0..items.len()).max_by_key(|index| items[*index].rank) else { break };
        items.remove(least);
    }
    let (mut x, mut y) = (area.x + 1, area.y);
    for item in items {
        if x + item.width() as u16 - 2 > area.right() {
            (x, y) = (area.x + 1, y + 1);
        }
        if y >= area.bottom() {
            return;
        }
        let room = |x: u16| usize::from(area.right().saturating_sub(x));
        let (after_key, _) = buffer.set_stringn(x, y, &item.key, room(x), theme.strong());
        let style = if item.is_on { theme.chosen() } else { theme.faint() };
        buffer.set_stringn(after_key + 1, y, item.label, room(after_key + 1), style);
        x += item.width() as u16;
    }
}
