//! `optirace surface`.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Args, CommandFactory};

use super::screen::ScreenOptions;
use super::{Cli, output, values};
use crate::board::walks::Walks;
use crate::optim::Spec;
use crate::record::surface::write_walks;
use crate::surface::{self, End, Noise, Plan, Point, Surface, SurfaceError, Walk};
use crate::text::printed::say;
use crate::{record, tui};

pub(super) const EXAMPLES: &str = "\
Surfaces: ravine, rosenbrock, beale, himmelblau, saddle, wells (two minima, one of them local).

Examples:
  optirace surface                                        the textbook's ravine, on the screen
  optirace surface wells -o sgd:lr=0.05 -o momentum:lr=0.02 --start 1.7,1
  optirace surface wells -o sgd:lr=0.05 --noise 3 --steps 1000     noise leads SGD over the barrier
  optirace surface ravine --csv ways.csv                  every step of every run, without a screen
  optirace surface beale -o adam:lr=0.1 --steps 500 --csv - | tail -1

CSV columns: run,optimizer,step,x,y,value,grad_x,grad_y,lr, from step 0, the start;
grad_x and grad_y are exact, also with --noise. The same seed gives the same noise again. A run \
that leaves the surface's range ends there.";

#[derive(Debug, Args)]
pub(super) struct SurfaceArgs {
    /// The function
    #[arg(value_name = "NAME", default_value = surface::DEFAULT, value_parser = values::surface)]
    #[arg(hide_default_value = true)]
    surface: &'static Surface,
    /// An optimizer to walk on it, NAME[:KEY=VALUE[,KEY=VALUE]…]; repeat for more
    /// [default: sgd, momentum, adagrad and adam with rates that suit the function]
    #[arg(short, long = "optimizer", value_name = "SPEC")]
    optimizers: Vec<Spec>,
    /// Where they start [default: a place that suits the function; -7,2 in the ravine]
    #[arg(long, value_name = "X,Y", value_parser = values::point, allow_hyphen_values = true)]
    start: Option<Point>,
    /// How many steps they take [default: as many as suit the function; 30 in the ravine]
    #[arg(long, value_name = "N", value_parser = values::surface_steps, allow_negative_numbers = true)]
    steps: Option<u32>,
    /// Normal noise of this standard deviation on each partial derivative that an optimizer sees, as minibatches
    /// bring it; the same for every run [default: none]
    #[arg(long, value_name = "S", value_parser = values::deviation, allow_negative_numbers = true)]
    noise: Option<f64>,
    /// Seed of the noise
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = values::seed, allow_negative_numbers = true)]
    #[arg(requires = "noise")]
    seed: u64,
    /// Write every step to this file, or to standard output (-), instead of opening the screen
    #[arg(long, value_name = "FILE|-")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    screen: ScreenOptions,
}

impl SurfaceArgs {
    /// Walks, into a file or on the screen.
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut plan = Plan::new(self.surface);
        plan.start = self.start.unwrap_or(plan.start);
        plan.steps = self.steps.unwrap_or(plan.steps);
        plan.noise = self.noise.map(|deviation| Noise { deviation, seed: self.seed });
        let asked = !self.optimizers.is_empty();
        if asked {
            plan.specs = self.optimizers;
        }
        match self.csv {
            Some(file) => write(plan.walks().map_err(wrong_use)?, &plan, &file),
            None => {
                let walks = Walks::new(plan, asked).map_err(wrong_use)?;
                output::need_terminal("use `optirace surface --csv FILE`")?;
                tui::run_surface(walks, self.screen.appearance())
            }
        }
    }
}

/// An error that names this subcommand's usage.
fn wrong_use(error: SurfaceError) -> clap::Error {
    let mut command = Cli::command();
    command.build();
    match command.find_subcommand_mut("surface") {
        Some(surface) => surface.error(ErrorKind::ArgumentConflict, error),
        None => command.error(ErrorKind::ArgumentConflict, error),
    }
}

fn write(mut walks: Vec<Walk>, plan: &Plan, file: &Path) -> anyhow::Result<()> {
    walks.iter_mut().for_each(Walk::finish);
    if file == Path::new("-") {
        output::emit(|out| write_walks(out, &walks))?;
    } else {
        record::write_one(file, |out| write_walks(out, &walks))?;
    }
    for walk in &walks {
        let ending = match walk.end() {
            Some(End::LeftRange) => "left the range of",
            Some(End::Diverged) => "diverged on",
            Some(End::Finished) | None => continue,
        };
        let (label, step, name) = (walk.label(), walk.last().step, plan.surface.name);
        say(&format!("{label} {ending} {name} at step {step}"));
    }
    Ok(())
}
