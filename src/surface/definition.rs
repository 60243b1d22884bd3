//! What is known of a test function.

/// A place on a surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Horizontal coordinate.
    pub x: f64,
    /// Vertical coordinate.
    pub y: f64,
}

impl Point {
    /// The place at these coordinates.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

/// The values a coordinate may take, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The smallest.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

impl Range {
    /// From `low` to `high`.
    pub const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// Whether `value` lies within.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// How far it is from one end to the other.
    pub fn extent(self) -> f64 {
        self.high - self.low
    }
}

/// A minimum of a surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum {
    /// Where it is.
    pub at: Point,
    /// Whether no place of the surface lies lower.
    pub is_global: bool,
}

/// A function of two variables to be minimised.
#[derive(Debug)]
pub struct Surface {
    /// Its name on the command line.
    pub name: &'static str,
    /// The function, written out.
    pub formula: &'static str,
    /// What is to be seen on it, in a sentence.
    pub idea: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Horizontal range: what is drawn, and what a walk must not leave.
    pub x: Range,
    /// Vertical range, likewise.
    pub y: Range,
    /// Where walks begin by default.
    pub start: Point,
    /// How many steps they take by default.
    pub steps: u32,
    /// The optimizers that walk by default, each with a learning rate that suits the surface.
    pub optimizers: &'static [(&'static str, f64)],
    /// Its minima within the range, to the last digit of an `f64`.
    pub minima: &'static [Minimum],
    /// The function.
    pub value: fn(Point) -> f64,
    /// Its gradient: ∂f/∂x and ∂f/∂y.
    pub gradient: fn(Point) -> Point,
}

impl Surface {
    /// Whether `point` lies within the range of both coordinates.
    pub fn contains(&self, point: Point) -> bool {
        self.x.contains(point.x) && self.y.contains(point.y)
    }
}
