//! The rules of a race: same start, numbers that do not depend on watching, fair pace, a run may die, nothing is lost.

#![allow(clippy::expect_used, clippy::panic)]

use std::time::Duration;

use crate::race_support::*;
use optirace::geometry::{self, Sketcher};
use optirace::race::EventSource;
use optirace::race::history::{History, RunEvent, RunEventKind, RunHistory, RunState};
use optirace::race::measure::EffectiveLr;
use optirace::race::measure::StepRecord;
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::race::recording::PathRecording;
use optirace::race::scheduler::Pace;
use optirace::race::settings::{LrChange, Settings};

const ALL: [&str; 6] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];

#[test]
fn all_runs_have_the_same_start_and_the_same_food() {
    let data = data(320);
    let history = run_race(&settings(&["sgd", "adam:batch=5", "rmsprop:dialect=torch"], 1, 2), &data);
    let hashes = |run: &RunHistory| (run.weights_sha256.clone(), run.order_sha256.clone());
    assert!(history.runs[0].weights_sha256.is_some() && history.runs[0].order_sha256.is_some());
    assert!(history.runs.iter().all(|run| hashes(run) == hashes(&history.runs[0])));
    let first = |run: &RunHistory| run.epochs.first().map(|epoch| epoch.val);
    assert!(history.runs.iter().all(|run| first(run) == first(&history.runs[0])), "epoch 0 is the same for all");
    let other = run_race(&Settings { seed: 8, ..settings(&["sgd"], 1, 1) }, &data);
    assert_ne!(hashes(&other.runs[0]).0, hashes(&history.runs[0]).0);
    assert_ne!(hashes(&other.runs[0]).1, hashes(&history.runs[0]).1);
}

#[test]
fn numbers_do_not_depend_on_threads_or_on_company() {
    let data = data(640);
    let many = run_race(&settings(&ALL, 3, 4), &data);
    let one = run_race(&settings(&ALL, 3, 1), &data);
    for (index, name) in ALL.iter().enumerate() {
        assert_same(&many.runs[index], &one.runs[index], "with 1 thread");
        let alone = run_race(&settings(&[name], 3, 1), &data);
        assert_same(&many.runs[index], &alone.runs[0], "alone");
        assert_eq!(many.runs[index].test, alone.runs[0].test);
    }
}

#[test]
fn numbers_do_not_depend_on_pauses_and_steps() {
    let data = data(640);
    let settings = settings(&ALL, 4, 2);
    let undisturbed = run_race(&settings, &data);
    let mut watched = Watched::start(&settings, &data);
    for _ in 0..3 {
        watched.pause();
        for _ in 0..3 {
            let steps: Vec<usize> = (0..ALL.len()).map(|run| watched.steps(run)).collect();
            watched.send(Target::All, Command::Step);
            watched.until(|history| {
                let goes_on = |run: &RunHistory| !run.state.has_ended();
                history.runs.iter().zip(&steps).all(|(run, &steps)| !goes_on(run) || run.steps.len() == steps + 1)
            });
        }
        watched.send(Target::All, Command::Resume);
        watched.until(|history| history.runs.iter().all(|run| run.state != RunState::Paused));
    }
    let disturbed = watched.finish();
    for (run, other) in undisturbed.runs.iter().zip(&disturbed.runs) {
        assert_same(run, other, "when disturbed");
    }
}

#[test]
fn a_slow_race_pauses_where_it_was_planned_and_gives_the_same_numbers() {
    let data = data(640);
    let settings = settings(&ALL, 2, 2);
    let fast = run_race(&settings, &data);
    let pace = Pace { speed: Some(2000.0), paused: true, pause_at: vec![100, 960] };
    let mut slow = Watched::start_at(&settings, &data, pace);
    // Minibatches of 16: a step that would end beyond the moment is not begun.
    for samples in [0, 112, 960] {
        slow.until(History::is_still);
        assert!(slow.history.runs.iter().all(|run| run.samples() == samples), "{samples}");
        slow.send(Target::All, Command::Resume);
        let resumed = |run: &RunHistory| run.events.last().is_none_or(|event| event.samples > samples);
        slow.until(|history| history.runs.iter().all(|run| run.state == RunState::Running || resumed(run)));
    }
    slow.send(Target::All, Command::Speed { samples_per_second: None });
    let slow = slow.finish();
    for (run, fast) in slow.runs.iter().zip(&fast.runs) {
        assert_same(run, fast, "when it is slow");
        assert!(run.is_throttled && !fast.is_throttled, "{}", run.info.label);
    }
}

