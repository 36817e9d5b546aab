//! Tells the user's own programs and pages from strangers. Only the former may spend the key, use
//! the control routes, and have webhooks sent to this machine. The user's own are the programs of
//! this machine, the emulator's page, and the pages and machines that the command line lets in.
//! Strangers are all other pages in a browser here, and all other machines.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::{FORWARDED, ORIGIN, REFERER};
use axum::http::request::Parts;
use url::{Host, Url};

use super::notices::Notices;
use crate::options::Options;
use crate::protocol::{ApiError, Caller, Origin};

/// The text for an address that cannot be read.
const UNKNOWN: &str = "an unknown address";

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    /// The address it was accepted on.
    pub(crate) here: IpAddr,
    /// The address of the other side.
    pub(crate) peer: IpAddr,
}

/// Decides which callers are trusted.
#[derive(Debug, Clone)]
pub(crate) struct Guard(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    /// The address that the emulator listens on.
    address: SocketAddr,
    /// The origins whose pages are trusted, beside the emulator's own.
    allowed: Vec<Url>,
    /// Whether other machines are trusted.
    is_network_allowed: bool,
    /// The path that spends a key, if there is one.
    spending_path: Option<&'static str>,
    notices: Notices,
}

/// The reason why a caller is a stranger.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stranger {
    /// It is on another machine, with this address.
    Machine(String),
    /// It sent the request to this origin, which may not be the emulator's own. DNS rebinding causes such requests.
    Name(String),
    /// It is a page of another origin, or of the origin `null`.
    Page(String),
}

/// A use of the emulator that is refused to strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Spending,
    Steering,
}

impl Guard {
    /// `spending_path` is the path that spends a key.
    pub(crate) fn new(
        options: &Options,
        address: SocketAddr,
        spending_path: Option<&'static str>,
    ) -> Self {
        Self(Arc::new(Rules {
            address,
            allowed: options.allow_origins.clone(),
            is_network_allowed: options.allow_network,
            spending_path,
            notices: Notices::default(),
        }))
    }

    /// The sender of a request.
    pub(crate) fn caller(&self, request: &Parts) -> Caller {
        match self.judge(request) {
            Ok(()) => Caller::Trusted,
            Err(_) => Caller::Stranger,
        }
    }

    /// Refuses strangers access to the path that spends a key.
    pub(super) fn check_spending(&self, request: &Parts) -> Result<(), ApiError> {
        let path = request.uri.path().trim_end_matches('/');
        if self.0.spending_path != Some(path) {
            return Ok(());
        }
        let judged = self.judge(request);
        judged.map_err(|stranger| self.refuse(&stranger, Use::Spending))
    }

    /// Refuses strangers and all other machines access to the control routes.
    pub(crate) fn check_steering(&self, request: &Parts) -> Result<(), ApiError> {
        let judged = match other_machine(request) {
            Some(machine) => Err(Stranger::Machine(machine)),
            None => self.judge(request),
        };
        judged.map_err(|stranger| self.refuse(&stranger, Use::Steering))
    }

    /// A text that tells the user which callers may spend the key.
    pub(crate) fn spenders(&self) -> String {
        let programs = if self.0.is_network_allowed {
            "every program that reaches this address (--allow-network)"
        } else {
            "programs on this machine"
        };
        let pages = self.0.allowed.iter().map(|url| {
            let origin = url.origin().ascii_serialization();
            let host = origin.split_once("://").map_or("", |(_, host)| host);
            format!("pages of {host}")
        });
        let own = [programs.to_owned(), "its page".to_owned()];
        let spenders: Vec<_> = own.into_iter().chain(pages).collect();
        let spenders = spenders.join(", ");
        if self.0.is_network_allowed || self.0.address.ip().is_loopback() {
            return spenders;
        }
        format!("{spenders}; no other machine (--allow-network lets them)")
    }

    fn refuse(&self, stranger: &Stranger, what: Use) -> ApiError {
        self.0.notices.show(&stranger.notice(what));
        ApiError::Forbidden(stranger.reason(what))
    }

    fn judge(&self, request: &Parts) -> Result<(), Stranger> {
        if let Some(machine) = other_machine(request)
            && !self.0.is_network_allowed
        {
            return Err(Stranger::Machine(machine));
        }
        let Some(own) = Origin::of(request, self.0.address) else {
            return Err(Stranger::Name("an unreadable Host header".to_owned()));
        };
        let ends = request.extensions.get::<Ends>();
        if !is_here(&own, ends, &self.0.allowed) {
            return Err(Stranger::Name(own.to_string()));
        }
        match page(request, &own, &self.0.allowed) {
            Some(page) => Err(Stranger::Page(page)),
            None => Ok(()),
        }
    }
}

