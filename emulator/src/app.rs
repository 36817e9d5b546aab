//! The parts of a running emulator. Only the routes, the proxy and the server know all of them.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::apps::Apps;
use crate::cancel::Cancel;
use crate::control::Control;
use crate::endpoint::Endpoints;
use crate::fault::Faults;
use crate::forward::{Allowed, Forward};
use crate::hold::Holds;
use crate::http::{Guard, Notices};
use crate::input_memory::InputMemory;
use crate::inspector::{Emulator, Record};
use crate::model::produce::Studio;
use crate::options::{Options, PublicUrls};
use crate::picture::Pictures;
use crate::protocol::{Origin, Service};
use crate::queue::{Jobs, Queue};
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
    /// What the inspector shows.
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
        let queue = queue(&options, address, &parts, &site, &holds);
        let queue = Arc::new(queue);
        let Parts {
            storage,
            faults,
            webhooks,
            ..
        } = parts;
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

    /// The side that answers requests to the proxy: this `emulator`, or fal.ai in `forward` mode.
    pub(crate) fn mode(&self) -> &'static str {
        self.inspected.mode()
    }

    /// The origin of files in answers to a request that was sent to `own`.
    pub(crate) fn files_origin(&self, own: Origin) -> Origin {
        match self.options.public_urls {
            PublicUrls::Own => own,
            PublicUrls::Fal => Origin::https(Service::Cdn.host()),
        }
    }
}

fn queue(
    options: &Options,
    address: SocketAddr,
    parts: &Parts,
    site: &Arc<Site>,
    holds: &Arc<Holds>,
) -> Queue {
    let storage = &parts.storage;
    Queue {
        jobs: Arc::new(Jobs::new(options.concurrency, options.memory_limit_bytes)),
        input_memory: InputMemory::new(options.memory_limit_bytes),
        apps: Arc::new(Apps {
            endpoints: parts.endpoints.clone(),
            has_own: options.key.is_none(),
            notices: Notices::default(),
        }),
        studio: Studio {
            endpoints: parts.endpoints.clone(),
            pictures: Pictures::new(
                options.allow_private_hosts,
                address,
                Arc::clone(storage),
                Arc::clone(site),
            ),
            storage: Arc::clone(storage),
            is_still: options.still,
            pace: options.pace,
        },
        webhooks: Arc::clone(&parts.webhooks),
        tokens: Arc::default(),
        holds: Arc::clone(holds),
        runtime: Handle::current(),
        is_strict: options.strict,
        speed_up: options.speed_up,
        comment_every: options.comment_every,
    }
}
