//! What the limit does to runs, without a thread.

use super::*;

fn at(samples: u64) -> Standing {
    Standing { samples, ability: Ability::Train { step_end: samples + 32 } }
}

fn slots(samples: &[u64], threads: usize) -> Slots {
    paced(samples, threads, Pace::default())
}

fn paced(samples: &[u64], threads: usize, pace: Pace) -> Slots {
    let mut slots = Slots::new(samples.len(), threads, pace, Instant::now());
    samples.iter().enumerate().for_each(|(run, &samples)| slots.report(run, at(samples)));
    slots.advance(slots.raised);
    slots
}

fn may_train(slots: &Slots) -> Vec<RunIndex> {
    (0..slots.runs.len()).filter(|&run| slots.may_train(run)).collect()
}

fn samples(slots: &Slots) -> Vec<u64> {
    slots.runs.iter().map(|run| run.standing.samples).collect()
}

/// Hands out grants until every run waits, and has them carried out in steps of these minibatches; where they are.
fn settled(slots: &mut Slots, batches: &[u64]) -> Vec<u64> {
    slots.advance(slots.raised);
    while (0..batches.len()).any(|run| slots.next_grant(run).is_some()) {
        for (run, batch) in batches.iter().enumerate() {
            let Some(grant) = slots.grant(run) else { continue };
            let mut samples = slots.runs[run].standing.samples;
            if let Grant::Train { until } = grant {
                samples = until.max(samples + 1).div_ceil(*batch) * batch;
            }
            slots.report(run, Standing { samples, ability: Ability::Train { step_end: samples + batch } });
            slots.advance(slots.raised);
        }
    }
    samples(slots)
}

fn all_are_paused(slots: &Slots) -> bool {
    slots.mode == Mode::Paused && slots.runs.iter().all(|run| run.has_paused)
}

#[test]
fn those_furthest_behind_take_the_free_threads() {
    let mut slots = slots(&[300, 100, 200, 100], 2);
    assert_eq!(may_train(&slots), [1, 3]);
    slots.runs[1].is_training = true;
    assert_eq!(may_train(&slots), [3]);
    slots.runs[3].is_training = true;
    assert!(may_train(&slots).is_empty());
}

#[test]
fn a_run_too_far_ahead_waits_even_if_a_thread_is_free() {
    let mut slots = slots(&[0, WINDOW_SAMPLES - 1, WINDOW_SAMPLES], 8);
    assert_eq!(may_train(&slots), [0, 1]);
    slots.report(0, Standing { samples: 0, ability: Ability::Nothing });
    slots.advance(slots.raised);
    assert_eq!(may_train(&slots), [1, 2], "one that has ended is not waited for");
}

#[test]
fn paused_runs_stand_at_the_same_samples_as_near_as_their_minibatches_allow() {
    let batches = [1, 32, 50, 512];
    let mut slots = slots(&[700, 704, 0, 512], 2);
    // A step is under way when the pause comes: its end counts.
    slots.runs[1].is_training = true;
    slots.send(Target::All, Command::Pause);
    assert_eq!(slots.grant(0), None, "nobody begins a step before");
    slots.report(1, at(736));
    assert_eq!(settled(&mut slots, &batches), [736, 736, 750, 1024]);
    assert!(all_are_paused(&slots));
    slots.send(Target::All, Command::Pause);
    assert_eq!(settled(&mut slots, &batches), [736, 736, 750, 1024], "a second pause moves nobody");
}

#[test]
fn a_step_of_the_chosen_run_takes_the_others_along() {
    let batches = [1, 32, 50, 512];
    let mut slots = paced(&[0; 4], 2, Pace { paused: true, ..Pace::default() });
    assert_eq!(settled(&mut slots, &batches), [0; 4]);
    slots.send(Target::Run(1), Command::Step);
    assert_eq!(settled(&mut slots, &batches), [32, 32, 50, 512]);
    slots.send(Target::Run(1), Command::Step);
    slots.send(Target::Run(1), Command::Step);
    assert_eq!(settled(&mut slots, &batches), [96, 96, 100, 512], "each of two steps is done");
    slots.send(Target::Run(3), Command::Step);
    assert_eq!(settled(&mut slots, &batches), [1024, 1024, 1050, 1024]);
    assert!(all_are_paused(&slots));
    slots.send(Target::Run(1), Command::Resume);
    assert!((0..4).all(|run| matches!(slots.grant(run), Some(Grant::Obey(_, Command::Resume)))));
    slots.advance(slots.raised);
    assert_eq!(slots.grant(0), Some(Grant::Train { until: 1024 + GRANT_SAMPLES }));
}

#[test]
fn a_run_that_begins_again_catches_up_while_the_race_is_paused() {
    let mut slots = slots(&[100_000, 100_000], 2);
    slots.send(Target::All, Command::Pause);
    settled(&mut slots, &[32, 32]);
    slots.send(Target::Run(1), Command::Restart { lr: None });
    assert_eq!(settled(&mut slots, &[32, 32]), [100_000, 100_000]);
    assert!(all_are_paused(&slots) && slots.runs[1].head_start.is_none(), "from there on as the others");
}

