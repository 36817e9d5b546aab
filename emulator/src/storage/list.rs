//! Compares the list that completes an upload in parts with the stored parts (protocol §9.3). The service was seen to
//! complete an upload without some of its parts. So does the emulator, if the list leaves them out: a client has to list
//! every part, and to compare the size of the stored file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pending::Part;

/// The most parts of a file, as in other object stores.
pub(super) const MOST_PARTS: u32 = 10_000;

/// The body of the call that completes an upload.
#[derive(Debug, Deserialize)]
pub(super) struct List {
    parts: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    part_number: u32,
    etag: String,
}

impl List {
    /// The number and tag of each part, sorted by number, as the Python client lists parts in the order in which their
    /// uploads ended. A tag has quotes if the client read it from a header, and none if it read it from a body. The
    /// quotes are removed.
    pub(super) fn entries(&self) -> Vec<(u32, String)> {
        let entry = |listed: &Listed| (listed.part_number, unquoted(&listed.etag).to_owned());
        let mut entries: Vec<_> = self.parts.iter().map(entry).collect();
        entries.sort_unstable_by_key(|(number, _)| *number);
        entries
    }
}

fn unquoted(etag: &str) -> &str {
    etag.trim_matches('"')
}

/// The mistake in the list, in words for its sender. `None` if the list is right.
pub(super) fn problem(entries: &[(u32, String)], parts: &BTreeMap<u32, Part>) -> Option<String> {
    if entries.is_empty() {
        return Some("The list of parts is empty: list every part that was sent".to_owned());
    }
    let twice = |pair: &&[(u32, String)]| matches!(pair, [one, next] if one.0 == next.0);
    if let Some([(number, _), ..]) = entries.windows(2).find(twice) {
        return Some(format!(
            "Part {number} is listed twice: list each part once"
        ));
    }
    for (number, etag) in entries {
        match parts.get(number) {
            None => return Some(format!("Part {number} was not sent: PUT it first")),
            Some(part) if part.etag != *etag => {
                return Some(format!(
                    "The etag of part {number} is not the one that its PUT was answered with"
                ));
            }
            Some(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod fuzz;
