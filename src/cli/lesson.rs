//! `optirace lesson`.

use std::io::Write;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::data::DataOptions;
use super::{output, values};
use crate::headless::TrainingEnd;
use crate::lesson::{self, Findings, LessonOutcome, LessonPlan, LessonStage, write_lesson};
use crate::record::Folder;
use crate::system::CaughtSignals;
use crate::text::Untrusted;
use crate::text::printed::{bar_characters, printed, say};

pub(super) const EXAMPLES: &str = "\
Each sentence is broken down into claims; each claim is a measure and what it must be (in brackets).
Figures are means over the seeds ± half the 95 % interval (Student's t). A claim holds if the whole
interval is on the claimed side, does not if it is on the other side, and is too close to call in
between. A sentence holds if all its claims do, and does not if one of them does not.

Examples:
  optirace lesson --quick              a first look in under half a minute
  optirace lesson --out lesson         everything, with the races and lesson.csv in a folder

Files in DIR: lesson.csv (a row per claim); seed-N/race and seed-N/rates-OPTIMIZER as `train` has
them.";

/// The file of what was found.
const TABLE: &str = "lesson.csv";

#[derive(Debug, Args)]
pub(super) struct LessonArgs {
    /// Fewer seeds, samples and epochs: under half a minute on two idle cores, by the same rules
    #[arg(long)]
    quick: bool,
    /// Train on the first N training samples only [default: all; 8,000 with --quick]
    #[arg(long, value_name = "N", value_parser = values::count, allow_negative_numbers = true)]
    samples: Option<NonZeroUsize>,
    /// Folder for lesson.csv and the races: new or empty [default: nothing is written]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace results that are in DIR already
    #[arg(long, requires = "out")]
    force: bool,
    #[command(flatten)]
    data: DataOptions,
    /// Runs that may compute at the same time [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = values::count, allow_negative_numbers = true)]
    threads: Option<NonZeroUsize>,
}

impl LessonArgs {
    /// Runs the races, prints the table, writes the files.
    pub(super) fn run(self) -> anyhow::Result<TrainingEnd> {
        let plan = if self.quick { LessonPlan::QUICK } else { LessonPlan::FULL };
        let data = self.data.divided(self.samples.or(plan.samples))?;
        let folder = self.out.as_deref().map(|out| Folder::claim(out, self.force)).transpose()?;
        folder.iter().try_for_each(|folder| folder.check_name(TABLE))?;
        let threads = self.threads.unwrap_or_else(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
        let mut progress = LessonProgress::default();
        let mut signals = CaughtSignals::that_end().context("cannot listen for Ctrl-C and termination")?;
        let outcome = lesson::run(&plan, &data, threads, self.out.as_deref(), &mut |stage| {
            progress.show(stage);
            match signals.next() {
                None => ControlFlow::Continue(()),
                Some(_) => {
                    signals.end_at_next_interrupt();
                    ControlFlow::Break(())
                }
            }
        })?;
        progress.end();
        let LessonOutcome { findings, seeds, interrupted } = outcome;
        if let Some(folder) = &folder {
            folder.write_one(TABLE, |out| write_lesson(out, &findings))?;
        }
        if interrupted {
            signals.end_at_next();
            let kept = folder.map_or_else(
                || "; with --out DIR the races would be kept".to_owned(),
                |folder| format!("; what was run is in {}", Untrusted::from(folder.path())),
            );
            say(&format!("interrupted after {seeds} of {} seeds{kept}", plan.seeds));
        }
        if seeds > 0 {
            output::print(|out| write!(out, "{}", Findings(&findings)))?;
        }
        Ok(if interrupted { TrainingEnd::Interrupted } else { TrainingEnd::Done })
    }
}

/// What is shown on stderr: a bar where a person watches, else a line for each race.
#[derive(Default)]
struct LessonProgress {
    bar: Option<ProgressBar>,
}

impl LessonProgress {
    fn show(&mut self, stage: LessonStage) {
        match stage {
            LessonStage::Race { all_epochs, name } => {
                let bar = self.bar.get_or_insert_with(|| {
                    let template = "{bar:30} {percent:>3} %  {eta:>3} left  {wide_msg}";
                    let style = ProgressStyle::with_template(template);
                    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars(bar_characters());
                    ProgressBar::new(all_epochs).with_style(style)
                });
                if bar.is_hidden() {
                    say(&name);
                }
                bar.set_message(printed(&name).into_owned());
            }
            LessonStage::Epochs(count) => {
                if let Some(bar) = self.bar.as_ref().filter(|_| count > 0) {
                    bar.inc(count);
                }
            }
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
