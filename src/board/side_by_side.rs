//! Recorded races side by side: the runs of all, told apart by what differs between the races.

use std::collections::HashSet;

use super::race_info::RaceInfo;
use crate::race::history::History;
use crate::record::manifest::Manifest;
use crate::record::recorded::RecordedRace;
use crate::record::saved_race::SavedRace;
use crate::text::Untrusted;

/// The runs of several recorded races, as those of one.
#[derive(Debug, Clone)]
pub struct SideBySide {
    /// What is known of the first race, and holds for all as far as no label says otherwise.
    pub info: RaceInfo,
    /// What was measured in all of them, race by race.
    pub history: History,
}

impl SideBySide {
    /// These races, in their order; `None` where there is none.
    pub fn new(races: Vec<(SavedRace, RecordedRace)>) -> Option<Self> {
        let (first, _) = races.first()?;
        let epochs = |saved: &SavedRace| saved.manifest.settings.epochs_planned;
        let longest = races.iter().map(|(saved, _)| epochs(saved)).max()?;
        let info = RaceInfo { epochs: longest, ..RaceInfo::of_saved(&first.manifest) };
        let suffixes = suffixes(&races);
        let (mut history, mut taken) = (History::new(&[], longest), HashSet::new());
        for ((saved, race), suffix) in races.into_iter().zip(suffixes) {
            let mut own = History::new(&race.runs, epochs(&saved));
            race.events.into_iter().for_each(|event| own.apply(event));
            for mut run in own.runs {
                let name = format!("{}{suffix}", run.info.label);
                let numbered = |count: u32| if count == 1 { name.clone() } else { format!("{name} #{count}") };
                let label = (1..).map(numbered).find(|label| taken.insert(label.clone())).unwrap_or(name.clone());
                // What is added are settings and names of folders in a form that can be printed, without a `/`.
                run.info.label = label.try_into().unwrap_or(run.info.label);
                history.runs.push(run);
            }
        }
        Some(Self { info, history })
    }
}

/// What the labels of each race get at their end: the settings that are not the same in all, else the folder's name.
fn suffixes(races: &[(SavedRace, RecordedRace)]) -> Vec<String> {
    let settings: Vec<_> = races.iter().map(|(saved, _)| settings(&saved.manifest)).collect();
    let differs = |place: usize| settings.iter().any(|own| own[place] != settings[0][place]);
    let suffix = |(own, (saved, _)): (&[(&str, String); SETTINGS], &(SavedRace, RecordedRace))| {
        let told = own.iter().enumerate().filter(|(place, _)| differs(*place)).map(|(_, (name, value))| (name, value));
        let told: String = told.map(|(name, value)| format!(" {name}{value}")).collect();
        match (races.len(), told.is_empty()) {
            (1, _) => String::new(),
            (_, false) => told,
            (_, true) => saved.dir.file_name().map_or_else(String::new, |name| format!(" {}", Untrusted::from(name))),
        }
    };
    settings.iter().zip(races).map(suffix).collect()
}

/// How many settings are compared.
const SETTINGS: usize = 8;

/// What decides what a race computes beside its optimizers, with a short name for a label: `s0` is seed 0, `e5` are
/// five epochs, `b32` minibatches of 32, `n` samples trained on, `v` samples that validate.
fn settings(manifest: &Manifest) -> [(&'static str, String); SETTINGS] {
    let (settings, data) = (&manifest.settings, &manifest.data);
    [
        ("s", settings.asked.seed.to_string()),
        ("e", settings.epochs_planned.to_string()),
        ("b", settings.asked.batch_size.to_string()),
        ("", manifest.network.layers.to_string()),
        ("", data.name.to_string()),
        ("n", data.train_samples.to_string()),
        ("v", data.val_samples.to_string()),
        ("split ", settings.split_seed.to_string()),
    ]
}
