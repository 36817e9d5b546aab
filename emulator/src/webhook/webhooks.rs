//! All deliveries, and what they need: senders, signer, schedule and ledger.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use parking_lot::Mutex;
use ring::error::KeyRejected;
use tokio::task::JoinSet;
use url::{Host, Url};

use super::attempt::Sender;
use super::ledger::Ledger;
use super::schedule::Schedule;
use super::signer::Signer;
use crate::fault::Faults;
use crate::options::Options;
use crate::picture::Reach;
use crate::protocol::Caller;

/// The senders, the signer and the schedule of deliveries, and the deliveries themselves.
#[derive(Debug)]
pub(crate) struct Webhooks {
    /// For callers that the user trusts.
    sender: Sender,
    /// For all other callers, such as any page that is open in a browser here.
    strangers: Sender,
    pub(super) signer: Signer,
    pub(super) schedule: Schedule,
    pub(crate) ledger: Ledger,
    pub(super) faults: Arc<Faults>,
    under_way: Mutex<JoinSet<()>>,
}

impl Webhooks {
    /// Makes a new signing key. Unlike the service, the emulator sends webhooks to this machine, as receivers are developed
    /// here. For strangers it does not, like the service.
    pub(crate) fn new(options: &Options, faults: Arc<Faults>) -> Result<Self, KeyRejected> {
        let reach = if options.allow_private_hosts {
            Reach::Anywhere
        } else {
            Reach::PublicOrLoopback
        };
        Ok(Self {
            sender: Sender::new(reach),
            strangers: Sender::new(Reach::Public),
            signer: Signer::new()?,
            schedule: Schedule::divided_by(options.speed_up),
            ledger: Ledger::default(),
            faults,
            under_way: Mutex::default(),
        })
    }

    /// Checks the URL of a webhook. The error is the reason why nothing can be sent there.
    pub(crate) fn judge(&self, webhook: &str, caller: Caller) -> Result<Url, String> {
        let url = Url::parse(webhook).map_err(|_| "it is not an absolute URL".to_owned())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("its URL is {}:, not http: or https:", url.scheme()));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(name)) if is_this_machine(name) => Ipv4Addr::LOCALHOST.into(),
            // The addresses of other names are checked when they are resolved.
            _ => return Ok(url),
        };
        if self.sender(caller).reach.allows(address) {
            return Ok(url);
        }
        if self.sender.reach.allows(address) {
            return Err(format!(
                "{address} is reached for programs of this machine and for pages that it knows: \
                 add --allow-origin with the origin of the page, if it is yours"
            ));
        }
        Err(format!(
            "{address} is a private address, which fal.ai drops too; --allow-private-hosts lets \
             the emulator reach it"
        ))
    }

    pub(super) fn sender(&self, caller: Caller) -> &Sender {
        match caller {
            Caller::Trusted => &self.sender,
            Caller::Stranger => &self.strangers,
        }
    }

    /// Runs a delivery in the background, until it is done or the emulator ends.
    pub(crate) fn spawn(&self, delivery: impl Future<Output = ()> + Send + 'static) {
        let mut under_way = self.under_way.lock();
        while under_way.try_join_next().is_some() {}
        under_way.spawn(delivery);
    }

    /// Aborts all deliveries.
    pub(crate) fn stop(&self) {
        self.under_way.lock().abort_all();
    }
}

/// Whether a host name is always this machine's, so that it need not be resolved.
fn is_this_machine(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(webhook: &str, allow_private_hosts: bool) -> Result<Url, String> {
        let options = Options {
            allow_private_hosts,
            ..Options::default()
        };
        let webhooks = Webhooks::new(&options, Arc::default()).expect("a key");
        webhooks.judge(webhook, Caller::Trusted)
    }

    #[tokio::test]
    async fn for_strangers_nothing_but_the_public_internet_is_reached() {
        let options = Options {
            allow_private_hosts: true,
            ..Options::default()
        };
        let webhooks = Webhooks::new(&options, Arc::default()).expect("a key");
        for url in [
            "http://127.0.0.1:9000/admin",
            "http://2130706433/",
            "http://[::1]/",
            "http://localhost:9000/admin",
            "http://LOCALHOST./",
            "http://app.localhost/",
            "http://10.0.0.1/",
        ] {
            let why = webhooks.judge(url, Caller::Stranger).expect_err(url);
            assert!(why.contains("--allow-origin"), "{why}");
            assert!(webhooks.judge(url, Caller::Trusted).is_ok(), "{url}");
        }
        let public = webhooks.judge("https://app.example/hook", Caller::Stranger);
        assert!(public.is_ok());
    }

    #[tokio::test]
    async fn this_machine_and_the_public_internet_are_reached() {
        for url in [
            "http://127.0.0.1:3000/hook",
            "http://localhost:3000/hook",
            "http://[::1]/",
            "https://1.1.1.1/hook",
            "https://app.example/hook?secret=1",
        ] {
            assert!(judge(url, false).is_ok(), "{url}");
        }
    }

    #[tokio::test]
    async fn private_addresses_are_not_unless_that_was_asked_for() {
        for url in [
            "http://10.0.0.1/",
            "http://192.168.1.2:80/",
            "http://169.254.169.254/latest",
            "http://[::ffff:10.0.0.1]/",
            "http://0.0.0.0/",
        ] {
            let why = judge(url, false).expect_err(url);
            assert!(why.contains("--allow-private-hosts"), "{why}");
            assert!(judge(url, true).is_ok(), "{url}");
        }
    }

    #[tokio::test]
    async fn what_is_no_web_address_is_told() {
        for (url, part) in [
            ("", "absolute"),
            ("/hook", "absolute"),
            ("ftp://a/b", "ftp"),
        ] {
            assert!(judge(url, true).expect_err(url).contains(part), "{url}");
        }
    }
}
