//! From pixels, which are bytes, to numbers.

/// What the network sees of each pixel: pixel ÷ 255.
pub const PIXEL_TO_UNIT: [f32; 256] = {
    let mut units = [0.0; 256];
    let mut pixel = 0;
    while pixel < 256 {
        units[pixel] = pixel as f32 / 255.0;
        pixel += 1;
    }
    units
};
