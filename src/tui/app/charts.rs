//! How the charts are drawn.

use super::App;
use crate::text::grouped;
use crate::tui::series::{Metric, Ruler, XAxis};
use crate::tui::view_kind::View;

/// The smoothings to choose from: over how many samples an exponential moving average goes.
const SMOOTHINGS: [u32; 4] = [0, 320, 1_600, 6_400];

/// How the charts are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChartSettings {
    /// Whether the axis of loss is logarithmic.
    pub log: bool,
    /// Whether the axes of the dynamics are.
    pub dynamics_log: bool,
    /// What runs along the horizontal axis.
    pub x: XAxis,
    /// Whether only the last part is shown.
    pub zoomed: bool,
    smoothing: usize,
}

impl Default for ChartSettings {
    fn default() -> Self {
        Self { log: false, dynamics_log: true, x: XAxis::Samples, zoomed: false, smoothing: 2 }
    }
}

impl ChartSettings {
    /// Samples over which training curves are averaged; 0 where they are as measured.
    pub fn smoothing(&self) -> f64 {
        f64::from(SMOOTHINGS[self.smoothing])
    }

    /// The smoothing in words.
    pub fn smoothing_name(&self) -> String {
        match SMOOTHINGS[self.smoothing] {
            0 => "unsmoothed".to_owned(),
            samples => format!("smoothed over {} samples", grouped(samples.into())),
        }
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
            _ => format!("training curves {}: an exponential moving average", self.charts.smoothing_name()),
        });
    }

    /// Whether the values of a metric stand on a logarithmic axis.
    pub fn is_log(&self, metric: Metric) -> bool {
        match metric {
            Metric::Loss => self.charts.log,
            Metric::Accuracy => false,
            Metric::Lr | Metric::GradNorm | Metric::UpdateNorm | Metric::EffectiveLr => self.charts.dynamics_log,
        }
    }

    /// Whether the key for logarithmic axes is on in this view.
    pub fn shows_log(&self) -> bool {
        if self.view == View::Dynamics { self.charts.dynamics_log } else { self.charts.log }
    }

    pub(super) fn toggle_log(&mut self) {
        let (axis, is_log) = match self.view {
            View::Dynamics => ("vertical axes", &mut self.charts.dynamics_log),
            _ => ("axis of loss", &mut self.charts.log),
        };
        *is_log = !*is_log;
        let kind = if *is_log { "logarithmic" } else { "linear" };
        self.say(format!("{axis}: {kind}"));
    }

    /// Whose effective learning rates are shown.
    pub fn layer_name(&self) -> String {
        match self.series.layer() {
            None => "whole network".to_owned(),
            Some(layer) => {
                let shape = self.facts.architecture.dense_layers().nth(layer);
                let shape = shape.map_or_else(String::new, |shape| format!(": {}×{}", shape.inputs, shape.units));
                format!("layer {}{shape}", layer + 1)
            }
        }
    }

    /// Shows the effective learning rates of the next layer or, going round, of the whole network; back where `back`.
    pub(super) fn turn_layers(&mut self, back: bool) {
        let layers = self.facts.architecture.dense_layers().count();
        let place = self.series.layer().map_or(0, |layer| layer + 1);
        let next = (place + if back { layers } else { 1 }) % (layers + 1);
        self.series.show_layer(next.checked_sub(1), &self.history);
        self.say(format!("effective learning rates: {}", self.layer_name()));
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
        self.say(match (self.view, self.charts.zoomed) {
            (View::Path, true) => "the last fifth of the selected run's path; charts show the last fifth, too",
            (View::Path, false) => "all paths; charts show all, too",
            (_, true) => "charts show the last fifth",
            (_, false) => "charts show all",
        });
    }

    pub(super) fn toggle_hidden(&mut self) {
        let hidden = &mut self.hidden[self.selected];
        *hidden = !*hidden;
        let what = if *hidden { "hidden in the charts; v shows it again" } else { "shown in the charts" };
        self.say(format!("{}: {what}", self.label(self.selected)));
    }
}
