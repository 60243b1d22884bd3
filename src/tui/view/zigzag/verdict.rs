//! What was measured, in words.

use super::path::Scale;
use crate::text::{grouped, wrap};
use crate::tui::app::App;
use crate::tui::zigzag::Pane;

/// By how much each run turned, how much of its way it made good, and at which scales their paths are drawn. The words
/// are the same whatever comes out.
pub fn text(app: &App, scales: &[Option<Scale>]) -> String {
    let panes = app.zigzag().panes();
    let asked = app.zigzag().steps();
    let steps = panes.iter().map(|pane| pane.now.steps).max().unwrap_or(0);
    let are_equal = panes.iter().all(|pane| pane.now.steps == steps);
    let which = if are_equal && steps < asked { "first" } else { "last" };
    let steps = if are_equal { steps } else { asked };
    let mut words = Words { are_equal, asked, says_turn: true, says_way: true };
    let clauses: Vec<String> =
        panes.iter().map(|pane| words.clause(&app.history.runs[pane.run].info.label, pane)).collect();
    format!("{which} {} steps: {}{}", grouped(steps as u64), clauses.join("; "), of_scales(app, scales))
}

/// Which of two paths is drawn larger, and how many times.
fn of_scales(app: &App, scales: &[Option<Scale>]) -> String {
    match scales {
        [Some(left), Some(right)] => enlarged(app, left.magnifies(*right)),
        _ => String::new(),
    }
}

/// How many times as large the left path is drawn as the right one.
fn enlarged(app: &App, times: f64) -> String {
    let [left, right] = app.zigzag().panes() else { return String::new() };
    let label = |pane: &Pane| app.history.runs[pane.run].info.label.clone();
    let (larger, smaller, times) = if times >= 1.0 { (left, right, times) } else { (right, left, times.recip()) };
    match times {
        1.0 => " · both drawn at one scale".to_owned(),
        _ => format!(" · {}'s path drawn {times:.1} times as large as {}'s", label(larger), label(smaller)),
    }
}

/// Lines that the words need, whatever the scales are: these are known only once there is a layout.
pub fn lines(app: &App, width: usize) -> u16 {
    let whole = format!("{}{}", text(app, &[]), enlarged(app, 99.9));
    u16::try_from(wrap(&whole, width).len()).unwrap_or(u16::MAX)
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
