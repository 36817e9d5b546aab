//! Who may use what is not for everybody: a proxy that has a key behind it, and the control
//! routes. Its own page, pages named on the command line, and programs that are no
//! browsers. Not any page that is open in a browser here.

use std::net::IpAddr;

use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use url::{Host, Url};

use crate::app::App;
use crate::origin::Origin;

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    /// The address it was accepted on.
    pub(crate) here: IpAddr,
    /// Where it comes from.
    pub(crate) peer: IpAddr,
}

/// Which pages are let in, beside those named on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pages {
    /// Those of this emulator.
    Own,
    /// Those that any server on this machine serves, under a name that is only this
    /// machine's.
    OfThisMachine,
}

/// Why a request is a stranger's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stranger {
    /// It was sent to another name of this address, which is how DNS rebinding looks.
    ByName,
    /// A page of another origin sent it.
    ByPage,
}

/// Why a request to the forwarding proxy is refused; `None` if it is not.
pub(crate) fn refusal(app: &App, request: &Parts) -> Option<&'static str> {
    Some(match stranger(app, request, Pages::Own)? {
        Stranger::ByName => {
            "The proxy is used at its own address only: open it as localhost or 127.0.0.1, \
             or name this origin with --allow-origin"
        }
        Stranger::ByPage => {
            "The proxy does not serve pages of other origins: name this one with \
             --allow-origin, if it is yours"
        }
    })
}

/// Why a request to a control route is refused; `None` if it is not.
pub(crate) fn steering(app: &App, request: &Parts, pages: Pages) -> Option<&'static str> {
    let ends = request.extensions.get::<Ends>();
    if !ends.is_some_and(|ends| ends.peer.to_canonical().is_loopback()) {
        return Some("The emulator is steered from the machine that it runs on only");
    }
    Some(match stranger(app, request, pages)? {
        Stranger::ByName => {
            "The emulator is steered at its own address only: use localhost or 127.0.0.1"
        }
        Stranger::ByPage => {
            "The emulator is not steered by pages of other origins: name this one with \
             --allow-origin, if it is yours"
        }
    })
}

fn stranger(app: &App, request: &Parts, pages: Pages) -> Option<Stranger> {
    let allowed = &app.options.allow_origins;
    let ends = request.extensions.get::<Ends>();
    let own = Origin::of(request, app.address).filter(|own| is_here(own, ends, allowed));
    let Some(own) = own else {
        return Some(Stranger::ByName);
    };
    let header = |name: &str| {
        request
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap_or(""))
    };
    let is_let_in = match header(ORIGIN.as_str()) {
        Some(origin) => is_allowed(&own, origin, allowed, pages),
        // A request that carries no origin says in another header where it comes from.
        None => matches!(
            header("sec-fetch-site"),
            None | Some("same-origin" | "none")
        ),
    };
    (!is_let_in).then_some(Stranger::ByPage)
}

fn is_allowed(own: &Origin, origin: &str, allowed: &[Url], pages: Pages) -> bool {
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    own.holds(&origin)
        || allowed.iter().any(|url| url.origin() == origin.origin())
        || (pages == Pages::OfThisMachine && is_this_machine(origin.host().as_ref()))
}

/// Whether the name that the request was sent to is one of this machine.
fn is_here(own: &Origin, ends: Option<&Ends>, allowed: &[Url]) -> bool {
    let is_accepted_on = |address| ends.is_some_and(|ends| ends.here.to_canonical() == address);
    let is_address = match own.host() {
        Some(Host::Ipv4(v4)) => is_accepted_on(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => is_accepted_on(IpAddr::V6(v6)),
        _ => false,
    };
    is_address
        || is_this_machine(own.host().as_ref())
        || allowed.iter().any(|url| own.host() == url.host())
}

fn is_this_machine(host: Option<&Host<&str>>) -> bool {
    match host {
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
        Some(Host::Domain(name)) => *name == "localhost",
        None => false,
    }
}