#[test]
fn a_learning_rate_changed_by_a_person_can_be_replayed() {
    let data = data(3200);
    let live = settings(&["momentum", "adam", "sgd"], 4, 2);
    let mut watched = Watched::start(&live, &data);
    watched.pause();
    // Two changes before the same step: the last one holds.
    watched.send(Target::Run(1), Command::SetLr { lr: 0.9 });
    watched.send(Target::Run(1), Command::SetLr { lr: 0.004 });
    let steps = watched.steps(1);
    watched.send(Target::All, Command::Step);
    watched.until(|history| history.runs[1].steps.len() == steps + 1);
    watched.send(Target::All, Command::SetLr { lr: 0.002 });
    watched.send(Target::All, Command::Resume);
    let history = watched.finish();
    let changes = changes(&history);
    assert_eq!(changes.len(), 5);
    for change in changes.iter().filter(|change| change.lr != 0.9) {
        let step = history.runs[change.run].steps.iter().find(|step| step.step == change.step);
        assert_eq!(step.map(|step| step.lr), Some(change.lr as f32), "it took hold at the step it says");
    }
    let replayed = run_race(&Settings { lr_changes: changes, ..live.clone() }, &data);
    let unchanged = run_race(&live, &data);
    for index in 0..3 {
        assert_same(&history.runs[index], &replayed.runs[index], "when replayed");
        assert!(bits(&history.runs[index]) != bits(&unchanged.runs[index]), "the changes changed something");
    }
}

#[test]
fn a_change_of_a_scheduled_learning_rate_scales_the_rest_and_can_be_replayed() {
    let data = data(3200);
    let specs = ["adam:schedule=cosine,warmup=0.1", "sgd:schedule=step,decay_steps=37,weight_decay=0.01"];
    let live = settings(&specs, 10, 2);
    let unchanged = run_race(&live, &data);
    for run in &unchanged.runs {
        let plan = run.info.spec.lr_curve(2000);
        assert!(run.steps.iter().all(|s| s.lr == plan.rate(u64::from(s.step) - 1) as f32), "steps count from 0");
        assert_eq!(run.lr, plan.rate(2000), "the rate of the next step is known");
    }
    let mut watched = Watched::start(&live, &data);
    watched.pause();
    // Beyond the first step of the warm-up, whose rate is 0.
    let steps = watched.steps(0) + watched.steps(1);
    let have_done = |more: usize| {
        move |history: &History| history.runs.iter().map(|run| run.steps.len()).sum::<usize>() == steps + 2 * more
    };
    watched.send(Target::All, Command::Step);
    watched.until(have_done(1));
    let lr = watched.history.runs[0].lr * 2.0;
    watched.send(Target::Run(0), Command::SetLr { lr });
    watched.send(Target::Run(1), Command::SetLr { lr: 0.5 });
    watched.send(Target::All, Command::Step);
    watched.until(have_done(2));
    watched.send(Target::Run(1), Command::FirstLr);
    watched.send(Target::All, Command::Resume);
    let history = watched.finish();
    for (run, plain) in history.runs.iter().zip(&unchanged.runs) {
        let (mut scale, mut marks) = (1.0, run.events.iter().peekable());
        for (step, plain) in run.steps.iter().zip(&plain.steps) {
            while let Some(mark) = marks.next_if(|mark| mark.step <= step.step) {
                match mark.kind {
                    RunEventKind::LrScale(factor) => scale = factor,
                    RunEventKind::Lr(lr) => assert_eq!(step.lr, lr as f32, "it took hold at the step it says"),
                    _ => {}
                }
            }
            let expected = plain.lr * scale as f32;
            assert!((step.lr - expected).abs() <= 1e-6 * expected, "step {}: {}, {expected}", step.step, step.lr);
        }
    }
    let factors = |run: &RunHistory| -> Vec<f64> {
        let factor = |kind: &RunEventKind| if let RunEventKind::LrScale(factor) = kind { Some(*factor) } else { None };
        run.events.iter().filter_map(|mark| factor(&mark.kind)).collect()
    };
    assert_eq!(factors(&history.runs[0]).len(), 1);
    assert_eq!(factors(&history.runs[1]).last(), Some(&1.0), "the schedule is as planned again");
    let replayed = run_race(&Settings { lr_changes: changes(&history), ..live }, &data);
    for (run, replayed) in history.runs.iter().zip(&replayed.runs) {
        assert_same(run, replayed, "when replayed");
        let of_lr = |run: &RunHistory| -> Vec<RunEvent> {
            let is_of_lr = |mark: &&RunEvent| matches!(mark.kind, RunEventKind::Lr(_) | RunEventKind::LrScale(_));
            run.events.iter().filter(is_of_lr).cloned().collect()
        };
        assert_eq!(of_lr(run), of_lr(replayed));
    }
    assert!(bits(&history.runs[0]) != bits(&unchanged.runs[0]), "the change changed something");
}

