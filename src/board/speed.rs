//! How fast the race goes: as fast as it can, or as slowly as a person wants to see it. All speeds are training samples
//! a second of each run.

use super::Board;
use super::value::rate;

/// Slower than one step of the selected run a second a race is not slowed down.
const FEWEST_STEPS_PER_SECOND: f64 = 1.0;

impl Board {
    /// How fast each run goes, as measured over the last seconds.
    pub fn speed(&self) -> Option<f64> {
        let living = self.history.runs.iter().filter(|run| !run.state.has_ended()).count().max(1);
        Some(self.throughput.samples_per_second()? / living as f64)
    }

    /// Seconds until the race has ended, at the speed of the last seconds: the run that is furthest behind decides, and
    /// it is as much slower than the others as it is behind. `None` where nothing is trained, or nothing is known yet.
    pub fn seconds_left(&self) -> Option<f64> {
        let living = self.history.runs.iter().filter(|run| !run.state.has_ended()).map(|run| run.samples() as f64);
        let (sum, count, least) = living.fold((0.0, 0.0, f64::INFINITY), |(sum, count, least), samples| {
            (sum + samples, count + 1.0, samples.min(least))
        });
        let planned = self.info.training_samples as f64 * f64::from(self.history.epochs);
        let speed =
            self.speed().filter(|speed| *speed > 0.0 && least > 0.0 && least.is_finite() && !self.pause_asked)?;
        Some((planned - least).max(0.0) / (speed * least / (sum / count)))
    }

    /// How fast each run could go, from the CPU time that their steps took so far: no faster than the threads can serve
    /// all of them, nor than the slowest can go by itself. Evaluations come on top of that.
    pub fn full_speed(&self) -> Option<f64> {
        let living = self.history.runs.iter().filter(|run| !run.state.has_ended());
        let costs = living.map(|run| run.compute_s() / run.samples() as f64).filter(|cost| *cost > 0.0);
        let (sum, most) = costs.fold((0.0, 0.0_f64), |(sum, most), cost| (sum + cost, most.max(cost)));
        (most > 0.0).then(|| (self.info.threads as f64 / sum).min(1.0 / most))
    }

    /// Twice as fast, up to full speed, or half as fast; says so.
    pub fn change_speed(&mut self, faster: bool) {
        let (asked, full) = (self.pace.speed, self.full_speed());
        let batch = self.history.runs.get(self.selected).map_or(1.0, |run| run.info.batch_size as f64);
        let slowest = FEWEST_STEPS_PER_SECOND * batch;
        let next = match (asked, faster) {
            (None, true) => None,
            (Some(speed), true) => Some(2.0 * speed).filter(|speed| full.is_none_or(|full| *speed < full)),
            // What was asked may be more than the race can do.
            (_, false) => {
                let present = asked.into_iter().chain(full).reduce(f64::min);
                present.map(|present| (present / 2.0).max(slowest.min(present)))
            }
        };
        self.pace.speed = next;
        self.throughput.reset();
        self.say(match (next, asked) {
            (None, None) if faster => "this is full speed".to_owned(),
            (None, None) => "how fast the race can go is not known yet".to_owned(),
            (None, Some(_)) => "full speed".to_owned(),
            (Some(next), _) => {
                let end = if !faster && next <= slowest { "; slower than a step a second it does not go" } else { "" };
                let steps = rate(next / batch);
                let (samples, label) = (rate(next), self.label(self.selected));
                format!("{samples} samples a second for each run, {steps} steps of {label}{end}")
            }
        });
    }
}