#[test]
fn a_run_that_begins_again_catches_up_while_the_others_go_on() {
    for threads in [1, 2, 8] {
        let mut slots = slots(&[100_000; 3], threads);
        slots.send(Target::Run(1), Command::Restart { lr: None });
        assert!(matches!(slots.grant(1), Some(Grant::Obey(..))));
        let mut grants = [0_u64; 3];
        while slots.runs[1].head_start.is_some() {
            slots.advance(slots.raised);
            // All that may, do: as if every grant took the same time.
            let granted: Vec<RunIndex> = (0..3).filter(|&run| slots.grant(run).is_some()).collect();
            assert!(!granted.is_empty(), "somebody may always train");
            for run in granted {
                let samples = slots.runs[run].standing.samples + GRANT_SAMPLES;
                slots.report(run, at(samples));
                grants[run] += 1;
            }
        }
        let (others, own) = (grants[0].min(grants[2]), grants[1]);
        assert!(2 * others + 10 >= own, "the others went on: {grants:?} with {threads} threads");
        assert!(own <= 2 * 100_000 / GRANT_SAMPLES + 10, "it caught up: {grants:?} with {threads} threads");
    }
}

#[test]
fn after_a_restart_old_reports_do_not_count() {
    let mut slots = slots(&[0], 1);
    assert_eq!(slots.grant(0), Some(Grant::Train { until: GRANT_SAMPLES }));
    let restart = Command::Restart { lr: None };
    slots.send(Target::All, restart.clone());
    slots.report(0, Standing { samples: 9_999, ability: Ability::Nothing });
    assert_eq!(slots.grant(0), Some(Grant::Obey(Target::All, restart)));
    assert_eq!(samples(&slots), [0]);
    slots.report(0, at(0));
    slots.advance(slots.raised);
    assert!(matches!(slots.grant(0), Some(Grant::Train { .. })));
}

/// Where two runs are, ten times a second, and how many grants they took.
fn after_seconds(slots: &mut Slots, batches: &[u64], tenths: u32) -> (Vec<u64>, usize) {
    let mut grants = 0;
    for _ in 0..tenths {
        slots.advance(slots.raised + Duration::from_millis(100));
        for (run, batch) in batches.iter().enumerate() {
            while let Some(grant) = slots.grant(run) {
                let mut samples = slots.runs[run].standing.samples;
                if let Grant::Train { until } = grant {
                    samples = until.max(samples + 1).div_ceil(*batch) * batch;
                    grants += 1;
                }
                slots.report(run, Standing { samples, ability: Ability::Train { step_end: samples + batch } });
            }
        }
    }
    (samples(slots), grants)
}

#[test]
fn a_slow_race_moves_with_the_clock() {
    let mut slots = paced(&[0, 0], 2, Pace { speed: Some(4096.0), ..Pace::default() });
    let (samples, grants) = after_seconds(&mut slots, &[32, 64], 100);
    assert!(samples.iter().all(|samples| (40_000..=40_960).contains(samples)), "{samples:?}");
    assert!(grants <= 2 * 50, "{grants} bursts in ten seconds");
    assert!(slots.runs.iter().all(|run| run.has_throttled));
    slots.send(Target::All, Command::Speed { samples_per_second: Some(32.0) });
    let (slow, grants) = after_seconds(&mut slots, &[32, 64], 100);
    assert!(
        (9..=11).contains(&((slow[0] - samples[0]) / 32)) && grants <= 17,
        "{samples:?} {slow:?}: one step a second"
    );
    // No time that passes while it is paused is made up for.
    slots.send(Target::All, Command::Pause);
    let (paused, _) = after_seconds(&mut slots, &[32, 64], 100);
    slots.send(Target::All, Command::Resume);
    let (resumed, _) = after_seconds(&mut slots, &[32, 64], 10);
    assert!(resumed[0] <= paused[0] + 64, "{paused:?} {resumed:?}");
    slots.send(Target::All, Command::Speed { samples_per_second: None });
    slots.advance(slots.raised);
    assert_eq!(slots.grant(0), Some(Grant::Train { until: resumed[0] + GRANT_SAMPLES }));
}

#[test]
fn a_race_pauses_where_it_was_asked_to_each_time_it_comes_there() {
    let pace = Pace { speed: None, paused: false, pause_at: vec![50_000, 1_000] };
    let mut slots = paced(&[0, 0], 2, pace);
    for _ in 0..2 {
        assert_eq!(settled(&mut slots, &[32, 500]), [1_024, 1_000]);
        assert!(all_are_paused(&slots));
        slots.send(Target::All, Command::Resume);
        assert_eq!(settled(&mut slots, &[32, 500]), [50_016, 50_000]);
        slots.send(Target::All, Command::Restart { lr: None });
    }
}

#[test]
fn a_slow_race_trains_up_to_where_it_pauses_and_is_not_paused_before() {
    let pace = Pace { speed: Some(2e4), paused: false, pause_at: vec![1024] };
    let mut slots = paced(&[0, 0], 2, pace);
    // Less than a burst by then: the clock has let nobody train.
    slots.advance(slots.raised + Duration::from_millis(80));
    assert_eq!((slots.mode, slots.limit), (Mode::Paused, 1024.0));
    assert_eq!(slots.grant(0), Some(Grant::Train { until: 1024 }));
    assert_eq!(slots.grant(1), Some(Grant::Train { until: 1024 }));
}
