//! What becomes of a run whose numbers are no longer finite, and of one that is begun again.

#![allow(clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use crate::race_support::*;
use optirace::optim;
use optirace::race::RaceData;
use optirace::race::history::{History, RunEventKind, RunHistory, RunState};
use optirace::race::protocol::{Command, Target};
use optirace::race::scheduler::{GRANT_SAMPLES, WINDOW_SAMPLES};
use optirace::race::settings::LrChange;

/// Settings with which numbers get out of hand, for every optimizer in each of its dialects.
fn wild_specs() -> Vec<String> {
    let settings = [
        "lr=1e3",
        "lr=1e30",
        "lr=3e38",
        "lr=1e3,weight_decay=1e30",
        "lr=1e30,clip_norm=1e-30",
        "lr=1e30,clip_value=1e30",
        "lr=1e3,schedule=exponential,decay_rate=1000",
        "lr=1e3,batch=1",
    ];
    let mut specs = Vec::new();
    for definition in optim::all() {
        for form in definition.forms {
            let dialect = form.dialect.name();
            let own = settings.iter().map(|text| format!("{}:{text},dialect={dialect}", definition.name));
            specs.extend(own);
        }
    }
    // As near to a division by zero as a spec allows: `eps` is at least the smallest normal number.
    let extreme = [
        "sgd:lr=0.1,weight_decay=1e38",
        "momentum:lr=1,momentum=0.999999",
        "nesterov:lr=10,momentum=0.99",
        "adagrad:lr=1,eps=1.2e-38,initial_accumulator=0",
        "adagrad:lr=1,eps=1.2e-38,dialect=torch",
        "rmsprop:lr=1,eps=1.2e-38,rho=0",
        "rmsprop:lr=1,eps=1.2e-38,rho=0,centered=true",
        "rmsprop:lr=1e30,momentum=0.99,centered=true",
        "adam:lr=1,eps=1.2e-38",
        "adam:lr=1e30,beta1=0,beta2=0",
        "adam:lr=1,eps=1.2e-38,amsgrad=true",
    ];
    specs.extend(extreme.map(str::to_owned));
    specs
}

/// A run that died is marked at its last step, and all before it are numbers; one that lives has numbers only.
fn assert_sound(run: &RunHistory) {
    let what = run.info.spec.to_string();
    let is_finite = |step: &optirace::race::measure::StepRecord| {
        step.loss.is_finite() && step.grad_norm.is_finite() && step.update_norm.is_finite()
    };
    let last = run.steps.len() - 1;
    match run.state {
        RunState::Diverged { step, .. } => {
            assert_eq!(run.steps[last].step, step, "{what}: it trains no further");
            assert!(run.steps[..last].iter().all(is_finite), "{what}: it is marked where it happened");
            let finite_epoch = |epoch: &optirace::race::measure::EpochRecord| epoch.val.loss.is_finite();
            let by_step = !is_finite(&run.steps[last]);
            let by_epoch = run.epochs.last().is_some_and(|epoch| !finite_epoch(epoch) && epoch.step == step);
            assert!(by_step || by_epoch, "{what}: nothing happened at step {step}");
            let marks: Vec<_> = run.events.iter().filter(|mark| mark.kind == RunEventKind::Diverged(None)).collect();
            assert!(marks.len() == 1 && marks[0].step == step, "{what}: {marks:?}");
        }
        RunState::Finished => {
            assert!(run.steps.iter().all(is_finite), "{what}");
            assert!(run.epochs.iter().all(|epoch| epoch.val.loss.is_finite()), "{what}");
        }
        _ => panic!("{what}: {:?}", run.state),
    }
}

