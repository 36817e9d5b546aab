//! Parts of files. This module parses the `Range` header by RFC 9110 §14.2. It removes headers that must be ignored, and
//! rewrites the others in one form that the file service understands.

use std::convert::Infallible;

use axum::BoxError;
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, ETAG, IF_RANGE, LAST_MODIFIED, RANGE};
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use axum::response::Response;
use bytes::Bytes;
use tower::{Service, ServiceExt};

/// A range beyond the end of every file.
const BEYOND: &str = "bytes=4611686018427387904-";

/// Answers a GET or HEAD from `files`. If the request has a valid range, the answer is that part of the file.
pub(crate) async fn serve<S, B>(files: S, mut request: Request<Body>) -> Response
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    if request.headers().contains_key(RANGE) {
        let mut head = Request::new(Body::empty());
        *head.method_mut() = Method::HEAD;
        *head.uri_mut() = request.uri().clone();
        let Ok(whole) = files.clone().oneshot(head).await;
        tidy(&mut request, whole.headers());
    }
    let Ok(served) = files.oneshot(request).await;
    served.map(Body::new)
}

/// Rewrites or removes the `Range` header. It stays only if it is one range of bytes, and the method is GET. A request
/// for several ranges gets the whole file, which the RFC allows. `whole` has the headers of the whole file.
fn tidy(request: &mut Request<Body>, whole: &HeaderMap) {
    let range = match *request.method() {
        Method::GET if is_unchanged(request.headers(), whole) => {
            length(whole).and_then(|length| read_range(request.headers(), length))
        }
        _ => None,
    };
    let headers = request.headers_mut();
    headers.remove(RANGE);
    let range = range.and_then(|range| HeaderValue::from_str(&range).ok());
    headers.extend(range.map(|range| (RANGE, range)));
}

/// Whether the file is still the one that `If-Range` names, so that its parts fit those that the caller has
/// (RFC 9110 §13.1.5).
fn is_unchanged(asked: &HeaderMap, whole: &HeaderMap) -> bool {
    let Some(named) = asked.get(IF_RANGE) else {
        return true;
    };
    // A weak tag matches neither, as the server sends only strong ones.
    [ETAG, LAST_MODIFIED]
        .iter()
        .any(|name| whole.get(name) == Some(named))
}

/// The length of a file in bytes. `None` for an empty file, which has no parts.
fn length(whole: &HeaderMap) -> Option<u64> {
    let length = whole.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
    length.filter(|length| *length > 0)
}

/// The requested range of a file of `length` bytes, rewritten. `None` if the header must be ignored.
fn read_range(headers: &HeaderMap, length: u64) -> Option<String> {
    let mut values = headers.get_all(RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (unit, set) = value.to_str().ok()?.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    // Empty elements of a list are ignored (RFC 9110 §5.6.1.2).
    let ranges = set.split(',').map(|range| range.trim_matches([' ', '\t']));
    let mut ranges = ranges.filter(|range| !range.is_empty());
    let (Some(range), None) = (ranges.next(), ranges.next()) else {
        return None;
    };
    one(range, length)
}

/// Rewrites one range so that it begins with its first byte, with numbers that cannot overflow. `None` if it is not a
/// range.
fn one(range: &str, length: u64) -> Option<String> {
    let (first, last) = range.split_once('-')?;
    if !is_digits(first) || !is_digits(last) {
        return None;
    }
    match (first, last) {
        ("", "") => None,
        ("", suffix) => Some(match number(suffix) {
            0 => BEYOND.to_owned(),
            suffix => format!("bytes={}-", length.saturating_sub(suffix)),
        }),
        (first, "") => Some(format!("bytes={}-", number(first))),
        (first, last) => {
            let (first, last) = (number(first), number(last));
            (first <= last).then(|| format!("bytes={first}-{last}"))
        }
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Parses digits. A number that is too large is replaced by [`LARGEST`], as both are beyond the end of any file.
fn number(digits: &str) -> u64 {
    digits
        .parse()
        .map_or(LARGEST, |number: u64| number.min(LARGEST))
}

/// A number larger than any file, to which more can be added without overflow.
const LARGEST: u64 = 1 << 62;

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    /// The `Range` header after `tidy`, for a file of ten bytes.
    fn tidied(method: Method, ranges: &[&str]) -> Option<String> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        for range in ranges {
            let range = HeaderValue::from_str(range).expect("a value");
            request.headers_mut().append(RANGE, range);
        }
        let whole = HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from_static("10"))]);
        tidy(&mut request, &whole);
        let range = request.headers().get(RANGE)?;
        Some(range.to_str().expect("text").to_owned())
    }

    #[test]
    fn one_range_of_bytes_is_left_and_written_plainly() {
        for (asked, left) in [
            ("bytes=0-1", "bytes=0-1"),
            ("BYTES=0-1", "bytes=0-1"),
            ("bytes=5-", "bytes=5-"),
            ("bytes=-3", "bytes=7-"),
            ("bytes=-99", "bytes=0-"),
            ("bytes=-0", BEYOND),
            ("bytes= 0-1 ,, ", "bytes=0-1"),
            ("bytes=007-010", "bytes=7-10"),
            (
                "bytes=0-99999999999999999999",
                "bytes=0-4611686018427387904",
            ),
            ("bytes=99999999999999999999-", BEYOND),
        ] {
            assert_eq!(
                tidied(Method::GET, &[asked]).as_deref(),
                Some(left),
                "{asked}"
            );
        }
    }

    #[test]
    fn what_is_to_be_ignored_is_gone() {
        for asked in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=1-0",
            "bytes=a-b",
            "bytes=0-1-2",
            "bytes=+0-1",
            "bytes=0 - 1",
            "bytes =0-1",
            "items=0-1",
            "none",
            // For several ranges, the whole file is served.
            "bytes=0-1,3-4",
            "bytes=0-1,x",
        ] {
            assert_eq!(tidied(Method::GET, &[asked]), None, "{asked}");
        }
        assert_eq!(tidied(Method::GET, &["bytes=0-1", "bytes=0-1"]), None);
        assert_eq!(tidied(Method::HEAD, &["bytes=0-1"]), None);
    }
}