impl Stranger {
    /// A line for the terminal.
    fn notice(&self, what: Use) -> String {
        match (self, what) {
            (Self::Page(origin), _) if origin == "null" => {
                "refused a page without an origin: serve it from http://localhost, not from a file"
                    .to_owned()
            }
            (Self::Machine(_), Use::Steering) => {
                format!("refused {self}: the control routes are for this machine only")
            }
            (Self::Machine(_), Use::Spending) => format!("refused {self}: add --allow-network"),
            (Self::Name(origin) | Self::Page(origin), _) => {
                format!("refused {origin}: add --allow-origin {origin}")
            }
        }
    }

    /// The text of the refusal for the sender of the request.
    fn reason(&self, what: Use) -> String {
        let subject = match what {
            Use::Spending => "The proxy spends a key",
            Use::Steering => "The control routes steer this emulator",
        };
        match (self, what) {
            (Self::Machine(_), Use::Steering) => {
                format!("{subject}, from the machine that it runs on only, not from {self}")
            }
            (Self::Machine(_), Use::Spending) => format!(
                "{subject}, and not for other machines such as {self}: start the emulator with \
                 --allow-network to let them in"
            ),
            (Self::Name(origin), _) => format!(
                "{subject}, and only at its own address, not as {origin}: open it as localhost or \
                 127.0.0.1, or, if that name is yours, start the emulator with --allow-origin \
                 {origin}"
            ),
            (Self::Page(origin), _) if origin == "null" => format!(
                "{subject}, and not for pages without an origin, such as files: serve the page \
                 from http://localhost, and name that with --allow-origin"
            ),
            (Self::Page(origin), _) => format!(
                "{subject}, and not for pages of {origin}: if they are yours, start the emulator \
                 with --allow-origin {origin}"
            ),
        }
    }
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Machine(name) | Self::Name(name) | Self::Page(name)) = self;
        f.write_str(name)
    }
}

/// The address of the other machine that a request comes from; `None` if it comes from this one.
fn other_machine(request: &Parts) -> Option<String> {
    let Some(ends) = request.extensions.get::<Ends>() else {
        return Some(UNKNOWN.to_owned());
    };
    let peer = ends.peer.to_canonical();
    if !peer.is_loopback() {
        return Some(peer.to_string());
    }
    forwarded_for(&request.headers)
}

/// The other machine for which a program on this one, such as a development server, forwards the request.
fn forwarded_for(headers: &HeaderMap) -> Option<String> {
    let plain = headers.get_all("x-forwarded-for").iter();
    let plain = plain
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(str::trim);
    // `for=192.0.2.60;proto=http, for="[2001:db8::1]:80"` (RFC 7239).
    let standard = headers.get_all(FORWARDED).iter();
    let standard = standard
        .flat_map(|value| value.to_str().unwrap_or("for=?").split([',', ';']))
        .filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            name.eq_ignore_ascii_case("for")
                .then(|| value.trim_matches('"'))
        });
    plain
        .chain(standard)
        .map(address)
        .find(|address| address.is_none_or(|address| !address.to_canonical().is_loopback()))
        .map(|address| address.map_or_else(|| UNKNOWN.to_owned(), |address| address.to_string()))
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    let whole: Option<SocketAddr> = text.parse().ok();
    whole.map(|whole| whole.ip()).or_else(|| plain.parse().ok())
}

/// The origin of the page that sent a request, if that is neither the emulator's own nor one of
/// those allowed.
fn page(request: &Parts, own: &Origin, allowed: &[Url]) -> Option<String> {
    let header = |name: &str| {
        let value = request.headers.get(name)?;
        Some(value.to_str().unwrap_or(""))
    };
    let name_of = |url: &Url| url.origin().ascii_serialization();
    if let Some(origin) = header(ORIGIN.as_str()) {
        let Ok(origin) = Url::parse(origin) else {
            return Some("null".to_owned());
        };
        let is_allowed =
            own.holds(&origin) || allowed.iter().any(|url| url.origin() == origin.origin());
        return (!is_allowed).then(|| name_of(&origin));
    }
    // A request without `Origin` has other headers about its page.
    match header("sec-fetch-site") {
        None | Some("same-origin" | "none") => None,
        Some(_) => {
            let referrer = header(REFERER.as_str()).and_then(|url| Url::parse(url).ok());
            Some(referrer.map_or_else(|| "null".to_owned(), |url| name_of(&url)))
        }
    }
}

