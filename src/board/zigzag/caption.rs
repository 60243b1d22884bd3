//! What was measured, in words.

use super::{Pane, Zigzag};
use crate::board::Board;
use crate::text::grouped;

/// By how much each run turned, how much of its way it made good, and how many times as large as the right one the left
/// path is drawn. The words are the same whatever comes out.
pub fn text(board: &Board, zigzag: &Zigzag, magnified: Option<f64>) -> String {
    let panes = zigzag.panes();
    let asked = zigzag.steps();
    let steps = panes.iter().map(|pane| pane.now.steps).max().unwrap_or(0);
    let are_equal = panes.iter().all(|pane| pane.now.steps == steps);
    let which = if are_equal && steps < asked { "first" } else { "last" };
    let steps = if are_equal { steps } else { asked };
    let mut words = Words { are_equal, asked, says_turn: true, says_way: true };
    let enlarged = magnified.map_or_else(String::new, |times| enlarged(board, panes, times));
    let clauses: Vec<String> =
        panes.iter().map(|pane| words.clause(&board.history.runs[pane.run].info.label, pane)).collect();
    format!("{which} {} steps: {}{}", grouped(steps as u64), clauses.join("; "), enlarged)
}

/// Which of two paths is drawn larger, and how many times.
fn enlarged(board: &Board, panes: &[Pane], times: f64) -> String {
    let [left, right] = panes else { return String::new() };
    let label = |pane: &Pane| board.label(pane.run).to_owned();
    let (larger, smaller, times) = if times >= 1.0 { (left, right, times) } else { (right, left, times.recip()) };
    match times {
        1.0 => " · both drawn at one scale".to_owned(),
        _ => format!(" · {}'s path drawn {times:.1} times as large as {}'s", label(larger), label(smaller)),
    }
}

/// What has yet to be said in full.
struct Words {
    are_equal: bool,
    asked: usize,
    says_turn: bool,
    says_way: bool,
}

impl Words {
    fn clause(&mut self, label: &str, pane: &Pane) -> String {
        let steps = pane.now.steps;
        let who = match self.are_equal || steps == self.asked {
            true => label.to_owned(),
            false => format!("{label} (its first {})", grouped(steps as u64)),
        };
        if !pane.now.turn.is_finite() {
            return format!("{who} has not turned yet");
        }
        let turn = match std::mem::take(&mut self.says_turn) {
            true => format!("{who} turned {:.0}° a step", pane.now.turn),
            false => format!("{who} {:.0}°", pane.now.turn),
        };
        let Some(straightness) = pane.now.straightness else { return turn };
        let share = 100.0 * straightness;
        let share = if share < 1.0 { format!("{share:.1} %") } else { format!("{share:.0} %") };
        match std::mem::take(&mut self.says_way) {
            true => format!("{turn} and came about {share} of the way it walked"),
            false => format!("{turn} and about {share}"),
        }
    }
}
