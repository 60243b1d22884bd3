//! Three small races give the same `steps.csv`, bit for bit, as they always did.
//!
//! The hashes pin that nothing changed. They do not say that a number is right: the fixtures do. A change that is meant
//! to change numbers records them anew, from what a failing test prints.
//!
//! They hold where the processor has FMA: without it, `ndarray` multiplies matrices in another order of rounding.

#![cfg(target_arch = "x86_64")]
#![allow(clippy::expect_used)]

use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::aloud::not_tested;

/// Columns of `steps.csv` that tell times, which differ from one race to the next.
const TIMES: [&str; 1] = ["compute_s"];

/// A race: its name, the arguments that it is run with, and the hashes of what it measures.
struct Race {
    name: &'static str,
    /// With commas between two.
    options: &'static str,
    specs: &'static [&'static str],
    general: &'static str,
    avx2: &'static str,
    avx512: &'static str,
}

const RACES: [Race; 3] = [
    Race {
        name: "keras, mixed batches",
        options: "--samples 1500 --epochs 2 --hidden 24",
        specs: &[
            "sgd:batch=1",
            "sgd:lr=0.1,batch=full,label=whole",
            "momentum:batch=20",
            "nesterov:lr=0.05,batch=64",
            "adagrad:lr=0.01",
            "rmsprop:momentum=0.5,centered=true,batch=7",
            "adam:amsgrad=true",
            "adam:lr=0.01,batch=600,clip_norm=0.5",
        ],
        general: "ae5c346d33b026c2ebb4b352d777eacf389184de374d92959b773794f11872b6",
        avx2: "c21db4cee2f647ddff8cecccb6c8606c8d50df6af3c24fb8d524439c81d057a8",
        avx512: "ff6b9ec59235ef068edb2df4c684735f28314be055893cc8370a681a1498108f",
    },
    Race {
        name: "torch, schedules",
        options: "--samples 1500 --epochs 2 --hidden 20,12 --activation tanh --seed 3",
        specs: &[
            "sgd:dialect=torch,lr=0.1,schedule=cosine,warmup=0.1",
            "momentum:dialect=torch,dampening=0.2,schedule=step,decay_steps=40,batch=16",
            "nesterov:dialect=torch,schedule=one-cycle,lr=0.2,batch=50",
            "adagrad:dialect=torch,lr_decay=0.01,schedule=inverse-time,batch=1",
            "rmsprop:dialect=torch,schedule=exponential,clip_value=0.01",
            "adam:dialect=torch,schedule=piecewise,boundaries=20/60,weight_decay=0.01",
            "adam:dialect=torch,schedule=polynomial,amsgrad=true,batch=300",
        ],
        general: "a6a6f02d670f9cf6bb5a4d8ca9b6404de2080a493458e5983439b4960971ad55",
        avx2: "ded53a8c687a9d4cf52500f4f28a1678c80b700280db4d0a1bbf94d073ea45d8",
        avx512: "1226933487591edd815abd7e07be7f87bce53ca9fd2901fd2ee6411ce1c1f4a3",
    },
    Race {
        name: "both dialects, deep and shallow steps",
        options: "--samples 1200 --epochs 3 --hidden 16,16 --activation gelu --batch-size 50 --seed 11 --threads 1",
        specs: &[
            "sgd:weight_decay=0.1,lr=0.05,schedule=constant,warmup=0.2,batch=3",
            "sgd:lr=1e6,label=diverges",
            "momentum:clip_norm=0.1",
            "nesterov:weight_decay=0.001,clip_value=0.1,batch=1",
            "rmsprop",
            "rmsprop:dialect=torch,centered=true,momentum=0.9,batch=33",
            "adam:schedule=cosine,final=0.1,batch=1",
            "adagrad:dialect=torch,batch=full",
        ],
        general: "645b2a1dcf67d44dfdc1d136473c93be1a00ad666c8e2bb3a1e2b2571f44c008",
        avx2: "0cce303057421de96b49bca0982321b4e031d490763aaaca99ec1278924a2f69",
        avx512: "1263e38bbac4469cdad7440ae1fa11b2e29d51337d287d9fa5e9a84c359342a4",
    },
];

/// The hash of a race's `steps.csv` without its times, with `instructions` or with all that the processor has.
fn hash(race: &Race, instructions: Option<&str>) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_optirace"));
    command.current_dir(folder.path()).args(["train", "--out", "results"]).args(race.options.split(' '));
    for spec in race.specs {
        command.args(["-o", spec]);
    }
    command.env_remove("OPTIRACE_INSTRUCTIONS").env_remove("OPTIRACE_FAILPOINT");
    if let Some(instructions) = instructions {
        command.env("OPTIRACE_INSTRUCTIONS", instructions);
    }
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{}: {}", race.name, String::from_utf8_lossy(&output.stderr));
    hash_without_times(&folder.path().join("results/steps.csv"))
}

fn hash_without_times(steps: &Path) -> String {
    let mut reader = csv::Reader::from_path(steps).expect("a table");
    let is_time = |column: &&str| TIMES.contains(column);
    let header = reader.headers().expect("a header").clone();
    let kept: Vec<usize> = (0..header.len()).filter(|&index| !is_time(&&header[index])).collect();
    assert_eq!(kept.len() + TIMES.len(), header.len());
    let mut hash = Sha256::new();
    let mut rows = 0;
    for row in std::iter::once(header).chain(reader.records().map(|row| row.expect("a row"))) {
        kept.iter().for_each(|&index| hash.update(format!("{},", &row[index])));
        hash.update("\n");
        rows += 1;
    }
    assert!(rows > 1000, "{rows} rows");
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares every race; what differs is told with its new hash.
fn assert_unchanged(instructions: Option<&str>, expected: fn(&Race) -> &'static str) {
    let changed = RACES.iter().filter_map(|race| {
        let hash = hash(race, instructions);
        (hash != expected(race)).then(|| format!("{}: {hash}", race.name))
    });
    let changed: Vec<String> = changed.collect();
    assert!(changed.is_empty(), "with {}: {changed:#?}", instructions.unwrap_or("the processor's own instructions"));
}

/// Whether the processor has what a test is about.
fn has(instructions: &str, has: bool) -> bool {
    if !has {
        not_tested(&format!("this processor has no {instructions}"));
    }
    has
}

fn has_fma() -> bool {
    has("FMA", std::arch::is_x86_feature_detected!("fma"))
}

#[test]
fn steps_with_general_instructions_are_unchanged() {
    if has_fma() {
        assert_unchanged(Some("general"), |race| race.general);
    }
}

#[test]
fn steps_with_avx2_are_unchanged() {
    if has_fma() && has("AVX2", std::arch::is_x86_feature_detected!("avx2")) {
        assert_unchanged(Some("avx2"), |race| race.avx2);
    }
}

#[test]
fn steps_with_avx512_are_unchanged() {
    if has_fma() && has("AVX-512", std::arch::is_x86_feature_detected!("avx512f")) {
        assert_unchanged(Some("avx512"), |race| race.avx512);
    }
}

#[test]
fn steps_with_the_processors_own_instructions_are_unchanged() {
    if has_fma() {
        let expected: fn(&Race) -> &'static str = if std::arch::is_x86_feature_detected!("avx512f") {
            |race| race.avx512
        } else if std::arch::is_x86_feature_detected!("avx2") {
            |race| race.avx2
        } else {
            |race| race.general
        };
        assert_unchanged(None, expected);
    }
}
