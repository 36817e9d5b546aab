//! Uploads one file: asks for an upload URL, sends the bytes there, in parts if it is large, and looks
//! whether all of it is stored (§9).

use std::{cell::Cell, cell::RefCell, rc::Rc, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};
use js_sys::Date;
use serde_json::{Value, json};
use wasm_bindgen::JsCast;
use web_sys::{Blob, File};

use super::{
    gate::{Gate, MOST},
    original::Original,
    put,
    put_options::PutOptions,
    readable::{check_readable, slice},
};
use crate::{
    client::{
        config::Config,
        error::Error,
        host::Host,
        http::{self, Body, Parts},
        options::{Retry, StorageSettings},
        plan::{Outcome, Plan},
        reporter::Reporter,
    },
    engine::{Goal, Settings, Target},
    protocol::Operation,
    upload_plan::part_bytes,
};

const MEBIBYTE: f64 = 1_048_576.0;
/// The service takes so many bytes in one request (§9.2).
pub(super) const MOST_BYTES: f64 = 100.0 * MEBIBYTE;
/// How often an upload asks for another upload URL after one has expired.
const MOST_RESTARTS: u32 = 2;
/// The statuses of an upload URL that has expired, or that is not known any more.
const GONE: [u16; 3] = [403, 404, 410];
/// The statuses of a proxy that does not let a URL pass.
const REFUSED: [u16; 5] = [400, 403, 404, 405, 412];
/// Nobody waits longer to hear whether the file is whole, in milliseconds.
const CHECK_MS: f64 = 10_000.0;

/// How files are uploaded.
#[derive(Clone)]
pub(in super::super) struct Uploader {
    pub(in super::super) config: Arc<Config>,
    pub(in super::super) options: UploadOptions,
    pub(in super::super) reporter: Rc<Reporter>,
}

/// The caller's options of an upload.
#[derive(Debug, Clone)]
pub(in super::super) struct UploadOptions {
    pub(in super::super) storage: StorageSettings,
    /// In bytes, NaN for the default.
    pub(in super::super) threshold: f64,
    /// In bytes, NaN for the default.
    pub(in super::super) part_size: f64,
    pub(in super::super) stall_ms: f64,
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self {
            storage: StorageSettings::default(),
            threshold: f64::NAN,
            part_size: f64::NAN,
            stall_ms: 30_000.0,
        }
    }
}

impl UploadOptions {
    /// Refuses options that cannot be right.
    pub(in super::super) fn check(&self) -> Result<(), Error> {
        const LEAST_PART_BYTES: f64 = 5.0 * MEBIBYTE;
        let is_given = !self.part_size.is_nan();
        if is_given && !(LEAST_PART_BYTES..=MOST_BYTES).contains(&self.part_size) {
            return Err(Error::argument("part_size", "must be 5 MiB to 100 MiB"));
        }
        if self.stall_ms < 1.0 {
            return Err(Error::argument(
                "stall_timeout",
                "must be a millisecond or more",
            ));
        }
        Ok(())
    }
}

/// The bytes of one file that were sent, part by part, as the last try of each has it.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct SentBytes(Rc<RefCell<Vec<Rc<Cell<f64>>>>>);

impl SentBytes {
    pub(in super::super) fn sum(&self) -> f64 {
        self.0.borrow().iter().map(|part| part.get()).sum()
    }

    fn add_part(&self) -> Rc<Cell<f64>> {
        let part = Rc::new(Cell::new(0.0));
        self.0.borrow_mut().push(part.clone());
        part
    }

    /// Nothing counts any more.
    fn restart(&self) {
        self.0.borrow_mut().clear();
    }
}

/// Where the bytes of a file go.
struct Place {
    upload_url: String,
    file_url: String,
}

/// A failure of an upload.
enum Failure {
    /// The upload URL has expired.
    Gone(Error),
    /// A proxy does not let an upload in parts begin.
    PartsRefused(Error),
    Other(Error),
}

