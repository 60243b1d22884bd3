//! Few points of a space with very many coordinates: snapshots of a network's weights.

use std::collections::HashSet;
use std::sync::Arc;

use super::eigen::two_largest;
use super::plane::{Plane, Spot};
use super::vectors::product_from;

/// Points, with the products of every two of them: a new point needs only its own to be computed.
///
/// The plane that best shows them comes from the eigenvectors of the matrix of products (the Gram matrix), which has
/// a row for each point and not for each of their coordinates: what PCA of few points in many coordinates is computed
/// from (as scikit-learn's and NumPy's singular value decomposition is equivalent to).
#[derive(Debug, Default)]
pub struct Cloud {
    points: Vec<Arc<[f32]>>,
    /// ⟨x − first, y − first⟩ of every two points, `[points][points]`.
    products: Vec<f64>,
}

impl Cloud {
    /// Drops every point that is not one of `wanted` (the same in memory), or all of them if the first is not wanted,
    /// as the products are taken from there.
    pub fn keep(&mut self, wanted: &[Arc<[f32]>]) {
        let addresses: HashSet<*const f32> = wanted.iter().map(|point| point.as_ptr()).collect();
        let mut kept: Vec<usize> = (0..self.points.len()).collect();
        kept.retain(|&index| addresses.contains(&self.points[index].as_ptr()));
        if kept.first() != Some(&0) {
            kept.clear();
        }
        let count = self.points.len();
        let products = kept.iter().flat_map(|&row| kept.iter().map(move |&column| row * count + column));
        self.products = products.map(|place| self.products[place]).collect();
        self.points = kept.iter().map(|&index| Arc::clone(&self.points[index])).collect();
    }

    /// Adds a point, of as many coordinates as the others. The first is the start of all ways: [`Cloud::plane`] has it
    /// at (0, 0).
    pub fn push(&mut self, point: Arc<[f32]>) {
        let count = self.points.len();
        self.points.push(point);
        let (first, new) = (&self.points[0], &self.points[count]);
        let row: Vec<f64> = self.points.iter().map(|other| product_from(first, new, other)).collect();
        let mut products = Vec::with_capacity((count + 1) * (count + 1));
        for (old, &product) in self.products.chunks_exact(count.max(1)).zip(&row) {
            products.extend_from_slice(old);
            products.push(product);
        }
        products.extend(row);
        self.products = products;
    }

    /// The points, the first of all ways first.
    pub fn points(&self) -> &[Arc<[f32]>] {
        &self.points
    }

    /// The plane that best shows the points, its (0, 0) below the first of them; its axes lie as near as can be to
    /// those of `previous`, as in [`Plane::of_points`]. `None` where there are no points.
    pub fn plane(&self, previous: Option<&Plane>) -> Option<Plane> {
        let first = self.points.first()?;
        let centred = self.centred();
        let count = self.points.len();
        let total: f64 = centred.iter().step_by(count + 1).sum();
        let mut mean = vec![0.0; first.len()];
        for point in &self.points {
            add(&mut mean, 1.0 / count as f64, point);
        }
        let direction = |shares: &[f64]| {
            let mut axis = vec![0.0; first.len()];
            // The shares add up to 0, but not exactly: without the mean nothing is lost to that.
            for (point, &share) in self.points.iter().zip(shares) {
                let shifted = point.iter().zip(&mean).map(|(&value, mean)| f64::from(value) - mean);
                axis.iter_mut().zip(shifted).for_each(|(sum, value)| *sum += share * value);
            }
            axis
        };
        let plane = Plane::from_products(two_largest(&centred, count), total, direction, mean.clone());
        Some(plane.steadied(previous).centred_below(first))
    }

    /// The share of the points' variance along each axis of a plane, 0 to 1, given where the plane shows them.
    pub fn shown(&self, spots: &[Spot]) -> [f64; 2] {
        let total: f64 = self.centred().iter().step_by(self.points.len() + 1).sum();
        let variance = |value: fn(&Spot) -> f64| {
            let mean = spots.iter().map(value).sum::<f64>() / spots.len() as f64;
            spots.iter().map(|spot| (value(spot) - mean).powi(2)).sum::<f64>()
        };
        [variance(|spot| spot.x), variance(|spot| spot.y)].map(|along| if total > 0.0 { along / total } else { 0.0 })
    }

    /// ⟨x − mean, y − mean⟩ of every two points.
    fn centred(&self) -> Vec<f64> {
        let count = self.points.len();
        let means: Vec<f64> =
            self.products.chunks_exact(count.max(1)).map(|row| row.iter().sum::<f64>() / count as f64).collect();
        let mean = means.iter().sum::<f64>() / count as f64;
        let rows = self.products.chunks_exact(count.max(1)).zip(&means);
        rows.flat_map(|(row, of_row)| row.iter().zip(&means).map(move |(p, of_column)| p - of_row - of_column + mean))
            .collect()
    }
}

fn add(sum: &mut [f64], share: f64, values: &[f32]) {
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += share * f64::from(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(points: &[Arc<[f32]>]) -> Cloud {
        let mut cloud = Cloud::default();
        points.iter().for_each(|point| cloud.push(Arc::clone(point)));
        cloud
    }

    #[test]
    fn points_that_come_and_go_have_the_products_of_all_at_once() {
        let point = |seed: usize| -> Arc<[f32]> { (0..40).map(|i| ((i * seed * 7 + seed) % 11) as f32).collect() };
        let points: Vec<Arc<[f32]>> = (1..9).map(point).collect();
        let mut changed = cloud(&points[..5]);
        let wanted = [0, 2, 4, 5, 7].map(|index| Arc::clone(&points[index]));
        changed.keep(&wanted);
        assert_eq!(changed.points().len(), 3);
        wanted[3..].iter().for_each(|point| changed.push(Arc::clone(point)));
        assert_eq!(changed.products, cloud(&wanted).products);
        changed.keep(&wanted[1..]);
        assert!(changed.points().is_empty() && changed.products.is_empty(), "without the first they count no more");
    }
}
