//! A histogram of the angles between consecutive updates.

use ratatui::buffer::Buffer;

use super::heading::heading;
use super::layout::Sections;
use crate::board::zigzag::Pane;
use crate::race::range_stats::ANGLES;
use crate::tui::theme::Theme;

/// Bars of one to eight eighths of a cell.
const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The largest share that any class of any pane has: the height of the histogram.
pub fn peak(panes: &[Pane]) -> f64 {
    panes.iter().flat_map(shares).fold(0.0, f64::max)
}

/// The share of the updates in each class.
fn shares(pane: &Pane) -> [f64; ANGLES] {
    let total: u32 = pane.now.angles.iter().sum();
    pane.now.angles.map(|count| f64::from(count) / f64::from(total.max(1)))
}

/// Draws it.
pub fn render(buffer: &mut Buffer, sections: &Sections, theme: Theme, pane: &Pane, peak: f64) {
    heading(buffer, sections.angles_heading, theme, "angles", "");
    let area = sections.angles;
    if area.height < 2 || area.width < ANGLES as u16 {
        return;
    }
    let rows = area.height - 1;
    let width = area.width / ANGLES as u16;
    let style = theme.run(pane.run);
    for (share, class) in shares(pane).into_iter().zip(0..) {
        let most = u32::from(rows) * 8;
        // What is there at all is seen.
        let least = u32::from(share > 0.0);
        let eighths = ((share / peak.max(f64::MIN_POSITIVE) * f64::from(most)).round() as u32).clamp(least, most);
        for row in 0..rows {
            let filled = eighths.saturating_sub(8 * u32::from(row)).min(8);
            let Some(full) = (filled as usize).checked_sub(1) else { break };
            let sign = match theme.ascii {
                true if filled < 4 => ".",
                true => "#",
                false => EIGHTHS[full],
            };
            let x = area.x + class * width;
            buffer.set_string(x, area.y + rows - 1 - row, sign.repeat(usize::from(width)), style);
        }
    }
    let end = area.x + ANGLES as u16 * width;
    let bottom = area.y + rows;
    // Spelled out, degrees take more room than there is.
    let unit = if theme.ascii { "" } else { "°" };
    buffer.set_string(area.x, bottom, format!("0{unit}"), theme.faint());
    let [right_angle, back] = [90, 180].map(|degrees| format!("{degrees}{unit}"));
    let start_of_last = end - back.chars().count() as u16;
    // In the narrowest histogram the middle one gives way to the last.
    let middle = (area.x + (end - area.x) / 2 - 1).min(start_of_last - 1 - right_angle.chars().count() as u16);
    buffer.set_string(middle, bottom, right_angle, theme.faint());
    buffer.set_string(start_of_last, bottom, back, theme.faint());
}
