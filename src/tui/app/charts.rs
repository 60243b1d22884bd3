//! How the charts are drawn.

use super::App;
use crate::tui::series::{Ruler, XAxis};

/// The smoothings to choose from: how much of the average each step keeps, and how a title says it.
const SMOOTHINGS: [(f64, &str); 4] = [(0.0, "unsmoothed"), (0.9, "EMA .9"), (0.98, "EMA .98"), (0.995, "EMA .995")];

/// How the charts are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChartSettings {
    /// Whether the axis of loss is logarithmic.
    pub log: bool,
    /// What runs along the horizontal axis.
    pub x: XAxis,
    /// Whether only the last part is shown.
    pub zoomed: bool,
    smoothing: usize,
}

impl Default for ChartSettings {
    fn default() -> Self {
        Self { log: false, x: XAxis::Samples, zoomed: false, smoothing: 2 }
    }
}

impl ChartSettings {
    /// How much of the average each step keeps.
    pub fn smoothing(&self) -> f64 {
        SMOOTHINGS[self.smoothing].0
    }

    /// The smoothing in words.
    pub fn smoothing_name(&self) -> &'static str {
        SMOOTHINGS[self.smoothing].1
    }
}

impl App {
    /// Places measurements along the horizontal axis.
    pub fn ruler(&self) -> Ruler {
        Ruler { axis: self.charts.x, epoch_samples: self.facts.training_samples }
    }

    pub(super) fn next_smoothing(&mut self) {
        self.charts.smoothing = (self.charts.smoothing + 1) % SMOOTHINGS.len();
        self.series.smooth(self.charts.smoothing(), &self.history);
        self.say(match self.charts.smoothing() {
            0.0 => "training curves as measured, step by step".to_owned(),
            keep => format!("training curves smoothed: each step keeps {keep} of the average before it"),
        });
    }

    pub(super) fn toggle_log(&mut self) {
        self.charts.log = !self.charts.log;
        self.say(if self.charts.log { "axis of loss: logarithmic" } else { "axis of loss: linear" });
    }

    pub(super) fn next_x_axis(&mut self) {
        self.charts.x = self.charts.x.next();
        self.say(match self.charts.x {
            XAxis::Samples => "horizontal axis: training samples seen",
            XAxis::Epochs => "horizontal axis: epochs",
            XAxis::ComputeTime => "horizontal axis: CPU seconds each run spent on training",
        });
    }

    pub(super) fn toggle_zoom(&mut self) {
        self.charts.zoomed = !self.charts.zoomed;
        self.say(if self.charts.zoomed { "charts show the last fifth" } else { "charts show all" });
    }

    pub(super) fn toggle_hidden(&mut self) {
        let hidden = &mut self.hidden[self.selected];
        *hidden = !*hidden;
        let what = if *hidden { "hidden in the charts; v shows it again" } else { "shown in the charts" };
        self.say(format!("{}: {what}", self.label(self.selected)));
    }
}
