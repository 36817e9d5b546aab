//! The queue with all that its answers need.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::jobs::Jobs;
use crate::apps::Apps;
use crate::hold::Holds;
use crate::input_memory::InputMemory;
use crate::model::produce::Studio;
use crate::tokens::Tokens;
use crate::webhook::Webhooks;

/// The queue of one emulator.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) input_memory: InputMemory,
    pub(crate) apps: Arc<Apps>,
    pub(crate) studio: Studio,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) tokens: Arc<Tokens>,
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

#[cfg(test)]
impl Queue {
    /// An empty queue with two slots, and the folder of its files, which the caller must keep.
    pub(super) fn for_tests() -> (Arc<Self>, crate::data::DataFolder) {
        let options = crate::options::Options::default();
        let data = crate::data::DataFolder::open(None).expect("a temporary folder");
        let storage = crate::storage::Storage::open(&data, 1 << 30).expect("a fresh folder");
        let storage = Arc::new(storage);
        let site = Arc::new(crate::site::Site::new(&options));
        let address = ([127, 0, 0, 1], 8787).into();
        let pictures = crate::picture::Pictures::new(false, address, Arc::clone(&storage), site);
        let queue = Self {
            jobs: Arc::new(Jobs::new(2, 1 << 30)),
            input_memory: InputMemory::new(1 << 30),
            apps: Arc::default(),
            studio: Studio {
                endpoints: crate::endpoint::Endpoints::default(),
                pictures,
                storage,
                is_still: true,
                pace: Duration::ZERO,
            },
            webhooks: Arc::new(Webhooks::new(&options, Arc::default()).expect("a key")),
            tokens: Arc::default(),
            holds: Arc::default(),
            runtime: Handle::current(),
            is_strict: false,
            speed_up: 1,
            comment_every: Duration::from_secs(1),
        };
        (Arc::new(queue), data)
    }
}