/// The changes of learning rate that a person made.
fn changes(history: &History) -> Vec<LrChange> {
    history
        .runs
        .iter()
        .enumerate()
        .flat_map(|(run, events)| {
            events.events.iter().filter_map(move |mark| match mark.kind {
                RunEventKind::Lr(lr) => Some(LrChange { run, step: mark.step, lr }),
                _ => None,
            })
        })
        .collect()
}

#[test]
fn paused_runs_stand_at_the_same_samples_and_step_together() {
    let data = data(40_000);
    // One sample a step takes many times as long for the same samples.
    let mut watched = Watched::start(&settings(&["adam:batch=1", "sgd:batch=512", "sgd"], 2, 3), &data);
    let spread = |history: &History| {
        let samples = history.runs.iter().map(RunHistory::samples);
        samples.clone().max().expect("runs") - samples.min().expect("runs")
    };
    for _ in 0..8 {
        watched.pause();
        assert!(spread(&watched.history) < 512, "{} samples apart while paused", spread(&watched.history));
        let before = [0, 1, 2].map(|run| watched.history.runs[run].samples());
        watched.send(Target::Run(2), Command::Step);
        watched.until(|history| history.runs[2].samples() == before[2] + 16);
        watched.until(|history| history.runs[0].samples() >= before[2] + 16);
        assert!(watched.history.runs[0].samples() <= before[2].max(before[0]) + 16, "a step takes the others along");
        let seen = watched.history.runs[1].samples();
        watched.send(Target::All, Command::Resume);
        let goes_on = |run: &RunHistory| run.state != RunState::Paused;
        watched.until(|history| history.runs[1].samples() > seen + 512 && history.runs.iter().all(goes_on));
    }
}

#[test]
fn a_pause_stops_every_run_until_it_is_resumed() {
    let data = data(6400);
    let mut watched = Watched::start(&settings(&ALL, 50, 2), &data);
    watched.until(|history| history.runs.iter().all(|run| run.steps.len() > 3));
    watched.pause();
    assert!(watched.race.events().is_empty(), "nothing happens after every run has answered");
    let before: Vec<usize> = (0..ALL.len()).map(|run| watched.steps(run)).collect();
    watched.send(Target::All, Command::Step);
    let mut answers = 0;
    while answers < ALL.len() {
        let event = watched.race.events().recv_timeout(Duration::from_secs(60)).expect("an answer");
        answers += usize::from(matches!(event.kind, EventKind::Paused { .. }));
        watched.history.apply(event);
    }
    for (run, before) in before.iter().enumerate() {
        assert_eq!(watched.steps(run), before + 1, "one step each");
    }
    assert!(watched.history.is_still());
    watched.send(Target::All, Command::Resume);
    watched.until(|history| history.runs.iter().zip(&before).all(|(run, before)| run.steps.len() > before + 10));
}

