//! Who may use a proxy that has a key behind it: its own page, pages named on the command
//! line, and programs that are no browsers. Not any page that is open in a browser here.

use std::net::IpAddr;

use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use url::{Host, Url};

use crate::app::App;
use crate::origin::Origin;

/// The address a connection was accepted on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AcceptedOn(pub(crate) IpAddr);

/// Why a request to the forwarding proxy is refused; `None` if it is not.
pub(crate) fn refusal(app: &App, request: &Parts) -> Option<&'static str> {
    let allowed = &app.options.allow_origins;
    let here = request.extensions.get::<AcceptedOn>();
    let Some(own) = Origin::of(request, app.address).filter(|own| is_here(own, here, allowed))
    else {
        // Another name for this address is how DNS rebinding looks from here.
        return Some(
            "The proxy is used at its own address only: open it as localhost or 127.0.0.1, \
             or name this origin with --allow-origin",
        );
    };
    let header = |name: &str| {
        request
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap_or(""))
    };
    let cross_site = "The proxy does not serve pages of other origins: name this one with \
                      --allow-origin, if it is yours";
    match header(ORIGIN.as_str()) {
        Some(origin) if is_allowed(&own, origin, allowed) => None,
        Some(_) => Some(cross_site),
        // A request that carries no origin says in another header where it comes from.
        None => match header("sec-fetch-site") {
            None | Some("same-origin" | "none") => None,
            Some(_) => Some(cross_site),
        },
    }
}

fn is_allowed(own: &Origin, origin: &str, allowed: &[Url]) -> bool {
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    own.holds(&origin) || allowed.iter().any(|url| url.origin() == origin.origin())
}

/// Whether the name that the request was sent to is one of this machine.
fn is_here(own: &Origin, here: Option<&AcceptedOn>, allowed: &[Url]) -> bool {
    let is_accepted_on = |address| here.is_some_and(|here| here.0.to_canonical() == address);
    let is_address = match own.host() {
        Some(Host::Ipv4(v4)) => v4.is_loopback() || is_accepted_on(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => v6.is_loopback() || is_accepted_on(IpAddr::V6(v6)),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    is_address || allowed.iter().any(|url| own.host() == url.host())
}
