//! Numbers in few characters.

use crate::text::grouped;

/// What stands for a number that is not there.
pub const NONE: &str = "-";

/// A number of any size in at most 7 characters.
pub fn compact(value: f32) -> String {
    let size = value.abs();
    match size {
        _ if !value.is_finite() => NONE.to_owned(),
        0.0 => "0".to_owned(),
        _ if size < 0.001 => format!("{value:.1e}"),
        _ if size < 0.1 => format!("{value:.4}"),
        _ if size < 10.0 => format!("{value:.3}"),
        _ if size < 100.0 => format!("{value:.2}"),
        _ if size < 1000.0 => format!("{value:.1}"),
        _ if size < 100_000.0 => format!("{value:.0}"),
        _ => format!("{value:.0e}"),
    }
}

/// A loss.
pub fn loss(value: f32) -> String {
    let text = if value.is_finite() && value.abs() < 10.0 { format!("{value:.3}") } else { compact(value) };
    if text == "0.000" && value > 0.0 { format!("{value:.0e}") } else { text }
}

/// A share of 1.
pub fn share(value: f32) -> String {
    if value.is_finite() { format!("{value:.3}") } else { NONE.to_owned() }
}

/// A time of any length in at most 6 characters.
pub fn duration(seconds: f64) -> String {
    match seconds {
        _ if !seconds.is_finite() => NONE.to_owned(),
        _ if seconds < 999.5e-6 => format!("{:.0} µs", seconds * 1e6),
        _ if seconds < 9.95e-3 => format!("{:.1} ms", seconds * 1e3),
        _ if seconds < 0.9995 => format!("{:.0} ms", seconds * 1e3),
        _ if seconds < 99.95 => format!("{seconds:.1} s"),
        _ if seconds < 9999.5 => format!("{seconds:.0} s"),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

/// A rate of samples a second, rounded so that it can be read while it changes.
pub fn rate(per_second: f64) -> String {
    let unit = match per_second {
        _ if per_second < 1000.0 => 1.0,
        _ if per_second < 10_000.0 => 100.0,
        _ => 1000.0,
    };
    grouped(((per_second / unit).round() * unit) as u64)
}

/// `text`, cut with an ellipsis where it is longer than `width` characters.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    if width == 0 { kept } else { kept + "…" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let values = [0.0, 1e-12, 0.00456, 0.0912, 0.5, 2.345_67, 23.4567, 234.567, 23_456.7, 3.1e7, 3.4e38, f32::NAN];
        insta::assert_snapshot!(values.map(|v| format!("{} {}", compact(v), loss(v))).join("\n"));
        let times = [0.0, 9.2e-5, 9.996e-4, 0.00123, 0.0456, 0.9999, 12.34, 345.6, 3456.0, 36_000.0, f64::NAN];
        insta::assert_snapshot!(times.map(duration).join("\n"));
        assert_eq!([12.0, 1234.0, 312_345.0].map(rate), ["12", "1,200", "312,000"]);
        assert_eq!(
            (cut("Momentum", 8), cut("Momentum", 5), cut("", 0)),
            ("Momentum".into(), "Mome…".into(), "".into())
        );
    }
}