#[test]
fn a_run_that_diverges_leaves_the_others_racing() {
    let data = data(640);
    let history = run_race(&settings(&["sgd:lr=1e30", "adam", "momentum:lr=1e38"], 2, 2), &data);
    for index in [0, 2] {
        let run = &history.runs[index];
        let RunState::Diverged { step, .. } = run.state else { panic!("{:?}", run.state) };
        assert_eq!(run.steps.last().map(|last| last.step), Some(step), "it trains no further");
        let finite = run.steps[..run.steps.len() - 1].iter().all(|step| step.loss.is_finite());
        assert!(finite && run.test.is_none());
        assert_eq!(
            run.events.last().map(|mark| (mark.step, mark.kind.clone())),
            Some((step, RunEventKind::Diverged(None)))
        );
    }
    assert_eq!(history.runs[1].state, RunState::Finished);
    assert_eq!(history.runs[1].steps.len(), 80);
}

#[test]
fn nothing_is_lost_when_nobody_listens_for_a_while() {
    let data = data(20_000);
    let mut watched = Watched::start(&settings(&["sgd:batch=1", "adam:batch=1"], 3, 2), &data);
    // The race fills the channel and then waits.
    while !watched.race.events().is_full() {
        std::thread::yield_now();
    }
    watched.until(History::has_ended);
    for run in &watched.history.runs {
        assert_eq!(run.steps.len(), 60_000);
        assert!(
            run.steps.iter().zip(1..).all(|(record, step)| record.step == step && record.samples == u64::from(step))
        );
        assert!(run.steps.is_sorted_by(|a, b| a.compute_s <= b.compute_s));
        assert_eq!(run.windows.len(), 60_000 / 50);
        assert_eq!(run.epochs.len(), 4);
    }
}

#[test]
fn an_epoch_covers_every_sample_once_and_its_last_minibatch_may_be_short() {
    let history = run_race(&settings(&["sgd:batch=full", "sgd:batch=64", "adam:batch=1000"], 2, 2), &data(330));
    let samples = |run: usize| history.runs[run].steps.iter().map(|step| step.samples).collect::<Vec<_>>();
    assert_eq!(samples(0), [330, 660]);
    assert_eq!(samples(1), [64, 128, 192, 256, 320, 330, 394, 458, 522, 586, 650, 660]);
    assert_eq!(samples(2), [330, 660]);
    for run in &history.runs {
        // The mean over an epoch weighs each minibatch by its samples, as in Keras.
        for epoch in &run.epochs[1..] {
            let steps = run.steps.iter().filter(|step| step.epoch == epoch.epoch);
            let mut before = u64::from(epoch.epoch - 1) * 330;
            let mut sum = 0.0;
            for step in steps {
                sum += f64::from(step.loss) * (step.samples - before) as f64;
                before = step.samples;
            }
            let mean = epoch.train.expect("trained").loss;
            assert!((sum / 330.0 - f64::from(mean)).abs() < 1e-5);
        }
    }
}

#[test]
fn a_restart_begins_again_with_the_same_numbers() {
    let data = data(640);
    let settings = settings(&["sgd", "adam", "sgd:lr=1e30"], 3, 2);
    let expected = run_race(&settings, &data);
    let mut watched = Watched::start(&settings, &data);
    watched.send(Target::All, Command::SetLr { lr: 0.5 });
    watched.until(|history| history.runs[0].steps.len() > 5);
    watched.send(Target::All, Command::Restart { lr: None });
    watched.until(|history| history.generation == 1);
    let history = watched.finish();
    for (run, expected) in history.runs.iter().zip(&expected.runs) {
        assert_same(run, expected, "after a restart");
        assert_eq!(run.state, expected.state);
    }
}

