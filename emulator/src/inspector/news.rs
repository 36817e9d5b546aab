//! The changes for a page, as events. Changes of exchanges have numbers. All other data is small: its last reported state
//! is kept and compared.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use super::emulator::Emulator;
use super::{history, shown};

/// The most jobs that are shown. When there are more, only the latest are shown.
const MOST_JOBS: usize = 200;

/// An event of the feed.
#[derive(Debug, PartialEq)]
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) data: Value,
}

/// The state that one page knows.
#[derive(Debug)]
pub(super) struct Told {
    /// The number of the last change of an exchange.
    pub(super) sequence: u64,
    oldest: Option<u64>,
    /// The jobs by request id. `None` before the first report.
    jobs: Option<HashMap<String, Value>>,
    files: Option<u64>,
    rest: HashMap<&'static str, Value>,
}

impl Told {
    /// The state of a page that knows the exchanges up to a change number, and nothing else.
    pub(super) fn up_to(sequence: u64) -> Self {
        Self {
            sequence,
            oldest: None,
            jobs: None,
            files: None,
            rest: HashMap::new(),
        }
    }

    /// The events for all changes since the last call.
    pub(super) async fn news(&mut self, emulator: &Arc<Emulator>) -> Vec<Event> {
        let files = self.files(emulator).await;
        let rest = [
            ("faults", faults(emulator)),
            ("webhooks", webhooks(emulator)),
            ("spent", emulator.record.spent()),
        ];
        let rest = rest.map(|(name, data)| self.if_changed(name, data));
        let lists = [self.exchanges(emulator), self.jobs(emulator), files];
        lists.into_iter().chain(rest).flatten().collect()
    }

    fn exchanges(&mut self, emulator: &Emulator) -> Option<Event> {
        let changes = emulator.record.history.since(self.sequence);
        self.sequence = changes.sequence;
        let is_news = !changes.exchanges.is_empty() || self.oldest != Some(changes.oldest);
        self.oldest = Some(changes.oldest);
        let rows = changes.exchanges.iter();
        let rows = rows.map(|exchange| emulator.record.summary(exchange));
        is_news.then(|| Event {
            name: "exchanges",
            data: json!({ "oldest": changes.oldest, "changed": rows.collect::<Vec<_>>() }),
        })
    }

    fn jobs(&mut self, emulator: &Emulator) -> Option<Event> {
        let is_first = self.jobs.is_none();
        let known = self.jobs.take().unwrap_or_default();
        let views = emulator.jobs.latest(MOST_JOBS);
        let current = views
            .iter()
            .map(|view| (view.request_id.clone(), emulator.record.job(view)));
        let current: HashMap<_, _> = current.collect();
        let is_changed = |(id, job): &(&String, &Value)| known.get(*id) != Some(*job);
        let changed: Vec<_> = current
            .iter()
            .filter(is_changed)
            .map(|(_, job)| job)
            .collect();
        let is_gone = |id: &&String| !current.contains_key(*id);
        let gone: BTreeSet<_> = known.keys().filter(is_gone).collect();
        let is_news = is_first || !changed.is_empty() || !gone.is_empty();
        let data = json!({ "is_first": is_first, "changed": changed, "gone": gone });
        self.jobs = Some(current);
        is_news.then_some(Event { name: "jobs", data })
    }

    async fn files(&mut self, emulator: &Arc<Emulator>) -> Option<Event> {
        let revision = emulator.storage.revision();
        if self.files == Some(revision) {
            return None;
        }
        self.files = Some(revision);
        let storage = Arc::clone(&emulator.storage);
        let files = tokio::task::spawn_blocking(move || storage.recent_files());
        let files = files.await.unwrap_or_default();
        Some(Event {
            name: "files",
            data: files.iter().map(shown::file).collect(),
        })
    }

    fn if_changed(&mut self, name: &'static str, data: Value) -> Option<Event> {
        if self.rest.get(name) == Some(&data) {
            return None;
        }
        self.rest.insert(name, data.clone());
        Some(Event { name, data })
    }
}

/// The first event of every connection.
pub(super) fn hello(emulator: &Emulator) -> Event {
    let data = json!({
        "run": emulator.record.run,
        "mode": emulator.mode(),
        "version": env!("CARGO_PKG_VERSION"),
        "most_exchanges": history::MOST,
    });
    Event {
        name: "hello",
        data,
    }
}

fn faults(emulator: &Emulator) -> Value {
    json!({ "switches": emulator.faults.switches(), "plan": emulator.faults.report() })
}

fn webhooks(emulator: &Emulator) -> Value {
    let deliveries = emulator.webhooks.ledger.list();
    deliveries
        .iter()
        .map(|delivery| emulator.record.delivery(delivery))
        .collect()
}
