//! The state that all parts of a running emulator share.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::control::Control;
use crate::endpoint::Endpoints;
use crate::fault::Faults;
use crate::forward::Forward;
use crate::http::{Guard, Notices, Origin};
use crate::inspector::Inspector;
use crate::options::{Options, PublicUrls};
use crate::picture::Fetcher;
use crate::queue::{Cancel, Queue};
use crate::storage::Storage;
use crate::tokens::Tokens;
use crate::webhook::Webhooks;

/// One running emulator.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) options: Options,
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// Tells trusted callers from strangers.
    pub(crate) guard: Guard,
    /// The runtime of its tasks. Worker threads, which have no runtime of their own, start tasks here, too.
    pub(crate) runtime: Handle,
    pub(crate) queue: Queue,
    pub(crate) storage: Arc<Storage>,
    pub(crate) fetcher: Fetcher,
    /// The endpoints that the user described.
    pub(crate) endpoints: Endpoints,
    pub(crate) webhooks: Webhooks,
    pub(crate) tokens: Tokens,
    /// Set when the emulator ends, for connections that outlive their request.
    pub(crate) ending: Cancel,
    /// Set in forward mode.
    pub(crate) forward: Option<Forward>,
    pub(crate) faults: Faults,
    /// Set if tests may control it over HTTP.
    pub(crate) control: Option<Control>,
    /// The record that the inspector shows.
    pub(crate) inspector: Inspector,
    /// Advice for the developer, in the terminal.
    pub(crate) notices: Notices,
}

impl App {
    /// The side that answers requests to the proxy: this `emulator`, or fal.ai in `forward` mode.
    pub(crate) fn mode(&self) -> &'static str {
        if self.forward.is_some() {
            "forward"
        } else {
            "emulator"
        }
    }

    /// The origin of files in answers to a request that was sent to `own`.
    pub(crate) fn files_origin(&self, own: Origin) -> Origin {
        match self.options.public_urls {
            PublicUrls::Own => own,
            PublicUrls::Fal => Origin::of_fal_files(),
        }
    }

    /// An emulator that listens on no port, and its data folder, which the caller must keep.
    #[cfg(test)]
    pub(crate) fn for_tests() -> (Arc<Self>, crate::data::DataFolder) {
        let data = crate::data::DataFolder::open(None).expect("a temporary folder");
        let (options, address) = (Options::default(), ([127, 0, 0, 1], 8787).into());
        let app = Self {
            guard: Guard::new(&options, address, None),
            options,
            address,
            runtime: Handle::current(),
            queue: Queue::new(2, 1 << 30),
            storage: Arc::new(Storage::open(&data, 1 << 30).expect("a fresh folder")),
            fetcher: Fetcher::new(false),
            endpoints: Endpoints::default(),
            webhooks: Webhooks::new(&Options::default()).expect("a key"),
            tokens: Tokens::default(),
            ending: Cancel::default(),
            forward: None,
            faults: Faults::default(),
            control: None,
            inspector: Inspector::new(&Options::default()),
            notices: Notices::default(),
        };
        (Arc::new(app), data)
    }
}
