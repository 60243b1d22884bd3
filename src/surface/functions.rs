//! The list of all surfaces. Their ranges are those that the sources draw, or the part of them where it is decided
//! what becomes of a walk.

use super::definition::{Minimum, Point, Range, Surface};

/// Every surface, in the order in which they are shown.
pub fn all() -> &'static [Surface] {
    &ALL
}

/// The surface of this name.
pub fn find(name: &str) -> Option<&'static Surface> {
    ALL.iter().find(|surface| surface.name == name)
}

const fn global(x: f64, y: f64) -> Minimum {
    Minimum { at: Point::new(x, y), is_global: true }
}

const fn local(x: f64, y: f64) -> Minimum {
    Minimum { at: Point::new(x, y), is_global: false }
}

/// How hard the lower well of `wells` is pulled down.
const TILT: f64 = 0.3;

static ALL: [Surface; 6] = [
    Surface {
        name: "ravine",
        formula: "x²/20 + y²",
        idea: "20 times as steep across as along: SGD zigzags from wall to wall, Adam glides.",
        source: "Saitoh 2016, Deep Learning from Scratch, section 6.1",
        x: Range::new(-8.0, 8.0),
        y: Range::new(-3.0, 3.0),
        start: Point::new(-7.0, 2.0),
        steps: 30,
        optimizers: &[("sgd", 0.95), ("momentum", 0.1), ("adagrad", 1.5), ("adam", 0.3)],
        minima: &[global(0.0, 0.0)],
        value: |Point { x, y }| x * x / 20.0 + y * y,
        gradient: |Point { x, y }| Point::new(x / 10.0, 2.0 * y),
    },
    Surface {
        name: "rosenbrock",
        formula: "(1 − x)² + 100 (y − x²)²",
        idea: "A bent valley with a nearly flat floor: found quickly, followed slowly.",
        source: "Rosenbrock 1960, An automatic method for finding the greatest or least value of a function, \
                 Comput. J. 3(3):175–184",
        x: Range::new(-2.0, 2.0),
        y: Range::new(-1.0, 3.0),
        start: Point::new(-1.2, 1.0),
        steps: 300,
        optimizers: &[("sgd", 0.001), ("momentum", 0.0005), ("adagrad", 0.3), ("adam", 0.05)],
        minima: &[global(1.0, 1.0)],
        value: |Point { x, y }| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
        gradient: |Point { x, y }| {
            let off_floor = y - x * x;
            Point::new(-2.0 * (1.0 - x) - 400.0 * x * off_floor, 200.0 * off_floor)
        },
    },
    Surface {
        name: "beale",
        formula: "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
        idea: "A plain between steep corners: a rate that is safe there crawls on the plain.",
        source: "Beale 1958, On an iterative method for finding a local minimum of a function of more than one \
                 variable",
        x: Range::new(-4.5, 4.5),
        y: Range::new(-4.5, 4.5),
        start: Point::new(1.0, 1.0),
        steps: 200,
        optimizers: &[("sgd", 0.02), ("momentum", 0.005), ("adagrad", 0.5), ("adam", 0.1)],
        minima: &[global(3.0, 0.5)],
        value: |Point { x, y }| {
            let [a, b, c] = beale_terms(x, y);
            a * a + b * b + c * c
        },
        gradient: |Point { x, y }| {
            let [a, b, c] = beale_terms(x, y);
            Point::new(
                2.0 * (a * (y - 1.0) + b * (y * y - 1.0) + c * (y * y * y - 1.0)),
                2.0 * x * (a + 2.0 * b * y + 3.0 * c * y * y),
            )
        },
    },
    Surface {
        name: "himmelblau",
        formula: "(x² + y − 11)² + (x + y² − 7)²",
        idea: "Four minima, all of them 0: start and rate decide which one is found.",
        source: "Himmelblau 1972, Applied Nonlinear Programming",
        x: Range::new(-6.0, 6.0),
        y: Range::new(-6.0, 6.0),
        start: Point::new(0.0, 0.0),
        steps: 60,
        optimizers: &[("sgd", 0.01), ("momentum", 0.005), ("adagrad", 0.8), ("adam", 0.3)],
        minima: &[
            global(3.0, 2.0),
            global(-2.805_118_086_952_745, 3.131_312_518_250_573),
            global(-3.779_310_253_377_747, -3.283_185_991_286_169_6),
            global(3.584_428_340_330_491_7, -1.848_126_526_964_403_6),
        ],
        value: |Point { x, y }| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
        gradient: |Point { x, y }| {
            let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
            Point::new(4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b)
        },
    },
    Surface {
        name: "saddle",
        formula: "x² − y²",
        idea: "SGD all but rests where it is level; adaptive rates leave sideways at once.",
        source: "Dauphin et al. 2014, Identifying and attacking the saddle point problem in high-dimensional \
                 non-convex \
                 optimization, NeurIPS, arXiv:1406.2572",
        x: Range::new(-3.0, 3.0),
        y: Range::new(-2.0, 2.0),
        start: Point::new(-2.5, 0.001),
        steps: 60,
        optimizers: &[("sgd", 0.05), ("momentum", 0.02), ("adagrad", 0.3), ("adam", 0.1)],
        minima: &[],
        value: |Point { x, y }| x * x - y * y,
        gradient: |Point { x, y }| Point::new(2.0 * x, -2.0 * y),
    },
    Surface {
        name: "wells",
        formula: "(x² − 1)² + 0.3 x + y²",
        idea: "Two wells, the left one deeper: SGD stays in the right, momentum rolls on.",
        source: "the tilted double well, on which Kramers 1940, Brownian motion in a field of force and the diffusion \
                 model of chemical reactions, Physica 7(4):284–304, asks how soon noise leads over the barrier",
        x: Range::new(-2.0, 2.0),
        y: Range::new(-1.5, 1.5),
        start: Point::new(1.7, 1.0),
        steps: 60,
        optimizers: &[("sgd", 0.05), ("momentum", 0.02), ("adagrad", 0.3), ("adam", 0.1)],
        minima: &[global(-1.035_578_714_088_854_2, 0.0), local(0.960_149_555_519_105_9, 0.0)],
        value: |Point { x, y }| (x * x - 1.0).powi(2) + TILT * x + y * y,
        gradient: |Point { x, y }| Point::new(4.0 * x * (x * x - 1.0) + TILT, 2.0 * y),
    },
];

/// What Beale's function squares and adds up.
fn beale_terms(x: f64, y: f64) -> [f64; 3] {
    [1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y]
}
