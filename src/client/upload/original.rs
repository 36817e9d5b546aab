//! A file must not change while it goes up part by part: the stored one would be half old, half new. Chromium and `WebKit`
//! refuse to read a file that was changed since it was chosen; Firefox does not.

use web_sys::Blob;

use super::readable::{read, slice};
use crate::client::error::Error;

/// How much of each end of a part is compared, in bytes.
const SAMPLE_BYTES: f64 = 1_024.0;

/// The ends of each part, as they were when the upload began. A change between them is not seen.
pub(super) struct Original {
    samples: Vec<Vec<u8>>,
}

/// A stretch of a file, in bytes.
type Range = (f64, f64);

impl Original {
    /// Reads the ends of each of these parts.
    pub(super) async fn read(file: &Blob, parts: &[Range]) -> Result<Self, Error> {
        let mut samples = Vec::new();
        for part in parts {
            samples.push(read_ends(file, *part).await?);
        }
        Ok(Self { samples })
    }

    /// Fails if the part at this index, from 0, is not as it was.
    pub(super) async fn check(&self, file: &Blob, index: usize, part: Range) -> Result<(), Error> {
        let now = read_ends(file, part).await.ok();
        if now.as_ref() == self.samples.get(index) {
            return Ok(());
        }
        let problem = "changed while it was sent: it would be stored half old, half new";
        Err(Error::argument("file", problem))
    }
}

async fn read_ends(file: &Blob, part: Range) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for (start, end) in ends(part) {
        bytes.extend(read(&slice(file, start, end)?).await?);
    }
    Ok(bytes)
}

/// The two ends of a part. They may overlap.
fn ends((start, end): Range) -> [Range; 2] {
    [
        (start, end.min(start + SAMPLE_BYTES)),
        (start.max(end - SAMPLE_BYTES), end),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_lie_within_their_part() {
        assert_eq!(ends((0.0, 5_000.0)), [(0.0, 1_024.0), (3_976.0, 5_000.0)]);
        assert_eq!(
            ends((5_000.0, 5_010.0)),
            [(5_000.0, 5_010.0), (5_000.0, 5_010.0)]
        );
    }
}