impl Failure {
    fn into_error(self) -> Error {
        match self {
            Self::Gone(error) | Self::PartsRefused(error) | Self::Other(error) => error,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// The failure of a request to an upload URL.
fn at_place(error: Error) -> Failure {
    if error.status().is_some_and(|status| GONE.contains(&status)) {
        Failure::Gone(error)
    } else {
        Failure::Other(error)
    }
}

impl Uploader {
    /// Uploads a file: its URL.
    pub(in super::super) async fn upload(
        &self,
        file: &Blob,
        sent: &SentBytes,
    ) -> Result<String, Error> {
        check_readable(file).await?;
        let part_bytes = part_bytes(file.size(), self.options.threshold, self.options.part_size);
        let is_in_parts = part_bytes < file.size();
        for restarts in 0.. {
            let uploaded = if is_in_parts {
                self.upload_in_parts(file, part_bytes, sent).await
            } else {
                self.upload_whole(file, sent).await
            };
            match uploaded {
                Ok(url) => return Ok(url),
                Err(Failure::Gone(_)) if restarts < MOST_RESTARTS => sent.restart(),
                // Some proxies let files pass in one piece only.
                Err(Failure::PartsRefused(refusal)) => {
                    return self.upload_refused_parts(file, sent, refusal).await;
                }
                Err(failure) => return Err(failure.into_error()),
            }
        }
        Err(Error::Aborted { request_id: None })
    }

    async fn upload_refused_parts(
        &self,
        file: &Blob,
        sent: &SentBytes,
        refusal: Error,
    ) -> Result<String, Error> {
        if file.size() > MOST_BYTES {
            return Err(refusal);
        }
        match self
            .upload_whole(file, sent)
            .await
            .map_err(Failure::into_error)
        {
            Err(error) if error.status() == Some(413) => Err(refusal),
            uploaded => uploaded,
        }
    }

    async fn upload_whole(&self, file: &Blob, sent: &SentBytes) -> Result<String, Failure> {
        let place = self.begin(file, Operation::InitiateUpload).await?;
        let parts = Parts {
            headers: vec![("Content-Type".into(), type_of(file))],
            body: Body::Blob(file.clone()),
            put: Some(PutOptions {
                send: put::send,
                stall_ms: self.options.stall_ms,
                sent: sent.add_part(),
                gate: None,
                retry_statuses: None,
            }),
            ..Parts::default()
        };
        let sent = self.perform(
            Operation::Upload,
            Some(&place.upload_url),
            Settings::default(),
            parts,
        );
        sent.await.map_err(at_place)?;
        Ok(place.file_url)
    }

    /// Sends the parts, some at a time. If one fails, the others end.
    async fn upload_in_parts(
        &self,
        file: &Blob,
        part_bytes: f64,
        sent: &SentBytes,
    ) -> Result<String, Failure> {
        let begun = self.begin(file, Operation::InitiateMultipartUpload).await;
        let place = begun.map_err(|error| self.begin_failure(error))?;
        let parts: Vec<_> = cut(file.size(), part_bytes).collect();
        let ranges: Vec<_> = parts.iter().map(|part| (part.start, part.end)).collect();
        let original = Original::read(file, &ranges).await?;
        let gate = Gate::new();
        let parts = stream::iter(parts).enumerate().map(|(index, part)| {
            let (place, gate, original) = (&place, &gate, &original);
            async move {
                original.check(file, index, (part.start, part.end)).await?;
                self.upload_part(file, part, place, gate, sent.add_part())
                    .await
            }
        });
        let mut list: Vec<(u32, String)> = parts.buffer_unordered(MOST).try_collect().await?;
        list.sort_unstable();
        for (index, range) in ranges.iter().enumerate() {
            original.check(file, index, *range).await?;
        }
        self.complete(file, &place, &list).await?;
        Ok(place.file_url)
    }

    fn begin_failure(&self, error: Error) -> Failure {
        let is_refused = error
            .status()
            .is_some_and(|status| REFUSED.contains(&status));
        let is_proxied = self.config.proxy_url.is_some() || self.config.middleware.is_some();
        if is_refused && is_proxied {
            Failure::PartsRefused(error)
        } else {
            Failure::Other(error)
        }
    }

    /// Sends one part: its number and its etag.
    async fn upload_part(
        &self,
        file: &Blob,
        part: Part,
        place: &Place,
        gate: &Rc<Gate>,
        sent: Rc<Cell<f64>>,
    ) -> Result<(u32, String), Failure> {
        let bytes = slice(file, part.start, part.end)?;
        let retry = self.config.retry.for_parts();
        let settings = Settings {
            part: Some(part.number.to_string()),
            retry: retry.changes(),
            ..Settings::default()
        };
        let parts = Parts {
            body: Body::Blob(bytes),
            put: Some(PutOptions {
                send: put::send,
                stall_ms: self.options.stall_ms,
                sent,
                gate: Some(gate.clone()),
                retry_statuses: retry.statuses().map(<[u16]>::to_vec),
            }),
            ..Parts::default()
        };
        let sent = self.perform(
            Operation::UploadPart,
            Some(&place.upload_url),
            settings,
            parts,
        );
        let outcome = sent.await.map_err(at_place)?;
        let named = outcome
            .reply
            .content
            .json()
            .and_then(|json| json.get("etag"));
        let etag = named.and_then(Value::as_str).map(Into::into);
        let etag = etag.or(outcome.reply.headers.etag);
        let text = outcome.reply.content.text();
        let etag = etag.ok_or_else(|| bad_answer("the answer to a part names no etag", text))?;
        Ok((part.number, etag))
    }

    /// Lists the parts, and looks whether the file is whole.
    async fn complete(
        &self,
        file: &Blob,
        place: &Place,
        list: &[(u32, String)],
    ) -> Result<(), Failure> {
        let list: Vec<_> = list
            .iter()
            .map(|(number, etag)| json!({ "partNumber": number, "etag": etag }))
            .collect();
        let parts = Parts {
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: Body::Text(json!({ "parts": list }).to_string()),
            ..Parts::default()
        };
        let url = Some(place.upload_url.as_str());
        let completed = self
            .perform(Operation::CompleteUpload, url, Settings::default(), parts)
            .await;
        if let Err(error) = completed {
            let failure = at_place(error);
            // An earlier try may have completed it, and its answer was lost.
            let is_whole =
                matches!(failure, Failure::Gone(_)) && last_byte(file, place).await == Some(206);
            return if is_whole { Ok(()) } else { Err(failure) };
        }
        if last_byte(file, place).await == Some(416) {
            let problem = "the stored file is shorter than the one that was sent";
            return Err(Failure::Gone(bad_answer(problem, "")));
        }
        Ok(())
    }

    /// Asks for an upload URL.
    async fn begin(&self, file: &Blob, operation: Operation) -> Result<Place, Error> {
        let body = json!({ "content_type": type_of(file), "file_name": name_of(file) });
        let parts = Parts {
            headers: self
                .options
                .storage
                .header("X-Fal-Object-Lifecycle")
                .into_iter()
                .collect(),
            body: Body::Text(body.to_string()),
            ..Parts::default()
        };
        let outcome = self
            .perform(operation, None, Settings::default(), parts)
            .await?;
        let answer = outcome.reply.content.json();
        let url = |name| {
            answer
                .and_then(|answer| answer.get(name)?.as_str())
                .map(Into::into)
        };
        match (url("upload_url"), url("file_url")) {
            (Some(upload_url), Some(file_url)) => Ok(Place {
                upload_url,
                file_url,
            }),
            _ => Err(bad_answer(
                "the answer names no upload_url and file_url",
                outcome.reply.content.text(),
            )),
        }
    }

    async fn perform(
        &self,
        operation: Operation,
        url: Option<&str>,
        settings: Settings,
        parts: Parts,
    ) -> Result<Outcome, Error> {
        let is_own = settings.retry != Retry::default().changes();
        let plan = Plan {
            config: self.config.clone(),
            goal: Goal::Only(operation),
            target: Target {
                url: url.map(Into::into),
                ..Target::default()
            },
            settings: Settings {
                retry: if is_own {
                    settings.retry
                } else {
                    self.config.retry.changes()
                },
                ..settings
            },
            parts,
            endpoint_id: String::new(),
            handle: None,
        };
        Host::perform_with(plan, self.reporter.clone()).await
    }
}

/// One part of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    /// From 1.
    number: u32,
    start: f64,
    end: f64,
}

/// The parts of a file of `size` bytes.
fn cut(size: f64, part_bytes: f64) -> impl Iterator<Item = Part> {
    (1_u32..).map_while(move |number| {
        let start = f64::from(number - 1) * part_bytes;
        (start < size).then(|| Part {
            number,
            start,
            end: size.min(start + part_bytes),
        })
    })
}

/// The status for the stored file's last byte: 206 if it is there, 416 if the file ends before. Another one
/// says nothing: the page need not be allowed to read the file.
async fn last_byte(file: &Blob, place: &Place) -> Option<u16> {
    let last = file.size() - 1.0;
    http::read_status(&place.file_url, &format!("bytes={last}-{last}"), CHECK_MS).await
}

fn type_of(file: &Blob) -> String {
    let kind = file.type_();
    if kind.is_empty() {
        "application/octet-stream".into()
    } else {
        kind
    }
}

fn name_of(file: &Blob) -> String {
    let name = file.dyn_ref::<File>().map(File::name);
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let kind = type_of(file);
        let format = kind.split('/').nth(1).unwrap_or_default();
        let extension = format.split(['-', ';']).next().unwrap_or_default();
        format!("{}.{extension}", Date::now())
    })
}

