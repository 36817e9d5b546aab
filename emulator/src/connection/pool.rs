//! The open connections. The pool closes the idlest when there are too many, and those that keep the emulator waiting
//! for too long.

use std::collections::HashMap;
use std::net::Shutdown;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::activity::Activity;
use super::limits::ConnectionLimits;

/// How many times within a time limit the pool looks for connections that have exceeded it.
const LOOKS: u32 = 4;
/// The longest time between two looks.
const LONGEST_ROUND: Duration = Duration::from_secs(1);
/// The wait for a free place before the pool looks for an idle connection again.
const WAIT_FOR_PLACE: Duration = Duration::from_millis(100);

/// The open connections of one listener.
#[derive(Debug)]
pub(super) struct Pool {
    limits: ConnectionLimits,
    open: Mutex<Open>,
    /// Notified whenever a connection has ended.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    connections: HashMap<u64, Arc<Connection>>,
}

#[derive(Debug)]
struct Connection {
    stream: Arc<TcpStream>,
    activity: Mutex<Activity>,
    task: OnceLock<AbortHandle>,
}

impl Connection {
    /// Closes it, even if a WebSocket has taken it over.
    fn end(&self) {
        // `abort` below does not stop the task that serves a WebSocket. That task sees that the stream has ended.
        let _ = SockRef::from(&*self.stream).shutdown(Shutdown::Both);
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

impl Pool {
    pub(super) fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            open: Mutex::default(),
            ended: Notify::new(),
        })
    }

    /// The time between two calls of [`Pool::end_overdue`].
    pub(super) fn round(&self) -> Duration {
        let ConnectionLimits {
            head,
            silence,
            keep_alive,
            ..
        } = self.limits;
        let round = head.min(silence).min(keep_alive) / LOOKS;
        round.clamp(Duration::from_millis(1), LONGEST_ROUND)
    }

    /// Resolves once there is a place for another connection. Closes the idlest one if necessary.
    pub(super) async fn place(&self) {
        loop {
            let ended = self.ended.notified();
            let count = self.open().connections.len();
            if count < self.limits.most || self.end_idlest() {
                return;
            }
            // All connections are at work. New ones wait in the system's queue of the listener.
            let _ = tokio::time::timeout(WAIT_FOR_PLACE, ended).await;
        }
    }

    /// Adds an accepted connection.
    pub(super) fn admit(self: &Arc<Self>, stream: TcpStream) -> (Arc<TcpStream>, Slot, Membership) {
        let stream = Arc::new(stream);
        let connection = Arc::new(Connection {
            stream: Arc::clone(&stream),
            activity: Mutex::new(Activity::new(Instant::now())),
            task: OnceLock::new(),
        });
        let mut open = self.open();
        let id = open.next_id;
        open.next_id += 1;
        open.connections.insert(id, Arc::clone(&connection));
        drop(open);
        let membership = Membership {
            pool: Arc::clone(self),
            id,
        };
        (stream, Slot(connection), membership)
    }

    /// Ends the connections that have kept the emulator waiting for too long.
    pub(super) fn end_overdue(&self, now: Instant) {
        let limits = self.limits;
        let mut ended = 0;
        self.open().connections.retain(|_, connection| {
            let is_overdue = connection.activity.lock().is_overdue(now, &limits);
            if is_overdue {
                connection.end();
                ended += 1;
            }
            !is_overdue
        });
        if ended > 0 {
            tracing::debug!("{ended} connections were idle for too long, and are closed");
            self.ended.notify_one();
        }
    }

    /// Ends the idlest connection; `false` if all are at work.
    pub(super) fn end_idlest(&self) -> bool {
        let now = Instant::now();
        let mut open = self.open();
        let worth = open.connections.iter().filter_map(|(id, connection)| {
            let worth = connection.activity.lock().worth(now)?;
            Some((worth, *id))
        });
        let Some((_, id)) = worth.min() else {
            return false;
        };
        if let Some(connection) = open.connections.remove(&id) {
            connection.end();
        }
        true
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock()
    }
}

/// A handle of one connection, by which its reads, writes and requests are reported.
#[derive(Debug, Clone)]
pub(super) struct Slot(Arc<Connection>);

impl Slot {
    /// Sets the task that serves the connection. Closing the connection aborts it.
    pub(super) fn served_by(&self, task: AbortHandle) {
        let _ = self.0.task.set(task);
    }

    /// Changes the state of the connection.
    pub(super) fn note(&self, change: impl FnOnce(&mut Activity)) {
        change(&mut self.0.activity.lock());
    }
}

/// The place of a connection in the pool. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct Membership {
    pool: Arc<Pool>,
    id: u64,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.pool.open().connections.remove(&self.id);
        self.pool.ended.notify_one();
    }
}