#[test]
fn whatever_the_settings_a_run_ends_with_numbers_or_is_marked_where_it_lost_them() {
    let data = data(640);
    let specs = wild_specs();
    let texts: Vec<String> =
        specs.iter().enumerate().map(|(index, spec)| format!("{spec},label=run {index}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let history = run_race(&settings(&texts, 2, 2), &data);
    history.runs.iter().for_each(assert_sound);
    let diverged = history.runs.iter().filter(|run| run.state.has_died()).count();
    println!("{diverged} of {} runs diverged", history.runs.len());
    assert!(diverged >= 20 && diverged < history.runs.len(), "{diverged} of {} diverged", history.runs.len());
}

/// A race of three whose first diverges, watched until it has and the others are well on their way.
fn one_dead(data: &Arc<RaceData>) -> Watched {
    let mut watched = Watched::start(&settings(&["sgd:lr=1e30", "adam", "momentum"], 1000, 2), data);
    watched.until(|history| history.runs[0].state.has_died() && history.runs[1].samples() > 40_000);
    watched
}

#[test]
fn a_run_that_diverged_begins_again_and_catches_up_while_the_others_go_on() {
    let data = data(640);
    let mut watched = one_dead(&data);
    let before: Vec<u64> = watched.history.runs.iter().map(RunHistory::samples).collect();
    watched.send(Target::Run(0), Command::Restart { lr: Some(0.05) });
    let is_close = |history: &History| {
        let [own, .., other] = &history.runs[..] else { return false };
        own.restarts == 1 && own.samples() + WINDOW_SAMPLES >= other.samples()
    };
    watched.until(|history| is_close(history));
    let history = &watched.history;
    assert_eq!(history.generation, 0, "the race goes on");
    for run in [1, 2] {
        let further = history.runs[run].samples() - before[run];
        assert!(further > 10_000, "{}: it went on, {further} samples", history.runs[run].info.label);
        assert!(further < 40_000 + before[run] + 2 * WINDOW_SAMPLES, "{further} samples");
    }
    // From then on they are kept together again.
    let caught_up = history.runs[0].samples();
    watched.until(|history| history.runs[0].samples() > caught_up + 100_000);
    let at: Vec<u64> = watched.history.runs.iter().map(RunHistory::samples).collect();
    let apart = at.iter().max().expect("three") - at.iter().min().expect("three");
    // What is measured may wait in the channel.
    assert!(apart <= WINDOW_SAMPLES + 2 * GRANT_SAMPLES, "{at:?}");

    let run = &watched.history.runs[0];
    let kinds: Vec<_> = run.events.iter().map(|mark| (mark.step, mark.kind.clone())).collect();
    let RunState::Running = run.state else { panic!("{:?}", run.state) };
    assert!(matches!(kinds[0], (0, RunEventKind::Restarted(steps)) if steps > 0), "{kinds:?}");
    assert_eq!(kinds[1..], [(1, RunEventKind::Lr(0.05))]);
    assert!(run.steps.iter().zip(1..).all(|(step, number)| step.step == number && step.lr == 0.05));
    assert!(run.weights_sha256.is_some() && run.weights_sha256 == watched.history.runs[1].weights_sha256);

    // The events tell how to do it again.
    let mut again = settings(&["sgd:lr=1e30"], 2, 1);
    again.lr_changes = vec![LrChange { run: 0, step: 1, lr: 0.05 }];
    let replayed = run_race(&again, &data);
    let mut same = watched.history.runs[0].clone();
    same.steps.truncate(80);
    same.windows.truncate(1);
    assert_same(&same, &replayed.runs[0], "after it was begun again");
}

#[test]
fn a_run_begins_again_with_its_first_rate_and_catches_up_while_the_race_is_paused() {
    let data = data(640);
    let mut watched = one_dead(&data);
    watched.pause();
    watched.send(Target::Run(0), Command::Restart { lr: None });
    // It catches up, while the others stand still, as far as it gets with that rate.
    watched.until(|history| history.runs[0].restarts == 1 && history.is_still() && history.runs[0].state.has_died());
    assert_eq!(watched.history.runs[0].steps[0].lr, 1e30);
    let others = [1, 2].map(|run| watched.history.runs[run].samples());
    watched.send(Target::Run(0), Command::Restart { lr: Some(0.05) });
    watched.until(|history| history.runs[0].restarts == 2 && history.is_still());
    assert_eq!(watched.history.runs[0].state, RunState::Paused);
    assert_eq!([0, 1, 2].map(|run| watched.history.runs[run].samples()), [others[0]; 3], "it has caught up");
    watched.send(Target::All, Command::Resume);
    watched.until(|history| history.runs[0].samples() > others[0]);
}

#[test]
fn a_race_that_had_ended_goes_on_with_the_run_that_is_begun_again() {
    let data = data(640);
    let mut watched = Watched::start(&settings(&["sgd:lr=1e30", "adam"], 1, 2), &data);
    watched.until(History::has_ended);
    watched.send(Target::Run(0), Command::Restart { lr: Some(0.1) });
    watched.until(|history| !history.has_ended());
    watched.until(History::has_ended);
    let states: Vec<&RunState> = watched.history.runs.iter().map(|run| &run.state).collect();
    assert_eq!(states, [&RunState::Finished, &RunState::Finished]);
    assert_eq!(watched.history.runs.iter().map(|run| run.steps.len()).collect::<Vec<_>>(), [40, 40]);
}

/// CPU time of this process's thread of this name, in nanoseconds.
#[cfg(target_os = "linux")]
fn cpu_of(thread: &str) -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("threads");
    let read = |task: &std::path::Path, file: &str| std::fs::read_to_string(task.join(file)).unwrap_or_default();
    let mut tasks = tasks.map(|task| task.expect("a thread").path());
    let task = tasks.find(|task| read(task, "comm").trim_end() == thread).expect("the thread of the run");
    let times = read(&task, "schedstat");
    times.split(' ').next().and_then(|time| time.parse().ok()).expect("a time")
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_diverged_costs_no_time() {
    let data = data(640);
    // The only race in this process with so many runs: its last threads' names are theirs alone.
    const LIVING: usize = 198;
    const DEAD: usize = 199;
    let spec = |run| format!("{},label=run {run}", if run == LIVING { "adam:lr=0.001" } else { "sgd:lr=1e30" });
    let specs: Vec<String> = (0..=DEAD).map(spec).collect();
    let texts: Vec<&str> = specs.iter().map(String::as_str).collect();
    let mut watched = Watched::start(&settings(&texts, 1000, 2), &data);
    let all_dead = |history: &History| history.runs.iter().filter(|run| run.state.has_died()).count() == DEAD;
    watched.until(all_dead);
    let cpu = || (cpu_of(&format!("run {DEAD}")), cpu_of(&format!("run {LIVING}")));
    let (dead, living) = cpu();
    let samples = watched.history.runs[LIVING].samples();
    watched.until(|history| history.runs[LIVING].samples() > samples + 200_000);
    let (dead_now, living_now) = cpu();
    let (dead, living) = (dead_now - dead, living_now - living);
    println!("{dead} ns of the dead run while a living one took {living} ns");
    assert!(dead * 1000 < living, "{dead} ns of the dead run while a living one took {living} ns");
}
