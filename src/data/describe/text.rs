//! A dataset's description for a person.

use std::io::{self, Write};

use super::{Description, Picture};

/// How many columns a picture with its gap takes at least, and how many pictures are side by side at most: on 80
/// columns, five images of 28 pixels at half their size.
const PICTURE_COLUMNS: usize = 15;
const SIDE_BY_SIDE: usize = 5;

/// Classes whose names are longer are cut off in the table, so that it fits 80 columns.
const LONGEST_NAME: usize = 40;

pub(super) fn write(what: &Description, out: &mut impl Write, color: bool, columns: usize) -> io::Result<()> {
    let Description { name, height, width, classes, .. } = what;
    let class = if *classes == 1 { "class" } else { "classes" };
    writeln!(out, "{name}: greyscale images of {height}×{width} pixels in {classes} {class}\n")?;
    write_counts(what, out)?;
    write_hashes(what, out)?;
    write_pictures(&what.pictures, out, color, columns)
}

/// A line per class: its name and how often it is in each part.
fn write_counts(what: &Description, out: &mut impl Write) -> io::Result<()> {
    let names: Vec<String> = what.class_names.iter().map(|name| name.chars().take(LONGEST_NAME).collect()).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("class".len());
    let parts = [&what.train, &what.val, &what.test];
    writeln!(out, "label  {:longest$}  {:>11}  {:>11}  {:>11}", "class", "train", "val", "test")?;
    for (label, name) in names.iter().enumerate() {
        let [train, val, test] = parts.map(|part| thousands(part.class_counts[label]));
        writeln!(out, "{label:>5}  {name:longest$}  {train:>11}  {val:>11}  {test:>11}")?;
    }
    let [train, val, test] = parts.map(|part| thousands(part.samples));
    writeln!(out, "{:>5}  {:longest$}  {train:>11}  {val:>11}  {test:>11}\n", "", "all")
}

fn write_hashes(what: &Description, out: &mut impl Write) -> io::Result<()> {
    let split = &what.split;
    writeln!(out, "split: {} of the training samples validate, seed {}", split.val_fraction, split.seed)?;
    writeln!(out, "  sha256 {}", split.sha256)?;
    for file in &what.files {
        writeln!(out, "{}: {} bytes", file.name, thousands(file.bytes as usize))?;
        writeln!(out, "  sha256 {}", file.sha256)?;
    }
    Ok(())
}

/// The pictures, several side by side under their titles.
fn write_pictures(pictures: &[Picture], out: &mut impl Write, color: bool, columns: usize) -> io::Result<()> {
    let side_by_side = ((columns + 1) / PICTURE_COLUMNS).clamp(1, SIDE_BY_SIDE);
    let room = ((columns + 1) / side_by_side).saturating_sub(1).max(1);
    for row in pictures.chunks(side_by_side) {
        let drawings: Vec<_> = row.iter().map(|picture| picture.draw(color, room)).collect();
        writeln!(out)?;
        let titles = row.iter().map(|picture| {
            let title: String = picture.title.chars().take(room).collect();
            format!("{title:room$}")
        });
        writeln!(out, "{}", titles.collect::<Vec<_>>().join(" ").trim_end())?;
        for line in 0..drawings.iter().map(|drawing| drawing.lines.len()).max().unwrap_or(0) {
            let mut text = String::new();
            for drawing in &drawings {
                text.push_str(&drawing.lines[line]);
                text.push_str(&" ".repeat(room - drawing.columns + 1));
            }
            writeln!(out, "{}", text.trim_end())?;
        }
    }
    Ok(())
}

/// A number with a comma between its thousands.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 48_000, 26_421_880].map(thousands), ["0", "999", "1,000", "48,000", "26,421,880"]);
    }
}
