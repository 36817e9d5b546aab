//! Uploads of files (§9).

mod file;
mod gate;
mod original;
mod put;
pub(super) mod put_options;
mod readable;

use std::{future::IntoFuture, rc::Rc, sync::Arc, time::Duration};

use futures_util::{
    FutureExt,
    future::{Either, LocalBoxFuture, select},
};
use serde::{Deserialize, Serialize};
use web_sys::Blob;

pub(super) use file::{SentBytes, UploadOptions, Uploader};
pub(super) use readable::read;

use super::{
    config::Config,
    error::Error,
    options::{StorageSettings, to_ms},
    page,
    reporter::Reporter,
};

/// How often the caller gets a report while bytes are on their way, in milliseconds.
const EVERY_MS: f64 = 100.0;

/// Bytes sent so far. The numbers never go back: bytes that have to be sent again are counted again, and
/// the numbers stand still until these are more.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadProgress {
    /// Bytes sent.
    pub loaded: f64,
    /// Bytes to send.
    pub total: f64,
}

/// An upload that begins when it is awaited: see [`Client::upload`]. Dropping it ends it.
#[must_use = "an upload begins when it is awaited"]
pub struct Upload<'a> {
    config: Arc<Config>,
    file: Blob,
    options: UploadOptions,
    on_progress: Option<Box<dyn FnMut(UploadProgress) + 'a>>,
}

impl<'a> Upload<'a> {
    pub(super) fn new(config: Arc<Config>, file: Blob) -> Self {
        Self {
            config,
            file,
            options: UploadOptions::default(),
            on_progress: None,
        }
    }

    /// Called with the bytes sent, ten times a second while that goes on. It may borrow.
    pub fn on_progress(mut self, report: impl FnMut(UploadProgress) + 'a) -> Self {
        self.on_progress = Some(Box::new(report));
        self
    }

    /// How long, and for whom, the service keeps the file (§9.6). Default: the account's setting.
    pub fn lifecycle(mut self, settings: StorageSettings) -> Self {
        self.options.storage = settings;
        self
    }

    /// Files of more bytes than this go up in parts; with `f64::INFINITY`, none does. Default: 90 MiB. The
    /// service takes about 100 MB in one piece.
    pub fn multipart_threshold(mut self, bytes: f64) -> Self {
        self.options.threshold = bytes;
        self
    }

    /// The bytes of each part, 5 MiB to 100 MiB. A file has 10,000 parts at most. Default: 10 MiB.
    pub fn part_size(mut self, bytes: f64) -> Self {
        self.options.part_size = bytes;
        self
    }

    /// If nothing of a part was sent for so long, it is sent again. Default: 30 s.
    pub fn stall_timeout(mut self, time: Duration) -> Self {
        self.options.stall_ms = to_ms(time);
        self
    }

    async fn run(mut self) -> Result<String, Error> {
        if !page::is_there() {
            return Err(Error::NotInBrowser);
        }
        self.options.check()?;
        let uploader = Uploader {
            config: self.config,
            options: self.options,
            reporter: Rc::new(Reporter::new(None, false)),
        };
        let sent = SentBytes::default();
        let upload = uploader.upload(&self.file, &sent);
        let total = self.file.size();
        match &mut self.on_progress {
            Some(report) => report_while(upload, std::slice::from_ref(&sent), total, report).await,
            None => upload.await,
        }
    }
}

impl<'a> IntoFuture for Upload<'a> {
    type Output = Result<String, Error>;
    type IntoFuture = LocalBoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed_local()
    }
}

/// Waits for uploads, and reports the bytes sent meanwhile.
pub(super) async fn report_while<T, E>(
    upload: impl Future<Output = Result<T, E>>,
    files: &[SentBytes],
    total: f64,
    mut report: impl FnMut(UploadProgress),
) -> Result<T, E> {
    let mut loaded = 0.0_f64;
    report(UploadProgress { loaded, total });
    let mut upload = std::pin::pin!(upload);
    loop {
        let tick = std::pin::pin!(page::sleep(EVERY_MS));
        match select(upload.as_mut(), tick).await {
            Either::Left((Ok(uploaded), _)) => {
                report(UploadProgress {
                    loaded: total,
                    total,
                });
                return Ok(uploaded);
            }
            Either::Left((Err(error), _)) => return Err(error),
            Either::Right(_) => {
                let now = files.iter().map(SentBytes::sum).sum();
                if now > loaded {
                    loaded = now;
                    report(UploadProgress { loaded, total });
                }
            }
        }
    }
}
