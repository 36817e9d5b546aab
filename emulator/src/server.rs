//! Listening, serving, and ending within a moment.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::app::App;
use crate::control::Control;
use crate::data::DataFolder;
use crate::endpoint::Endpoints;
use crate::fault::{DropConnection, Faults};
use crate::forward::{Allowed, Forward};
use crate::http::{Ends, Guard, Origin};
use crate::options::Options;
use crate::picture::Fetcher;
use crate::proxy;
use crate::queue::{Cancel, Queue};
use crate::routes;
use crate::storage::Storage;
use crate::tokens::Tokens;
use crate::webhook::Webhooks;

/// How long the end waits for workers, which stop within a frame.
const PATIENCE: Duration = Duration::from_millis(500);

/// A running emulator.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    data: DataFolder,
    serving: tokio::task::JoinHandle<()>,
}

/// Why an emulator did not start.
#[derive(Debug)]
pub enum StartError {
    /// The address could not be listened on.
    Listen(SocketAddr, io::Error),
    /// The folder for files could not be used.
    Data(PathBuf, io::Error),
    /// Files of user-defined endpoints cannot be used: a line for each problem.
    Endpoints(Vec<String>),
    /// The fault plan cannot be followed: a line that says why.
    Faults(String),
    /// No key to sign webhooks with could be made.
    Key,
}

impl Server {
    /// Starts an emulator; it serves from here on, until [`Server::shutdown`].
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let wanted = SocketAddr::new(options.host, options.port);
        let listen = async {
            let listener = TcpListener::bind(wanted).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = listen
            .await
            .map_err(|error| StartError::Listen(wanted, error))?;

        let named = options.data.as_deref();
        let folder = || named.map_or_else(std::env::temp_dir, Path::to_owned);
        let failed = |error| StartError::Data(folder(), error);
        let data = DataFolder::open(named).map_err(failed)?;
        let storage =
            Storage::open(data.path().to_owned(), options.disk_limit_bytes).map_err(failed)?;

        let endpoints = Endpoints::load(options.endpoints.as_deref());
        let endpoints = endpoints.map_err(StartError::Endpoints)?;
        let faults = Faults::load(options.faults.as_deref()).map_err(StartError::Faults)?;
        let webhooks = Webhooks::new(&options).map_err(|_| StartError::Key)?;

        let key = options.key.clone();
        let forward = |key| Forward::new(key, Allowed::by(&options), options.upstream.clone());
        let spending_path = key.is_some().then_some(proxy::PATH);
        let app = Arc::new(App {
            address,
            guard: Guard::new(&options, address, spending_path),
            runtime: Handle::current(),
            queue: Queue::new(options.concurrency),
            storage,
            fetcher: Fetcher::new(options.allow_private_hosts),
            tokens: Tokens::default(),
            ending: Cancel::default(),
            forward: key.map(forward),
            control: options.control.then(Control::default),
            endpoints,
            faults,
            webhooks,
            options,
        });
        let serving = tokio::spawn(accept(listener, routes::router(&app)));
        Ok(Self { app, data, serving })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.app.address
    }

    /// The origin to open in a browser on this machine.
    pub fn origin(&self) -> String {
        let mut address = self.app.address;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        Origin::at(address).to_string()
    }

    /// Where files are kept.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Whether the proxy forwards to fal.ai instead of being it.
    pub fn forwards(&self) -> bool {
        self.app.forward.is_some()
    }

    /// Names the callers that may spend the key, if there is one.
    pub fn spenders(&self) -> Option<String> {
        self.forwards().then(|| self.app.guard.spenders())
    }

    /// Ends it: connections are closed, work is stopped, and a temporary data folder is
    /// removed.
    pub async fn shutdown(self) {
        self.stop();
        let idle = async {
            while self.app.queue.is_working() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        // A worker that does not stop in time is left behind: the process ends anyway.
        let _ = tokio::time::timeout(PATIENCE, idle).await;
    }

    fn stop(&self) {
        self.serving.abort();
        // First: what is cancelled by the end is not worth telling.
        self.app.webhooks.stop();
        self.app.queue.cancel_all();
        self.app.ending.set();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(address, error) if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "Port {} on {} is in use: stop the program that has it, or choose another with \
                 --port (0 picks a free one)",
                address.port(),
                address.ip()
            ),
            Self::Listen(address, error) => write!(
                f,
                "Could not listen on {address}: {error}; choose another address with --host and --port"
            ),
            Self::Data(folder, error) => write!(
                f,
                "Could not use the folder {}: {error}; name another with --data",
                folder.display()
            ),
            Self::Endpoints(problems) => f.write_str(&problems.join("\n")),
            Self::Faults(problem) => f.write_str(problem),
            Self::Key => f.write_str("The random numbers of this system make no key: start again"),
        }
    }
}

impl std::error::Error for StartError {}

/// Serves every connection until it is aborted itself; then they end with it.
async fn accept(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, router.clone()));
                }
                // Out of file descriptors, mostly: some will be free in a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    let (Ok(local), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else {
        return;
    };
    let (here, peer) = (local.ip(), peer.ip());
    // Progress and status are small answers: they must not wait for more to send.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(Ends { here, peer });
        let answer = router.clone().oneshot(request);
        async {
            let Ok(response) = answer.await;
            match response.extensions().get::<DropConnection>() {
                Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                None => Ok(response),
            }
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A connection that ends badly is the peer's affair.
    let _ = connection.with_upgrades().await;
}
