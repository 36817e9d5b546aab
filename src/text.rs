//! Building strings without `format!`: formatting code would cost the module kilobytes.

/// The parts, one after the other.
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Where the first byte is that is wanted. The standard library's search is several times this
/// size, and once for each question.
#[inline(never)]
pub(crate) fn find(text: &str, is_wanted: fn(u8) -> bool) -> Option<usize> {
    text.as_bytes().iter().position(|byte| is_wanted(*byte))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod fuzz;