fn bad_answer(problem: &str, text: &str) -> Error {
    Error::BadAnswer {
        operation: "upload",
        problem: problem.into(),
        field: None,
        text: text.into(),
        request_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_side_by_side_and_the_last_one_may_be_short() {
        let parts: Vec<_> = cut(25.0, 10.0)
            .map(|part| (part.number, part.start, part.end))
            .collect();
        assert_eq!(parts, [(1, 0.0, 10.0), (2, 10.0, 20.0), (3, 20.0, 25.0)]);
        assert_eq!(cut(20.0, 10.0).count(), 2);
    }

    #[test]
    fn a_part_is_five_to_a_hundred_mebibytes() {
        let with = |part_size| {
            UploadOptions {
                part_size,
                ..UploadOptions::default()
            }
            .check()
        };
        assert!(with(f64::NAN).is_ok() && with(5_242_880.0).is_ok() && with(104_857_600.0).is_ok());
        assert!(with(5_242_879.0).is_err() && with(104_857_601.0).is_err());
    }

    #[test]
    fn only_an_expired_upload_url_is_asked_for_again() {
        let error = |status| Error::Api {
            operation: "upload",
            status,
            message: String::new(),
            fields: Box::default(),
            error_type: None,
            request_id: None,
            body: Box::default(),
            is_final: false,
        };
        assert!(matches!(at_place(error(403)), Failure::Gone(_)));
        assert!(matches!(at_place(error(413)), Failure::Other(_)));
    }

    #[test]
    fn bytes_are_counted_part_by_part() {
        let sent = SentBytes::default();
        sent.add_part().set(3.0);
        sent.add_part().set(4.0);
        assert!((sent.sum() - 7.0).abs() < f64::EPSILON);
        sent.restart();
        assert!(sent.sum().abs() < f64::EPSILON);
    }
}
