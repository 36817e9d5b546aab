//! A request and its answer: the parts that have arrived so far. Long bodies are cut.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use parking_lot::{Mutex, MutexGuard};
use url::Url;

use crate::budget::{Budget, Share};
use crate::fault;

/// The most bytes of a text body that are kept.
pub(super) const MOST_TEXT: usize = 64 << 10;
/// The most bytes of any other body that are kept: enough to recognise its format.
const MOST_BINARY: usize = 64;

/// A request and its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) id: u64,
    pub(super) began: Instant,
    pub(super) request: RequestHead,
    /// The sequence number of its last change.
    pub(super) changed: AtomicU64,
    progress: Mutex<Progress>,
    _share: Share,
}

/// The head of a request.
#[derive(Debug)]
pub(super) struct RequestHead {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// The target URL of a proxied request.
    pub(super) target: Option<Url>,
    pub(super) call: fault::Call,
    /// The endpoint of the request. `None` if it is not known.
    pub(super) endpoint: Option<String>,
    /// The path of the file that the request uploads or downloads. The record has none of the file's bytes.
    pub(super) file: Option<String>,
}

/// The parts of an exchange that change while it goes on.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) request: Capture,
    pub(super) answer: Option<Answer>,
    /// Whether a fault struck the request.
    pub(super) is_struck: bool,
    /// When and how it ended.
    pub(super) end: Option<(Duration, Ending)>,
    /// The time of the last report to the pages.
    told: Instant,
}

/// An answer that has begun.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The time from the start of the request to the start of the answer.
    pub(super) after: Duration,
    pub(super) body: Capture,
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Whole,
    /// The answer broke off.
    Cut,
    /// The connection was dropped in place of an answer.
    Dropped,
    /// The caller left before the answer was whole.
    CallerLeft,
}

impl Ending {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cut => "cut",
            Self::Dropped => "dropped",
            Self::CallerLeft => "left",
        }
    }
}

/// One of the two bodies of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

/// The length of a body, and its beginning.
#[derive(Debug)]
pub(super) struct Capture {
    pub(super) bytes: u64,
    pub(super) start: Vec<u8>,
    most: usize,
    share: Share,
}

impl Capture {
    fn new(headers: &HeaderMap, budget: &Arc<Budget>) -> Self {
        let most = if is_text(headers.get(CONTENT_TYPE)) {
            MOST_TEXT
        } else {
            MOST_BINARY
        };
        Self {
            bytes: 0,
            start: Vec::new(),
            most,
            share: Share::none(budget),
        }
    }

    fn add(&mut self, data: &[u8]) {
        self.bytes += data.len() as u64;
        let room = self.most.saturating_sub(self.start.len());
        let kept = data.get(..room.min(data.len())).unwrap_or_default();
        self.start.extend_from_slice(kept);
        self.share.grow_anyway(kept.len() as u64);
    }

    /// Whether the body is longer than the kept part.
    pub(super) fn is_cut(&self) -> bool {
        self.bytes > self.start.len() as u64
    }
}

/// Whether a body of this type is text. A body without a type may be text.
fn is_text(kind: Option<&HeaderValue>) -> bool {
    let Some(kind) = kind else { return true };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || kind.ends_with("json")
        || kind.ends_with("xml")
        || matches!(
            kind,
            "application/x-www-form-urlencoded" | "application/javascript"
        )
}

impl Exchange {
    pub(super) fn new(id: u64, request: RequestHead, budget: &Arc<Budget>) -> Self {
        let began = Instant::now();
        let body = Capture::new(&request.headers, budget);
        let mut share = Share::none(budget);
        share.grow_anyway((weight(&request.headers) + request.uri.path().len()) as u64);
        Self {
            id,
            began,
            request,
            changed: AtomicU64::new(0),
            progress: Mutex::new(Progress {
                request: body,
                answer: None,
                is_struck: false,
                end: None,
                told: began,
            }),
            _share: share,
        }
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock()
    }

    /// Records the start of the answer.
    pub(super) fn note_answer(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        budget: &Arc<Budget>,
    ) {
        let mut body = Capture::new(headers, budget);
        body.share.grow_anyway(weight(headers) as u64);
        self.progress().answer = Some(Answer {
            status,
            headers: headers.clone(),
            after: self.began.elapsed(),
            body,
        });
    }

    /// Records that a fault struck the request.
    pub(super) fn mark_struck(&self) {
        self.progress().is_struck = true;
    }

    /// Records a piece of a body. `true` if the last report to the pages was `tell_every` or longer ago.
    pub(super) fn pass(&self, side: Side, data: &[u8], tell_every: Duration) -> bool {
        let mut progress = self.progress();
        match (side, &mut progress.answer) {
            (Side::Request, _) => progress.request.add(data),
            (Side::Answer, Some(answer)) => answer.body.add(data),
            (Side::Answer, None) => {}
        }
        let is_due = progress.told.elapsed() >= tell_every;
        if is_due {
            progress.told = Instant::now();
        }
        is_due
    }

    /// Records the end of the exchange. Only the first call counts; `true` if this was the first.
    pub(super) fn finish(&self, ending: Ending) -> bool {
        let mut progress = self.progress();
        let is_first = progress.end.is_none();
        if is_first {
            progress.end = Some((self.began.elapsed(), ending));
        }
        is_first
    }
}

fn weight(headers: &HeaderMap) -> usize {
    let fields = headers.iter();
    fields
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(kind: Option<&'static str>, budget: &Arc<Budget>) -> Capture {
        let kind = kind.map(|kind| (CONTENT_TYPE, HeaderValue::from_static(kind)));
        Capture::new(&HeaderMap::from_iter(kind), budget)
    }

    #[test]
    fn text_is_kept_up_to_a_bound_and_its_length_is_known() {
        let budget = Budget::new(u64::MAX, 0);
        for kind in [
            None,
            Some("application/json; charset=utf-8"),
            Some("text/event-stream"),
        ] {
            let mut capture = capture(kind, &budget);
            capture.add(&vec![b'x'; MOST_TEXT - 1]);
            assert!(!capture.is_cut());
            capture.add(b"yz");
            assert_eq!(
                (capture.bytes, capture.start.len()),
                (MOST_TEXT as u64 + 1, MOST_TEXT)
            );
            assert!(capture.is_cut());
        }
        assert_eq!(budget.used_bytes(), 0, "given back");
    }

    #[test]
    fn of_media_only_the_first_bytes_are_kept() {
        let budget = Budget::new(u64::MAX, 0);
        for kind in ["video/mp4", "image/png", "application/octet-stream"] {
            let mut capture = capture(Some(kind), &budget);
            capture.add(&vec![0; 1 << 20]);
            assert_eq!((capture.bytes, capture.start.len()), (1 << 20, MOST_BINARY));
            assert_eq!(budget.used_bytes(), MOST_BINARY as u64);
        }
    }
}
