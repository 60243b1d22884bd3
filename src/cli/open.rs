//! `optirace open`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::output;
use super::screen::ScreenOptions;
use crate::board::side_by_side::SideBySide;
use crate::record::saved_race::SavedRace;
use crate::record::write_one;
use crate::text::Untrusted;
use crate::tui;
use crate::tui::app::App;

pub(super) const EXAMPLES: &str = "\
Examples:
  optirace open results                          a race on the screen, from its files
  optirace open seed0 seed1 seed2                several side by side; labels say what differs, as in `Adam s0`
  optirace open results --picture race.svg --size 120x40 --at 0.5   no terminal needed

Views 1, 4 and 6 come from the files. Views 2 and 3 need weights, which the files do not hold.";

#[derive(Debug, Args)]
pub(super) struct OpenArgs {
    /// Folders of results
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// The view that is shown first: 1, 4, 5 or 6
    #[arg(long, value_name = "N", default_value = "1")]
    view: char,
    /// The moment that is shown first, as a share of the race: 0 is its start [default: its end]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    at: Option<f64>,
    /// Write a picture (SVG) of the screen to this file instead of opening it
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Columns and rows of the picture
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "120x40", requires = "picture")]
    size: Cells,
    #[command(flatten)]
    screen: ScreenOptions,
}

/// The size of a screen.
#[derive(Debug, Clone, Copy)]
struct Cells {
    columns: u16,
    rows: u16,
}

impl FromStr for Cells {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers =
            text.split_once('x').and_then(|(columns, rows)| Some((columns.parse().ok()?, rows.parse().ok()?)));
        let fits = |&(columns, rows): &(u16, u16)| (60..=1000).contains(&columns) && (16..=1000).contains(&rows);
        let (columns, rows) = numbers.filter(fits).ok_or("it must be columns x rows, from 60x16 to 1000x1000")?;
        Ok(Self { columns, rows })
    }
}

impl std::fmt::Display for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.columns, self.rows)
    }
}

fn share(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or("it must be a number from 0 to 1")
}

impl OpenArgs {
    /// Shows the races, or draws them.
    pub(super) fn run(self) -> anyhow::Result<()> {
        if self.picture.is_none() {
            output::need_terminal("use `optirace open DIR --picture FILE.svg`")?;
        }
        let read = |dir: &PathBuf| -> anyhow::Result<_> {
            let saved = SavedRace::open(dir)?;
            let recorded = saved.recorded()?;
            Ok((saved, recorded))
        };
        let races = self.dirs.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<String> = self.dirs.iter().map(|dir| Untrusted::from(dir).to_string()).collect();
        let Some(races) = SideBySide::new(races) else { return Ok(()) };
        let appearance = self.screen.appearance();
        let theme = if self.picture.is_some() { appearance.theme_of_pictures() } else { appearance.theme() };
        let mut app = App::of_recorded(races, theme, &names.join(", "));
        app.show_moment(self.view, self.at);
        match self.picture {
            Some(file) => {
                let picture = app.picture(self.size.columns, self.size.rows);
                Ok(write_one(&file, |out| out.write_all(picture.as_bytes()))?)
            }
            None => tui::run_app(&mut app, appearance),
        }
    }
}