#[test]
fn a_race_can_be_extended_while_it_runs_and_after_its_end() {
    let data = data(640);
    let short = settings(&["sgd", "adam", "sgd:lr=1e30"], 2, 2);
    let long = run_race(&Settings { epochs: 5, ..short.clone() }, &data);
    let mut watched = Watched::start(&short, &data);
    watched.send(Target::All, Command::Extend { epochs: 1 });
    watched.until(|history| history.has_ended() && history.epochs == 3);
    watched.send(Target::All, Command::Extend { epochs: 2 });
    watched.until(|history| history.epochs == 5 && !history.has_ended());
    let history = watched.finish();
    for (run, long) in history.runs.iter().zip(&long.runs) {
        assert_same(run, long, "when extended");
        assert_eq!(run.test, long.test);
    }
}

#[test]
fn an_extended_race_leaves_schedules_as_long_as_they_were_planned() {
    let data = data(640);
    let specs = ["sgd:schedule=cosine,final=0.2", "sgd:schedule=exponential", "sgd:schedule=one-cycle"];
    let mut watched = Watched::start(&settings(&specs, 2, 2), &data);
    watched.until(History::has_ended);
    watched.send(Target::All, Command::Extend { epochs: 1 });
    watched.until(|history| history.epochs == 3 && !history.has_ended());
    for run in &watched.finish().runs {
        let plan = run.info.spec.lr_curve(80);
        assert_eq!(run.steps.len(), 120);
        assert!(run.steps.iter().all(|step| step.lr == plan.rate(u64::from(step.step) - 1) as f32));
    }
}

#[test]
fn a_stopped_race_has_ended() {
    let mut watched = Watched::start(&settings(&ALL, 1000, 2), &data(640));
    watched.until(|history| history.runs.iter().all(|run| run.steps.len() > 3));
    watched.send(Target::All, Command::Stop);
    let history = watched.finish();
    assert!(history.runs.iter().all(|run| run.state == RunState::Stopped));
}

#[test]
fn a_race_can_be_dropped_at_any_time() {
    let data = data(640);
    drop(Watched::start(&settings(&ALL, 1000, 2), &data));
    let mut watched = Watched::start(&settings(&ALL, 1000, 2), &data);
    watched.pause();
    drop(watched);
}

#[test]
fn windows_measure_the_steps_they_end() {
    let history = run_race(&settings(&["sgd:batch=2", "adam:batch=64", "sgd:batch=512"], 100, 2), &data(640));
    for run in &history.runs {
        assert_eq!(run.windows.len(), run.steps.len() / 50);
        for (number, window) in run.windows.iter().enumerate() {
            assert_eq!(window.step as usize, 50 * (number + 1));
            let steps = &run.steps[(50 * number).saturating_sub(1)..50 * (number + 1)];
            let differences = steps.windows(2).map(|pair| f64::from(pair[1].loss) - f64::from(pair[0].loss));
            let mean = differences.clone().sum::<f64>() / differences.len() as f64;
            let variance = differences.clone().map(|d| (d - mean).powi(2)).sum::<f64>() / differences.len() as f64;
            assert!((variance.sqrt() - f64::from(window.roughness)).abs() < 1e-6, "{}", run.info.label);
            let angle = |step: &StepRecord| f64::from(step.update_cosine).acos().to_degrees();
            let angles: Vec<f64> = run.steps[50 * number..50 * (number + 1)].iter().map(angle).collect();
            let angles: Vec<f64> = angles.into_iter().filter(|angle| !angle.is_nan()).collect();
            let turn = angles.iter().sum::<f64>() / angles.len() as f64;
            assert!((turn - f64::from(window.turn)).abs() < 1e-3 * turn, "{}: {turn}", run.info.label);
        }
    }
    for (window, steps) in history.runs[0].windows.iter().zip(history.runs[0].steps.chunks(50)) {
        // Under SGD without more every parameter has the same rate.
        let EffectiveLr { p10, p50, p90, .. } = window.effective_lr;
        let lr = steps[49].lr;
        assert!([p10, p50, p90].iter().all(|rate| (rate - lr).abs() < 1e-6 * lr), "{:?}", window.effective_lr);
    }
    for run in &history.runs {
        let layers = [0, 1].map(|layer| run.layer_effective_lr(layer));
        assert!(layers.iter().all(|rates| rates.len() == run.windows.len()));
        let [first, second] = layers;
        for ((window, first), second) in run.windows.iter().zip(first).zip(second) {
            assert_eq!(window.effective_lr.still, first.still + second.still, "each parameter belongs to one layer");
        }
        assert_eq!(run.layer_effective_lr(2).len(), 0, "there are two layers");
        assert!(run.windows.iter().any(|window| window.effective_lr.still > 0), "some pixels are never lit");
    }
    // 2 × 512 probe samples may be spent on 50 times as many: 512, 16 and 1 windows.
    let measured = |run: usize| {
        let measured = history.runs[run].windows.iter().filter(|window| !window.gradient_cosine.is_nan());
        measured.map(|window| window.step).collect::<Vec<_>>()
    };
    assert_eq!(measured(0), [100, 25_700]);
    assert_eq!(measured(1), [100, 900]);
    assert_eq!(measured(2), [100, 150, 200]);
    assert!(
        history
            .runs
            .iter()
            .flat_map(|run| &run.windows)
            .all(|window| window.gradient_cosine.abs() <= 1.0 || window.gradient_cosine.is_nan())
    );
}

