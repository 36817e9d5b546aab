//! Resolves host names, and checks every address before a connection. The connector uses only the addresses returned here,
//! so a name cannot resolve to another address between the check and the connection.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower::Service;

use super::address::is_public;

/// The addresses that may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Public,
    /// Public addresses and this machine.
    PublicOrLoopback,
    Anywhere,
}

impl Reach {
    /// Whether `address` may be connected to.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::PublicOrLoopback => is_public(address) || address.to_canonical().is_loopback(),
            Self::Anywhere => true,
        }
    }
}

/// The text of the error for a name without a permitted address.
pub(super) const REFUSED: &str = "private and local addresses are not fetched";

/// A resolver for the connector, which returns only permitted addresses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolve(pub(crate) Reach);

impl Service<Name> for Resolve {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, REFUSED));
            }
            Ok(allowed.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_unless_anywhere_is_allowed() {
        let name: Name = "localhost".parse().expect("a name");
        let refused = Resolve(Reach::Public).call(name.clone()).await;
        let kind = refused.map(|_| ()).map_err(|error| error.kind());
        assert_eq!(kind, Err(io::ErrorKind::PermissionDenied));
        let mut found = Resolve(Reach::Anywhere).call(name).await.expect("resolves");
        assert!(found.any(|address| address.ip().is_loopback()));
    }
}
