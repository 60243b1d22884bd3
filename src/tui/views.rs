//! All views.

pub mod dynamics;
pub mod lesson;
pub mod path;
pub mod race;
pub mod surface;
pub mod zigzag;

use super::view::View;
use crate::board::Board;

/// The views of a race, in the order of their keys.
pub fn of_race(board: &Board) -> Vec<Box<dyn View>> {
    let [race, zigzag, path, dynamics, lesson]: [Box<dyn View>; 5] = [
        Box::new(race::RaceView::default()),
        Box::new(zigzag::ZigzagView::new(board.history.runs.len())),
        Box::new(path::PathView::default()),
        Box::new(dynamics::DynamicsView),
        Box::new(lesson::LessonView::default()),
    ];
    // Paths and weights are not in the files of a race.
    let of_weights = |view| Some(view).filter(|_| !board.is_recorded);
    let surface = surface::SurfaceView::beside(board).map(|view| Box::new(view) as Box<dyn View>);
    [Some(race), of_weights(zigzag), of_weights(path), Some(dynamics), surface, Some(lesson)]
        .into_iter()
        .flatten()
        .collect()
}
