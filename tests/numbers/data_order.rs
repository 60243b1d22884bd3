//! The order of samples: a fresh permutation each epoch, the same for the same seed for ever.

use optirace::data::Order;

fn is_permutation(order: &[u32]) -> bool {
    let mut sorted = order.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().eq(0..order.len() as u32)
}

#[test]
fn every_epoch_is_a_permutation() {
    for samples in [0, 1, 2, 3, 255, 256, 257, 48_000] {
        let order = Order::new(7, samples);
        for epoch in [1, 2, 10_000] {
            let epoch = order.epoch(epoch);
            assert!(epoch.len() == samples && is_permutation(&epoch), "{samples} samples");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_orders() {
    let (one, other) = (Order::new(3, 1000), Order::new(3, 1000));
    // Out of turn: no epoch needs those before it.
    let late = one.epoch(5);
    assert_eq!((one.epoch(1), late), (other.epoch(1), other.epoch(5)));
    assert_eq!(one.sha256(), other.sha256());
}

#[test]
fn seeds_and_epochs_give_different_orders() {
    let mut orders: Vec<_> =
        [0, 1, 2, u64::MAX].iter().flat_map(|&seed| (1..=3).map(move |e| Order::new(seed, 100).epoch(e))).collect();
    orders.sort();
    orders.dedup();
    assert_eq!(orders.len(), 12);
    assert_ne!(Order::new(0, 100).sha256(), Order::new(1, 100).sha256());
}

#[test]
fn every_place_is_as_likely_for_every_sample() {
    let mut counts = [[0u32; 5]; 5];
    for seed in 0..10_000 {
        for (place, sample) in Order::new(seed, 5).epoch(1).into_iter().enumerate() {
            counts[place][sample as usize] += 1;
        }
    }
    // 2,000 expected each, with a standard deviation of 40.
    assert!(counts.iter().flatten().all(|&count| count.abs_diff(2000) < 200), "{counts:?}");
}

// Results on disk name seeds: should this ever fail, they would mean other orders than when they were written. The
// values were computed apart from this program, by ChaCha with 8 rounds (key: the seed as 8 bytes, the lowest first,
// and zeros; nonce: the epoch) and NumPy's shuffle, written down in Python.
#[test]
fn the_order_of_a_seed_is_pinned() {
    assert_eq!(Order::new(0, 10).epoch(1), [6, 3, 4, 0, 5, 8, 2, 7, 1, 9u32]);
    assert_eq!(Order::new(0, 10).epoch(2), [7, 8, 4, 9, 2, 6, 1, 5, 3, 0u32]);
    assert_eq!(Order::new(u64::MAX, 10).epoch(1), [7, 5, 3, 0, 6, 4, 2, 9, 1, 8u32]);
    assert_eq!(Order::new(0, 48_000).sha256(), "fa12302f8cafefcff159292421063e1b1ea197b4443d18a9c5cc1d27780ca562");
}
