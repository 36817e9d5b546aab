//! The server: listens, serves, and shuts down within a moment.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::app::{App, Parts};
use crate::connection::{self, Addresses};
use crate::data::{self, DataError, DataFolder};
use crate::endpoint::Endpoints;
use crate::fault::{DropConnection, Faults};
use crate::http::Ends;
use crate::options::Options;
use crate::protocol::Origin;
use crate::queue;
use crate::routes;
use crate::storage::Storage;
use crate::webhook::Webhooks;

/// How long a shutdown waits for workers, which stop within a frame.
const PATIENCE: Duration = Duration::from_millis(500);

/// A running emulator.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    data: DataFolder,
    serving: tokio::task::JoinHandle<()>,
}

/// The reason why an emulator did not start.
#[derive(Debug)]
pub enum StartError {
    /// The address could not be listened on.
    Listen(SocketAddr, io::Error),
    /// The folder for files could not be used.
    Data(DataError),
    /// Files of user-defined endpoints are wrong. Holds a line for each problem.
    Endpoints(Vec<String>),
    /// The fault plan cannot be followed. Holds the reason as a line.
    Faults(String),
    /// The key that signs webhooks could not be made.
    Key,
}

impl Server {
    /// Starts an emulator. It serves until [`Server::shutdown`].
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

        let data = DataFolder::open(options.data.as_deref()).map_err(StartError::Data)?;
        // In the background, as there may be much to delete.
        tokio::task::spawn_blocking(data::remove_stale);
        let storage = Storage::open(&data, options.disk_limit_bytes)
            .map_err(|error| StartError::Data(DataError::Unusable(data.path().into(), error)))?;
        let endpoints = Endpoints::load(options.endpoints.as_deref());
        let faults = Faults::load(options.faults.as_deref()).map_err(StartError::Faults)?;
        let faults = Arc::new(faults);
        let webhooks = Webhooks::new(&options, Arc::clone(&faults)).map_err(|_| StartError::Key)?;
        let parts = Parts {
            storage: Arc::new(storage),
            endpoints: endpoints.map_err(StartError::Endpoints)?,
            faults,
            webhooks: Arc::new(webhooks),
        };

        let app = Arc::new(App::new(options, address, parts));
        let (jobs, ending) = (Arc::clone(&app.queue.jobs), Arc::clone(&app.ending));
        tokio::spawn(queue::forget_in_time(jobs, ending));
        let router = routes::router(&app);
        let serving = tokio::spawn(connection::accept(
            listener,
            app.options.connections,
            move |addresses, request| answer(router.clone(), addresses, request),
        ));
        Ok(Self { app, data, serving })
    }

    /// The address that it listens on.
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

    /// The folder where files are kept.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Whether the proxy forwards to fal.ai. Otherwise the emulator answers itself.
    pub fn forwards(&self) -> bool {
        self.app.forward.is_some()
    }

    /// A text that names the callers that may spend the key. `None` without a key.
    pub fn spenders(&self) -> Option<String> {
        self.forwards().then(|| self.app.guard.spenders())
    }

    /// Shuts down: closes connections, stops jobs, and removes a temporary data folder.
    pub async fn shutdown(self) {
        self.stop();
        let idle = async {
            while self.app.queue.jobs.is_working() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        // A worker that does not stop in time is not waited for, as the process ends anyway.
        let _ = tokio::time::timeout(PATIENCE, idle).await;
    }

    fn stop(&self) {
        self.serving.abort();
        // Before the jobs, so that no webhook reports the jobs that the shutdown cancels.
        self.app.queue.webhooks.stop();
        self.app.queue.jobs.cancel_all();
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
            Self::Data(error) => error.fmt(f),
            Self::Endpoints(problems) => f.write_str(&problems.join("\n")),
            Self::Faults(problem) => f.write_str(problem),
            Self::Key => f.write_str("The random numbers of this system make no key: start again"),
        }
    }
}

impl std::error::Error for StartError {}

/// Answers a request of a connection. An error drops the connection without an answer.
async fn answer(
    router: Router,
    addresses: Addresses,
    mut request: Request,
) -> io::Result<Response> {
    let ends = Ends {
        here: addresses.here.ip(),
        peer: addresses.peer.ip(),
    };
    request.extensions_mut().insert(ends);
    let Ok(response) = router.oneshot(request).await;
    match response.extensions().get::<DropConnection>() {
        Some(_) => Err(io::ErrorKind::ConnectionAborted.into()),
        None => Ok(response),
    }
}
