//! How fast a race on the screen goes, and where it pauses by itself.

use std::str::FromStr;

use clap::Args;

use crate::race::scheduler::Pace;
use crate::race::settings::RaceSetup;
use crate::text::grouped;

/// No planned race is shorter than this at `--speed auto`, in seconds.
const AUTO_SECONDS: f64 = 30.0;

/// The options of the pace.
#[derive(Debug, Args)]
#[command(next_help_heading = "Screen options")]
pub(super) struct PaceOptions {
    /// Training samples a second of each run, `full`, or `auto`: full, but no planned race shorter than 30 s
    #[arg(long, value_name = "N", default_value = "auto", allow_negative_numbers = true)]
    speed: Speed,
    /// Begin paused
    #[arg(long)]
    paused: bool,
    /// Pause after so many training samples, or after this share of the race, such as 0.5
    #[arg(long, value_name = "N[,N…]", value_delimiter = ',', allow_negative_numbers = true)]
    pause_at: Vec<Moment>,
}

/// How fast a race goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Speed {
    Auto,
    Full,
    SamplesPerSecond(f64),
}

impl FromStr for Speed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "full" => Ok(Self::Full),
            _ => {
                let speed = text.parse().ok().filter(|speed: &f64| speed.is_finite() && *speed > 0.0);
                speed.map(Self::SamplesPerSecond).ok_or("it must be a number of samples above 0, `full` or `auto`")
            }
        }
    }
}

/// A moment of a race.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    Samples(u64),
    Share(f64),
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let samples = text.parse().ok().filter(|samples| *samples > 0).map(Self::Samples);
        let share = || text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0).map(Self::Share);
        samples.or_else(share).ok_or("it must be a whole number of samples from 1, or a share between 0 and 1")
    }
}

impl PaceOptions {
    /// The pace of a race.
    ///
    /// # Errors
    /// When the race has no such moment, in words.
    pub(super) fn pace(&self, setup: &RaceSetup) -> Result<Pace, String> {
        let planned = u64::from(setup.settings.epochs).saturating_mul(setup.data.split.train.len() as u64);
        let speed = match self.speed {
            Speed::Auto => Some(planned as f64 / AUTO_SECONDS),
            Speed::Full => None,
            Speed::SamplesPerSecond(speed) => Some(speed),
        };
        let moment = |moment: &Moment| match *moment {
            Moment::Samples(samples) if samples >= planned => {
                let (samples, planned) = (grouped(samples), grouped(planned));
                Err(format!("--pause-at {samples} is not before the end of the race, at {planned} samples"))
            }
            Moment::Samples(samples) => Ok(samples),
            Moment::Share(share) => Ok((share * planned as f64).round() as u64),
        };
        let pause_at = self.pause_at.iter().map(moment).collect::<Result<_, _>>()?;
        Ok(Pace { speed, paused: self.paused, pause_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_name_or_a_number_above_0() {
        assert_eq!("auto".parse(), Ok(Speed::Auto));
        assert_eq!("full".parse(), Ok(Speed::Full));
        assert_eq!("0.5".parse(), Ok(Speed::SamplesPerSecond(0.5)));
        for wrong in ["0", "-1", "inf", "nan", "", "fast"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_moment_is_a_number_of_samples_or_a_share() {
        assert_eq!("4800".parse(), Ok(Moment::Samples(4800)));
        assert_eq!("0.25".parse(), Ok(Moment::Share(0.25)));
        for wrong in ["0", "1.5", "-3", "nan", "", "half"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong:?}");
        }
    }
}
