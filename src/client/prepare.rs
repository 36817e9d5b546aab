//! The work before a request: the files of its input become strings.

use std::{future::poll_fn, rc::Rc, sync::Arc, task::Poll};

use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, try_join_all},
};
use serde_json::Value;
use web_sys::Blob;

use super::{
    config::Config,
    error::Error,
    http::Body,
    input::{self, FileField},
    options::FileHandling,
    progress::Progress,
    reporter::Reporter,
    stops::Stops,
    upload::{self, SentBytes, UploadOptions, Uploader},
};
use crate::engine::Stop;

/// Up to this size, [`FileHandling::Auto`] puts a file into the request itself, in bytes.
const AUTO_INLINE_BYTES: f64 = 8_192.0;

/// An input and its files.
pub(super) struct Preparation {
    pub(super) config: Arc<Config>,
    pub(super) input: Value,
    pub(super) files: Vec<FileField>,
    pub(super) handling: FileHandling,
    pub(super) upload: UploadOptions,
}

/// Prepares an input. A call holds this function as a pointer, from [`NewCall::file`](super::NewCall::file) on, so that apps
/// without files are built without the code of uploads.
pub(super) type Prepare =
    for<'a> fn(Preparation, &'a Rc<Reporter>) -> LocalBoxFuture<'a, Result<Body, Error>>;

/// Does the work: the body of the request.
pub(super) fn prepare(
    preparation: Preparation,
    reporter: &Rc<Reporter>,
) -> LocalBoxFuture<'_, Result<Body, Error>> {
    preparation.run(reporter).boxed_local()
}

/// Does the work, unless the call is stopped meanwhile.
pub(super) async fn unless_stopped(
    mut work: LocalBoxFuture<'_, Result<Body, Error>>,
    stops: &mut Stops,
) -> Result<Body, Error> {
    poll_fn(|context| match stops.poll(context) {
        Poll::Ready(Stop::Detached) => Poll::Ready(Err(Error::Detached { request_id: None })),
        Poll::Ready(_) => Poll::Ready(Err(Error::Aborted { request_id: None })),
        Poll::Pending => work.as_mut().poll(context),
    })
    .await
}

impl Preparation {
    async fn run(mut self, reporter: &Rc<Reporter>) -> Result<Body, Error> {
        let uploader = Uploader {
            config: self.config.clone(),
            options: self.upload.clone(),
            reporter: reporter.clone(),
        };
        let files: Vec<_> = self
            .files
            .iter()
            .map(|field| (field, SentBytes::default()))
            .collect();
        let urls = files
            .iter()
            .map(|(field, sent)| self.replace(&uploader, &field.file, sent));
        let counted = files
            .iter()
            .filter(|(field, _)| !self.is_inlined(&field.file));
        let total: f64 = counted.map(|(field, _)| field.file.size()).sum();
        let sent: Vec<_> = files.iter().map(|(_, sent)| sent.clone()).collect();
        let report = |progress: upload::UploadProgress| {
            if total > 0.0 {
                reporter.report_phase(Progress::Uploading {
                    loaded: progress.loaded,
                    total,
                });
            }
        };
        let urls = upload::report_while(try_join_all(urls), &sent, total, report).await?;
        for (field, url) in self.files.iter().zip(urls) {
            input::put(&mut self.input, &field.path, url)?;
        }
        Ok(Body::Text(self.input.to_string()))
    }

    fn is_inlined(&self, file: &Blob) -> bool {
        match self.handling {
            FileHandling::Upload => false,
            FileHandling::Inline => true,
            FileHandling::Auto => file.size() <= AUTO_INLINE_BYTES,
        }
    }

    /// The string that stands for a file.
    async fn replace(
        &self,
        uploader: &Uploader,
        file: &Blob,
        sent: &SentBytes,
    ) -> Result<String, Error> {
        if self.is_inlined(file) {
            data_uri(file).await
        } else {
            uploader.upload(file, sent).await
        }
    }
}

/// A file as a base64 data URI.
async fn data_uri(file: &Blob) -> Result<String, Error> {
    let kind = file.type_();
    let kind = if kind.is_empty() {
        "application/octet-stream"
    } else {
        &kind
    };
    let bytes = upload::read(file).await?;
    Ok(["data:", kind, ";base64,", &to_base64(&bytes)].concat())
}

fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place)) as usize & 63);
            let is_padding = place > group.len();
            text.push(
                digit
                    .filter(|_| !is_padding)
                    .map_or('=', |digit| char::from(*digit)),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded_to_groups_of_four() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (&[0xff, 0xef, 0xbe, 0x00], "/+++AA=="),
        ] {
            assert_eq!(to_base64(bytes), text);
        }
    }
}
