//! `optirace optimizers --schedules`: each schedule in words, with a picture.

use std::io::{self, Write};

use super::plot;
use crate::optim::schedule::{Family, Schedule, all};

/// Characters and lines of a picture.
const PICTURE: (usize, usize) = (60, 4);

/// Steps of the race in a picture, and its learning rate.
const PICTURED: (u64, f64) = (6000, 1.0);

/// Writes all schedules: formula, settings, source and a picture of each, with its defaults, over a race.
///
/// # Errors
/// When `out` cannot be written to.
pub(in crate::cli) fn write_schedules(out: &mut impl Write) -> io::Result<()> {
    write!(out, "{INTRODUCTION}")?;
    for family in all() {
        write_family(out, family)?;
    }
    Ok(())
}

const INTRODUCTION: &str = "\
Learning rates that change over the race: schedule=NAME in the spec of any optimizer, such as
sgd:lr=0.1,schedule=cosine,warmup=0.1 or adam:schedule=piecewise,boundaries=1000/3000,values=0.01/0.001/1e-4

Lengths      digits alone count steps (500), any other number is a share of the run's planned steps, its epochs
             times its steps an epoch: 1 is one step, 1.0 the whole race
Lists        have / between their items
lr           the rate before it decays: after the warm-up, or the highest of one-cycle
s            steps since the warm-up; the first step of a race is step 0
More epochs  leave a schedule as long as it was planned: beyond that its formula goes on
Your changes scale what is left of a schedule: factor = your rate ÷ the scheduled one at that step; where that is
             0, your rate ÷ lr. The table of the race shows the rate of the next step; events.csv holds the new
             rate (lr) and the factor (lr_scale)
";

fn write_family(out: &mut impl Write, family: &'static Family) -> io::Result<()> {
    writeln!(out, "\n{}\n  {}", family.name, family.idea)?;
    let (steps, lr) = PICTURED;
    for line in plot::lines(&Schedule::new(family, lr).curve(lr, steps), PICTURE.0, PICTURE.1) {
        writeln!(out, "  │{line}│")?;
    }
    for line in family.formula {
        writeln!(out, "  {line}")?;
    }
    for setting in family.settings {
        let default = if setting.default.is_empty() { "lr/0.1·lr/0.01·lr" } else { setting.default };
        writeln!(out, "    {:12} {default:16} {}", setting.name(), setting.meaning)?;
    }
    for line in family.source {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}
