//! How the charts are drawn.

use serde::Serialize;

use super::Board;
use super::series::{Metric, XAxis, XScale};
use crate::text::grouped;

/// The smoothings to choose from: over how many samples an exponential moving average goes.
const SMOOTHINGS: [u32; 4] = [0, 320, 1_600, 6_400];

/// How the charts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ChartSettings {
    /// Whether the axis of loss is logarithmic.
    pub log: bool,
    /// Whether the axes of the dynamics are.
    pub dynamics_log: bool,
    /// What runs along the horizontal axis.
    pub x: XAxis,
    smoothing: usize,
}

impl Default for ChartSettings {
    fn default() -> Self {
        Self { log: false, dynamics_log: true, x: XAxis::Samples, smoothing: 2 }
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

impl Board {
    /// Places measurements along the horizontal axis.
    pub fn x_scale(&self) -> XScale {
        XScale { axis: self.charts.x, epoch_samples: self.info.training_samples }
    }

    /// Smooths the training curves by the next of the smoothings.
    pub fn next_smoothing(&mut self) {
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

    /// Has axes of loss, or of the dynamics, drawn otherwise.
    pub fn toggle_log(&mut self, of_dynamics: bool) {
        let (axis, is_log) = match of_dynamics {
            true => ("vertical axes", &mut self.charts.dynamics_log),
            false => ("axis of loss", &mut self.charts.log),
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
                let shape = self.info.architecture.dense_layers().nth(layer);
                let shape = shape.map_or_else(String::new, |shape| format!(": {}×{}", shape.inputs, shape.units));
                format!("layer {}{shape}", layer + 1)
            }
        }
    }

    /// Shows the effective learning rates of the next layer or, going round, of the whole network; back where `back`.
    pub fn turn_layers(&mut self, back: bool) {
        let layers = self.info.architecture.dense_layers().count();
        let place = self.series.layer().map_or(0, |layer| layer + 1);
        let next = (place + if back { layers } else { 1 }) % (layers + 1);
        self.series.show_layer(next.checked_sub(1), &self.history);
        let text = format!("effective learning rates: {}", self.layer_name());
        self.say(text);
    }

    /// Draws the charts over the next horizontal axis.
    pub fn next_x_axis(&mut self) {
        self.charts.x = self.charts.x.next();
        self.say(match self.charts.x {
            XAxis::Samples => "horizontal axis: training samples seen",
            XAxis::Epochs => "horizontal axis: epochs",
            XAxis::ComputeTime => "horizontal axis: CPU seconds each run spent on training",
        });
    }

    /// Hides the curves of all runs but the selected one; where that is so already, shows all.
    pub fn toggle_only(&mut self) {
        let text = if self.shows_only_selected() {
            self.hidden.fill(false);
            "all runs are shown in the charts".to_owned()
        } else {
            let selected = self.selected;
            self.hidden.iter_mut().enumerate().for_each(|(run, hidden)| *hidden = run != selected);
            format!("{} alone in the charts; o shows all runs again", self.label(selected))
        };
        self.say(text);
    }

    /// Whether every run but the selected one is hidden.
    pub fn shows_only_selected(&self) -> bool {
        self.hidden.iter().enumerate().all(|(run, hidden)| *hidden == (run != self.selected))
    }

    /// Hides the selected run's curves, or shows them.
    pub fn toggle_hidden(&mut self) {
        let hidden = &mut self.hidden[self.selected];
        *hidden = !*hidden;
        let what = if *hidden { "hidden in the charts; v shows it again" } else { "shown in the charts" };
        let text = format!("{}: {what}", self.label(self.selected));
        self.say(text);
    }
}
