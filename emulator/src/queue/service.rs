//! The queue with all that its answers need.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::jobs::Jobs;
use crate::apps::Apps;
use crate::hold::Holds;
use crate::http::Notices;
use crate::input_memory::InputMemory;
use crate::model::produce::Studio;
use crate::options::Options;
use crate::tokens::Tokens;
use crate::webhook::Webhooks;

/// The queue of one emulator.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) input_memory: InputMemory,
    pub(crate) apps: Apps,
    pub(crate) studio: Studio,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) tokens: Tokens,
    /// Where tests hold jobs.
    pub(crate) holds: Arc<Holds>,
    /// The runtime of its tasks. Worker threads, which have no runtime of their own, start tasks here, too.
    pub(crate) runtime: Handle,
    /// Whether follow-ups must name the base app, as on the service.
    pub(crate) is_strict: bool,
    /// The divisor of the times for which results are kept.
    pub(crate) speed_up: u32,
    /// The time between two comments in a status stream.
    pub(crate) comment_every: Duration,
}

impl Queue {
    /// An empty queue. Its tasks run on the current runtime.
    pub(crate) fn new(
        options: &Options,
        studio: Studio,
        webhooks: Arc<Webhooks>,
        holds: Arc<Holds>,
    ) -> Self {
        Self {
            jobs: Arc::new(Jobs::new(options.concurrency, options.memory_limit_bytes)),
            input_memory: InputMemory::new(options.memory_limit_bytes),
            apps: Apps {
                endpoints: studio.endpoints.clone(),
                has_own: options.key.is_none(),
                notices: Notices::default(),
            },
            studio,
            webhooks,
            tokens: Tokens::default(),
            holds,
            runtime: Handle::current(),
            is_strict: options.strict,
            speed_up: options.speed_up,
            comment_every: options.comment_every,
        }
    }

    /// An empty queue, and the folder of its files, which the caller must keep.
    #[cfg(test)]
    pub(super) fn for_tests() -> (Arc<Self>, crate::data::DataFolder) {
        use crate::endpoint::Endpoints;

        let options = Options::default();
        let data = crate::data::DataFolder::open(None).expect("a temporary folder");
        let storage = crate::storage::Storage::open(&data, 1 << 30).expect("a fresh folder");
        let site = Arc::new(crate::site::Site::new(&options));
        let address = ([127, 0, 0, 1], 8787).into();
        let studio = Studio::new(
            &options,
            address,
            Endpoints::default(),
            Arc::new(storage),
            site,
        );
        let webhooks = Webhooks::new(&options, Arc::default()).expect("a key");
        let queue = Self::new(&options, studio, Arc::new(webhooks), Arc::default());
        (Arc::new(queue), data)
    }
}
