//! Walks over a surface, as CSV with a header line.

use std::io::{self, Write};

use super::csv::Table;
use crate::surface::Walk;

/// Columns of a file of walks.
pub const WALK_COLUMNS: [&str; 9] = ["run", "optimizer", "step", "x", "y", "value", "grad_x", "grad_y", "lr"];

/// Writes walks: a row per step and run, the start included, runs one after the other.
///
/// | column | what it is |
/// |---|---|
/// | `run` | label, unique in the file |
/// | `optimizer` | name of its optimizer, as in a spec |
/// | `step` | steps taken to get here; 0 is the start |
/// | `x`, `y` | the place |
/// | `value` | the function's value there |
/// | `grad_x`, `grad_y` | its exact gradient there, without the noise that the run may have seen |
/// | `lr` | learning rate of the step that led here; at the start, that of the first |
///
/// A walk that left the surface's range ends with the first step outside, one that diverged with the first step that
/// is not finite. Numbers read back as the same `f64`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_walks(out: impl Write, walks: &[Walk]) -> io::Result<()> {
    let mut table = Table::new(out, &WALK_COLUMNS)?;
    for walk in walks {
        for step in walk.steps() {
            table.text(walk.label())?;
            table.text(walk.spec().optimizer.name)?;
            table.whole(step.step.into())?;
            for number in [step.at.x, step.at.y, step.value, step.gradient.x, step.gradient.y, step.lr] {
                table.double(number)?;
            }
            table.end_row()?;
        }
    }
    table.finish()
}
