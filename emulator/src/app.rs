//! Puts an emulator together. Only the server, the routes, the proxy and the services know all of its parts.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::cancel::Cancel;
use crate::control::Control;
use crate::endpoint::Endpoints;
use crate::fault::Faults;
use crate::forward::{Allowed, Forward};
use crate::hold::Holds;
use crate::http::Guard;
use crate::inspector::{Emulator, Record};
use crate::model::produce::Studio;
use crate::options::{Options, PublicUrls};
use crate::protocol::{Origin, Service};
use crate::queue::Queue;
use crate::realtime::Sockets;
use crate::site::Site;
use crate::storage::Storage;
use crate::target;
use crate::webhook::Webhooks;

/// One running emulator.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) options: Options,
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// Tells trusted callers from strangers.
    pub(crate) guard: Guard,
    pub(crate) queue: Arc<Queue>,
    pub(crate) storage: Arc<Storage>,
    pub(crate) sockets: Sockets,
    pub(crate) site: Arc<Site>,
    /// Set in forward mode.
    pub(crate) forward: Option<Forward>,
    pub(crate) faults: Arc<Faults>,
    /// Set if tests may control it over HTTP.
    pub(crate) control: Option<Arc<Control>>,
    /// The parts that the inspector shows and changes.
    pub(crate) inspected: Arc<Emulator>,
    /// Set when the emulator ends, for connections that outlive their request.
    pub(crate) ending: Arc<Cancel>,
}

/// The parts that can fail to start.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) storage: Arc<Storage>,
    pub(crate) endpoints: Endpoints,
    pub(crate) faults: Arc<Faults>,
    pub(crate) webhooks: Arc<Webhooks>,
}

impl App {
    /// Puts an emulator together that listens on `address`. Its tasks run on the current runtime.
    pub(crate) fn new(options: Options, address: SocketAddr, parts: Parts) -> Self {
        let forwards = options.key.is_some();
        let ending = Arc::<Cancel>::default();
        let holds = Arc::<Holds>::default();
        let site = Arc::new(Site::new(&options));
        let Parts {
            storage,
            endpoints,
            faults,
            webhooks,
        } = parts;
        let (stored, pages) = (Arc::clone(&storage), Arc::clone(&site));
        let studio = Studio::new(&options, address, endpoints, stored, pages);
        let queue = Queue::new(&options, studio, Arc::clone(&webhooks), Arc::clone(&holds));
        let queue = Arc::new(queue);
        let control = || Control::new(holds, Arc::clone(&faults), Arc::clone(&queue.jobs));
        let forward = |key| Forward::new(key, Allowed::by(&options), options.upstream.clone());
        let spending_path = forwards.then_some(target::PROXY_PATH);
        Self {
            address,
            guard: Guard::new(&options, address, spending_path),
            sockets: Sockets {
                queue: Arc::clone(&queue),
                forwards,
                ending: Arc::clone(&ending),
            },
            site,
            forward: options.key.clone().map(forward),
            control: options.control.then(control).map(Arc::new),
            inspected: Arc::new(Emulator {
                record: Arc::new(Record::new(&options)),
                jobs: Arc::clone(&queue.jobs),
                storage: Arc::clone(&storage),
                webhooks,
                faults: Arc::clone(&faults),
                address,
                forwards,
                ending: Arc::clone(&ending),
            }),
            queue,
            storage,
            faults,
            ending,
            options,
        }
    }

    /// The origin of files in answers to a request that was sent to `own`.
    pub(crate) fn files_origin(&self, own: Origin) -> Origin {
        match self.options.public_urls {
            PublicUrls::Own => own,
            PublicUrls::Fal => Origin::https(Service::Cdn.host()),
        }
    }
}
