//! How long everything around the training takes: decoding the data, thinning a history, drawing a frame, writing CSV.
//! `cargo bench --bench around [FILTER]`

#![allow(clippy::expect_used, missing_docs)]

// The made-up race that the tests of the screen use.
#[allow(dead_code)]
#[path = "../tests/tui/support.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use optirace::board::series::Series;
use optirace::data::Dataset;
use optirace::record::csv;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use support::{FULL, SIX, Stage};

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(10);
    group.bench_function("Fashion-MNIST", |bencher| bencher.iter(|| Dataset::fashion_mnist().expect("embedded data")));
    group.finish();
}

/// Twelve runs that have trained for this many steps.
fn twelve(steps: u32) -> Stage {
    let specs: Vec<&str> = SIX.iter().copied().cycle().take(12).collect();
    let mut stage = Stage::new(&specs, (200, 60), FULL);
    stage.start();
    stage.train(steps);
    stage
}

fn thinning(criterion: &mut Criterion) {
    let stage = twelve(100_000);
    let mut group = criterion.benchmark_group("thinning");
    group.sample_size(20);
    group.bench_function("12 runs of 100,000 steps, from the first", |bencher| {
        bencher.iter(|| {
            let mut series = Series::new(12, 0.98);
            series.catch_up(&stage.app.board.history);
            series
        });
    });
    group.finish();
}

fn frame(criterion: &mut Criterion) {
    let mut stage = twelve(100_000);
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("memory never fails");
    let mut step = 100_000;
    criterion.bench_function("frame/12 runs of 100,000 steps at 200×60", |bencher| {
        bencher.iter(|| {
            step += 1;
            stage.train(step);
            terminal.draw(|frame| drop(stage.app.draw(frame))).expect("memory never fails");
        });
    });
}

fn csv_rows(criterion: &mut Criterion) {
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    stage.start();
    stage.finish();
    let mut group = criterion.benchmark_group("csv");
    group.sample_size(20);
    group.bench_function("steps.csv of the default race", |bencher| {
        let mut bytes = Vec::new();
        bencher.iter(|| {
            bytes.clear();
            csv::write_steps(&mut bytes, &stage.app.board.history).expect("memory never fails");
        });
    });
    group.finish();
}

criterion_group!(benches, decode, thinning, frame, csv_rows);
criterion_main!(benches);