#[test]
fn numbers_do_not_depend_on_sketches_and_snapshots() {
    let data = data(640);
    let settings = settings(&ALL, 6, 2);
    let unwatched = run_race(&settings, &data);
    assert!(unwatched.runs.iter().all(|run| run.sketches.is_empty() && run.snapshots.is_empty()));
    let mut watched = Watched::start(&settings, &data);
    watched.pause();
    watched.send(Target::All, Command::Step);
    watched.until(|history| history.is_still() && history.runs.iter().all(|run| !run.steps.is_empty()));
    watched.send(Target::All, Command::PresentWeights);
    watched.until(|history| history.runs.iter().all(|run| run.present.is_some()));
    // Before they go on: a short race may have ended before a command reaches it.
    watched.send(Target::All, Command::Snapshots { on: true });
    watched.send(Target::All, Command::Resume);
    for run in 0..ALL.len() {
        let recording = [PathRecording::UpdatesAndSketches, PathRecording::Checkpoints][run / 2 % 2];
        watched.send(Target::Run(run), Command::RecordPath { recording });
        watched.send(Target::Run(run), Command::Trail { steps: 40, at: Some(7) });
        watched.send(Target::All, Command::PresentWeights);
        watched.until(|history| history.has_ended() || history.runs[run].steps.len() > 20 * run);
        if run % 2 == 1 {
            watched.send(Target::Run(run), Command::RecordPath { recording: PathRecording::Off });
        }
    }
    let watched = watched.finish();
    for (run, other) in unwatched.runs.iter().zip(&watched.runs) {
        assert_same(run, other, "when watched");
        assert!(!other.snapshots.is_empty());
        let present = other.present.as_ref().expect("it was asked while it trained");
        assert!((1..=240).contains(&present.step), "{}", present.step);
    }
}