/// Whether the host that the request was sent to is a name or an address of this machine, or one that the user allowed.
fn is_here(own: &Origin, ends: Option<&Ends>, allowed: &[Url]) -> bool {
    let is_accepted_on = |address| ends.is_some_and(|ends| ends.here.to_canonical() == address);
    let is_address = match own.host() {
        Some(Host::Ipv4(v4)) => is_accepted_on(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => is_accepted_on(IpAddr::V6(v6)),
        _ => false,
    };
    is_address || own.is_this_machine() || allowed.iter().any(|url| own.host() == url.host())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const SPENDING: &str = "/api/fal/proxy";

    fn guard(options: &Options) -> Guard {
        let address = SocketAddr::new(options.host, 8787);
        Guard::new(options, address, Some(SPENDING))
    }

    fn request(here: &str, peer: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post(SPENDING);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(Ends {
            here: here.parse().expect("an address"),
            peer: peer.parse().expect("an address"),
        });
        parts
    }

    /// The reason of a refusal, or an empty string if the request is not refused.
    fn reason(guard: &Guard, request: &Parts) -> String {
        match guard.check_spending(request) {
            Ok(()) => String::new(),
            Err(ApiError::Forbidden(reason)) => reason,
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn other_machines_are_let_in_only_if_the_user_said_so() {
        let own = [("host", "192.168.1.5:8787")];
        for (here, peer, is_local) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("::1", "::1", true),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1", true),
            ("192.168.1.5", "192.168.1.5", false),
            ("192.168.1.5", "192.168.1.7", false),
            ("::ffff:192.168.1.5", "::ffff:192.168.1.7", false),
            ("192.168.1.5", "172.17.0.1", false),
        ] {
            let headers = if here.contains("192.168") {
                &own[..]
            } else {
                &[]
            };
            let request = request(here, peer, headers);
            let closed = reason(&guard(&Options::default()), &request);
            assert_eq!(closed.is_empty(), is_local, "{here} {peer}: {closed}");
            assert!(is_local || closed.contains("--allow-network"), "{closed}");
            let open = guard(&Options {
                allow_network: true,
                ..Options::default()
            });
            assert_eq!(reason(&open, &request), "", "{here} {peer}");
            assert_eq!(open.check_steering(&request).is_ok(), is_local);
        }
    }

    #[test]
    fn a_program_that_asks_for_another_machine_is_that_machine() {
        let guard = guard(&Options::default());
        for (name, value, is_local) in [
            ("x-forwarded-for", "127.0.0.1", true),
            ("x-forwarded-for", "::1, ::ffff:127.0.0.1", true),
            ("x-forwarded-for", "192.168.1.7", false),
            ("x-forwarded-for", "127.0.0.1, 192.168.1.7:4711", false),
            ("x-forwarded-for", "unknown", false),
            ("forwarded", "for=127.0.0.1;proto=http", true),
            ("forwarded", "For=\"[::1]:4711\"", true),
            ("forwarded", "for=127.0.0.1, for=\"[2001:db8::1]\"", false),
        ] {
            let request = request("127.0.0.1", "127.0.0.1", &[(name, value)]);
            let reason = reason(&guard, &request);
            assert_eq!(reason.is_empty(), is_local, "{name}: {value}: {reason}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let guard = guard(&Options::default());
        for (headers, part) in [
            (
                [("origin", "http://localhost:5173")],
                "--allow-origin http://localhost:5173",
            ),
            ([("origin", "null")], "http://localhost"),
            (
                [("host", "box.local:8787")],
                "--allow-origin http://box.local:8787",
            ),
        ] {
            let reason = reason(&guard, &request("127.0.0.1", "127.0.0.1", &headers));
            assert!(reason.contains(part), "{reason}");
        }
        let page = Stranger::Page("http://localhost:5173".to_owned());
        assert_eq!(
            page.notice(Use::Spending),
            "refused http://localhost:5173: add --allow-origin http://localhost:5173"
        );
    }

    #[test]
    fn who_may_spend_is_said_in_words() {
        let allowed = vec![Url::parse("http://localhost:5173").expect("a URL")];
        let spenders = |host: &str, allow_network| {
            let options = Options {
                host: host.parse().expect("an address"),
                allow_network,
                allow_origins: allowed.clone(),
                ..Options::default()
            };
            guard(&options).spenders()
        };
        assert_eq!(
            spenders("127.0.0.1", false),
            "programs on this machine, its page, pages of localhost:5173"
        );
        assert!(spenders("0.0.0.0", false).contains("no other machine"));
        assert!(spenders("0.0.0.0", true).starts_with("every program that reaches"));
    }
}
