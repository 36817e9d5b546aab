//! Building strings without `format!`: formatting code would cost the module kilobytes.

/// The parts, one after the other.
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Whether `part` occurs in `text`. The standard library's search is made for long texts,
/// and several times this size.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    let mut windows = text.as_bytes().windows(part.len().max(1));
    windows.any(|window| window == part.as_bytes())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod fuzz;
