//! Accepts connections and serves HTTP over them, until the task is aborted.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::activity::Activity;
use super::body::{self, AnswerBody, RequestBody};
use super::limits::ConnectionLimits;
use super::pool::{Pool, Slot};
use super::socket::Socket;

/// The wait after a failed accept. Usually the process has no descriptors left, and gets some back in a moment.
const REST: Duration = Duration::from_millis(50);

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    /// The address it was accepted on.
    pub(crate) here: SocketAddr,
    /// The address of the other side.
    pub(crate) peer: SocketAddr,
}

/// Serves every connection. Aborting this future ends them all. An error of `answer` drops the connection.
pub(crate) async fn accept<A, F>(listener: TcpListener, limits: ConnectionLimits, answer: A)
where
    A: Fn(Addresses, Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = io::Result<Response>> + Send + 'static,
{
    let pool = Pool::new(limits);
    let mut tasks = JoinSet::new();
    let mut round = tokio::time::interval(pool.round());
    // A connection that was accepted and waits for a free place.
    let mut waiting = None;
    let mut is_failing = false;
    loop {
        tokio::select! {
            Some(_) = tasks.join_next() => {}
            _ = round.tick() => pool.end_overdue(Instant::now()),
            () = pool.place(), if waiting.is_some() => {
                // If the peer has left already, the connection has no address and is dropped.
                if let Some((socket, slot, addresses)) = waiting.take().and_then(|it| admit(&pool, it)) {
                    let serving = serve(socket, slot.clone(), addresses, limits, answer.clone());
                    slot.served_by(tasks.spawn(serving));
                }
            }
            accepted = listener.accept(), if waiting.is_none() => match accepted {
                Ok((stream, _)) => {
                    waiting = Some(stream);
                    is_failing = false;
                }
                Err(error) if is_of_the_peer(&error) => {}
                Err(error) => {
                    if !is_failing {
                        tracing::warn!("A connection could not be accepted: {error}");
                    }
                    is_failing = true;
                    pool.end_idlest();
                    tokio::time::sleep(REST).await;
                }
            },
        }
    }
}

/// Whether accepting failed only because the peer had left.
fn is_of_the_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

fn admit(pool: &Arc<Pool>, stream: TcpStream) -> Option<(Socket, Slot, Addresses)> {
    let addresses = Addresses {
        here: stream.local_addr().ok()?,
        peer: stream.peer_addr().ok()?,
    };
    // Progress and status are small answers. Without this, the system would hold them back to send more at once.
    stream.set_nodelay(true).ok()?;
    let (stream, slot, membership) = pool.admit(stream);
    let socket = Socket::new(stream, slot.clone(), membership);
    Some((socket, slot, addresses))
}

async fn serve<A, F>(
    socket: Socket,
    slot: Slot,
    addresses: Addresses,
    limits: ConnectionLimits,
    answer: A,
) where
    A: Fn(Addresses, Request) -> F + Send + Sync,
    F: Future<Output = io::Result<Response>> + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let under_way = body::Request::begin(&slot);
        let request =
            request.map(|body| Body::new(RequestBody::new(Body::new(body), limits.silence)));
        let answer = answer(addresses, request);
        let slot = slot.clone();
        async move {
            let response = answer.await?;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                slot.note(Activity::upgrade);
            }
            Ok::<_, io::Error>(response.map(|body| AnswerBody::new(body, under_way)))
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    // An error here means that the peer left or broke HTTP: there is nobody to report it to.
    let _ = connection.with_upgrades().await;
}