#[test]
fn the_path_of_any_steps_is_what_it_was_when_they_were_done() {
    let data = data(640);
    let mut watched = Watched::start(&settings(&["adam", "momentum:schedule=cosine", "sgd:clip_norm=1"], 40, 2), &data);
    watched.pause();
    for run in 0..3 {
        watched.send(Target::Run(run), Command::RecordPath { recording: PathRecording::UpdatesAndSketches });
    }
    let mut seen = Vec::new();
    let trail = |watched: &mut Watched, run: usize, at: Option<u32>| {
        let step = at.unwrap_or(watched.history.runs[run].steps.len() as u32);
        watched.send(Target::Run(run), Command::Trail { steps: 20, at });
        watched.until(|history| history.runs[run].trail.as_ref().is_some_and(|trail| trail.step == step));
        watched.history.runs[run].trail.clone().expect("it was waited for").trail
    };
    let far = |watched: &mut Watched, steps: usize| {
        watched.send(Target::All, Command::Resume);
        watched.until(|history| history.runs.iter().all(|run| run.steps.len() > steps));
        watched.pause();
    };
    far(&mut watched, 90);
    for run in 0..3 {
        let at = watched.history.runs[run].steps.len() as u32;
        seen.push((run, at, trail(&mut watched, run, None)));
        watched.send(Target::Run(run), Command::SetLr { lr: 0.003 });
    }
    far(&mut watched, 500);
    for (run, at, before) in seen {
        let again = trail(&mut watched, run, Some(at));
        assert_eq!(again.spots.len(), 21);
        let size = before.spots.iter().fold(0.0_f64, |most, spot| most.max(spot.x.abs()));
        for (again, before) in again.spots.iter().zip(&before.spots) {
            let apart = (again.x.abs() - before.x.abs()).hypot(again.y.abs() - before.y.abs());
            assert!(apart < 1e-4 * size, "run {run} at {at}: {again:?}, {before:?}");
        }
    }
    // Of steps that were not recorded at all.
    let mut late = Watched::start(&settings(&["adam", "sgd"], 40, 2), &data);
    late.until(|history| history.runs.iter().all(|run| run.steps.len() > 100));
    late.pause();
    assert_eq!(trail(&mut late, 1, None).spots.len(), 21);
}

#[test]
fn sketches_and_snapshots_show_the_same_way() {
    let data = data(640);
    let mut watched = Watched::start(&settings(&["sgd", "adam"], 6, 2), &data);
    watched.pause();
    watched.send(Target::All, Command::Snapshots { on: true });
    watched.send(Target::Run(1), Command::RecordPath { recording: PathRecording::UpdatesAndSketches });
    watched.send(Target::All, Command::Resume);
    watched.until(History::has_ended);
    watched.send(Target::All, Command::Restart { lr: None });
    watched.until(|history| history.generation == 1);
    let history = watched.finish();
    assert!(history.runs[0].sketches.is_empty(), "only one run was asked for sketches");
    let run = &history.runs[1];
    let steps: Vec<u32> = run.snapshots.iter().map(|snapshot| snapshot.step).collect();
    assert_eq!(steps, [0, 50, 100, 150, 200, 240], "every 50 steps and at the end, after a restart too");
    assert!(run.sketches.iter().map(|sketch| sketch.step).eq(1..=240));
    let [first, last] = [&run.snapshots[0], &run.snapshots[5]].map(|snapshot| &snapshot.weights);
    assert_eq!(first, &history.runs[0].snapshots[0].weights, "all begin alike");
    let way: Vec<f32> = last.iter().zip(first.iter()).map(|(last, first)| last - first).collect();
    let expected = Sketcher::new(way.len()).sketch(&way);
    for (bucket, expected) in expected.iter().enumerate() {
        let sum: f32 = run.sketches.iter().map(|sketch| sketch.update[bucket]).sum();
        assert!((sum - expected).abs() < 1e-4, "bucket {bucket}: {sum} and not {expected}");
    }
    let distance = run.windows[3].distance;
    assert!((distance - geometry::distance(first, &run.snapshots[4].weights) as f32).abs() < 1e-5);
}

#[test]
fn snapshots_can_be_asked_for_in_the_middle_of_a_race() {
    let mut watched = Watched::start(&settings(&["sgd", "adam"], 12, 2), &data(640));
    watched.until(|history| history.runs.iter().all(|run| run.steps.len() > 60));
    watched.pause();
    watched.send(Target::All, Command::Snapshots { on: true });
    watched.until(|history| history.runs.iter().all(|run| run.snapshots.len() == 2));
    for run in &watched.history.runs {
        let steps: Vec<u32> = run.snapshots.iter().map(|snapshot| snapshot.step).collect();
        assert_eq!(steps, [0, run.steps.len() as u32], "the first weights, and those it has now");
    }
}
