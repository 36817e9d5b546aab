//! Removes the secrets from URLs. Everything else stays as it was written.

use ::url::form_urlencoded;

use super::name::is_secret;

/// The text in place of a secret in a URL, where brackets are not allowed.
const IN_URL: &str = "redacted";

/// The query parameter with the URL of a webhook.
const WEBHOOK: &str = "fal_webhook";

/// Shorter segments of a webhook's path are taken for names, not secrets.
const SHORTEST_SECRET: usize = 16;

/// Redacts a URL, or a path and query. `text` redacts the values whose names are not those of secrets.
pub(super) fn redact(url: &str, text: &dyn Fn(&str) -> String) -> String {
    let (url, fragment) = split(url, '#');
    let (place, query) = split(url, '?');
    let mut shown = text(&without_user(place));
    if let Some(query) = query {
        shown = format!("{shown}?{}", redact_query(query, text));
    }
    match fragment {
        Some(fragment) => format!("{shown}#{}", redact_query(fragment, text)),
        None => shown,
    }
}

/// Redacts the URL of a webhook: its whole query, and the segments of its path that look like secrets.
pub(super) fn redact_webhook(url: &str) -> String {
    let (url, _) = split(url, '#');
    let (place, query) = split(url, '?');
    let place = without_user(place);
    let from = place.find("://").map_or(0, |at| at + 3);
    let (head, path) = place.split_at(from);
    let segments = path.split('/').enumerate().map(|(at, segment)| {
        if at > 0 && is_secret_segment(segment) {
            IN_URL
        } else {
            segment
        }
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let query = query.map(|query| {
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) => format!("{name}={IN_URL}"),
            None => IN_URL.to_owned(),
        });
        format!("?{}", pairs.collect::<Vec<_>>().join("&"))
    });
    format!("{head}{path}{}", query.unwrap_or_default())
}

/// Redacts the pairs of a query, each by its name, or by the content of its value.
pub(super) fn redact_query(query: &str, text: &dyn Fn(&str) -> String) -> String {
    let pairs = query.split('&').map(|pair| {
        let Some((written, value)) = pair.split_once('=') else {
            return pair.to_owned();
        };
        // Decoded first, as the receiver of the query decodes it.
        let Some((name, decoded)) = form_urlencoded::parse(pair.as_bytes()).next() else {
            return pair.to_owned();
        };
        if value.is_empty() {
            return pair.to_owned();
        }
        if is_secret(&name) {
            return format!("{written}={IN_URL}");
        }
        let shown = if name == WEBHOOK {
            redact_webhook(&decoded)
        } else {
            text(&decoded)
        };
        if shown == decoded {
            return pair.to_owned();
        }
        let encoded: String = form_urlencoded::byte_serialize(shown.as_bytes()).collect();
        format!("{written}={encoded}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Replaces a user name and password before the host.
fn without_user(place: &str) -> String {
    let Some((scheme, rest)) = place.split_once("://") else {
        return place.to_owned();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{IN_URL}@{host}{path}"),
        None => place.to_owned(),
    }
}

fn is_secret_segment(segment: &str) -> bool {
    let has = |is: fn(&u8) -> bool| segment.bytes().any(|byte| is(&byte));
    segment.len() >= SHORTEST_SECRET && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        redact(url, &str::to_owned)
    }

    #[test]
    fn signatures_and_tokens_go_and_the_rest_stays_as_written() {
        for (url, expected) in [
            (
                "/files/b/x?expires=1&signature=hush",
                "/files/b/x?expires=1&signature=redacted",
            ),
            (
                "https://a.example/x?a=%20b&fal%5Fjwt_token=hush",
                "https://a.example/x?a=%20b&fal%5Fjwt_token=redacted",
            ),
            (
                "https://me:hush@a.example/x",
                "https://redacted@a.example/x",
            ),
            ("/x#access_token=hush", "/x#access_token=redacted"),
            ("/x?token=&a", "/x?token=&a"),
            ("https://a.example/?q=a@b", "https://a.example/?q=a@b"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }

    #[test]
    fn of_a_webhook_the_host_and_the_names_stay() {
        assert_eq!(
            redact_webhook("https://hooks.example/services/T02HUSH/x9hushhushhushhush?secret=hush"),
            "https://hooks.example/services/T02HUSH/redacted?secret=redacted"
        );
        assert_eq!(
            redact_webhook("http://127.0.0.1:3000/hook"),
            "http://127.0.0.1:3000/hook"
        );
        let submit = "/a/b?fal_webhook=https%3A%2F%2Fa.example%2Fhook%3Fsecret%3Dhush";
        let expected = "/a/b?fal_webhook=https%3A%2F%2Fa.example%2Fhook%3Fsecret%3Dredacted";
        assert_eq!(shown(submit), expected);
    }
}
