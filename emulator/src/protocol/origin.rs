//! The emulator's own origin by the name that the caller used: `127.0.0.1`, `localhost`, or a name on the local network.
//! It comes from the `Host` header, which the caller chooses, so it is checked first.

use std::fmt;
use std::net::SocketAddr;

use axum::http::header::HOST;
use axum::http::request::Parts;
use url::{Host, Url};

/// `http://host[:port]`, normalised. In URLs of files it may be the service's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(Url);

impl Origin {
    /// The origin that a request was sent to. Without a `Host` header it is the address `listening`.
    /// `None` if the header is not one plain host with or without a port.
    pub(crate) fn of(request: &Parts, listening: SocketAddr) -> Option<Self> {
        let mut hosts = request.headers.get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (None, _) => Some(Self::at(listening)),
            (Some(host), None) => Self::parse(host.to_str().ok()?),
            _ => None,
        }
    }

    /// The origin of a listening address.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self::parse(&address.to_string()).expect("a socket address is an authority")
    }

    /// The origin of a host that is known to this program.
    pub(crate) fn https(host: &'static str) -> Self {
        Self(Url::parse(&format!("https://{host}/")).expect("a host name"))
    }

    fn parse(authority: &str) -> Option<Self> {
        // Stricter than the parser, which would accept a user name or a path, and characters that the emulator's URLs
        // never have.
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
        if !authority.chars().all(plain) {
            return None;
        }
        let url = Url::parse(&format!("http://{authority}/")).ok()?;
        (url.host().is_some() && url.path() == "/").then_some(Self(url))
    }

    /// The host name or address.
    pub(crate) fn host(&self) -> Option<Host<&str>> {
        self.0.host()
    }

    /// Whether the host is this machine, decided without a DNS look-up.
    pub(crate) fn is_this_machine(&self) -> bool {
        match self.host() {
            Some(Host::Ipv4(v4)) => v4.is_loopback(),
            Some(Host::Ipv6(v6)) => v6.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }

    /// Whether `url` is on this origin.
    pub(crate) fn holds(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_authorities_are_taken_and_normalised() {
        for (host, origin) in [
            ("127.0.0.1:8787", "http://127.0.0.1:8787"),
            ("LocalHost:80", "http://localhost"),
            ("[::1]:8787", "http://[::1]:8787"),
            ("box.local", "http://box.local"),
        ] {
            let parsed = Origin::parse(host).expect(host);
            assert_eq!(parsed.to_string(), origin);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for host in [
            "",
            "a b",
            "user@host",
            "host/path",
            "host\\path",
            "host?q",
            "host#f",
            "host:99999",
            "<script>",
            "\"quoted\"",
        ] {
            assert!(Origin::parse(host).is_none(), "{host}");
        }
    }
}
