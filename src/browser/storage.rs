//! Storing a file with fal: ask where to put it, put it there, use its URL (protocol §9.2).

use js_sys::{Date, JSON};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File};

use super::{
    Error, Options, Scope,
    answer::Answer,
    http::{Call, Target, dispatch},
    object,
    options::written,
    progress::{Progress, Share},
    set,
};
use crate::{retry::RetryPolicy, text};

const INITIATE_URL: &str = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3";
const OCTETS: &str = "application/octet-stream";
const OPERATION: &str = "upload";
/// Above this the service wants an upload in parts (protocol §9.3).
const MAX_BYTES: f64 = 90.0 * 1024.0 * 1024.0;

/// Uploads `file` with the caller's `options` (`lifecycle`, `onUploadProgress`): its URL.
pub(crate) async fn upload(
    scope: &Scope,
    file: &JsValue,
    options: &Options,
) -> Result<JsValue, Error> {
    let Some(blob) = file.dyn_ref::<Blob>() else {
        return Err(Error::argument("file", "must be a Blob or a File"));
    };
    check(blob)?;
    let progress = Progress::new(options.function("onUploadProgress"));
    let share = progress.add(blob.size());
    let lifecycle = lifecycle(&options.options("lifecycle"));
    let url = store(scope, blob, lifecycle.as_ref(), &share).await?;
    Ok(url.into())
}

/// Refuses a file that cannot be stored, before anything is sent.
pub(crate) fn check(blob: &Blob) -> Result<(), Error> {
    if blob.size() <= MAX_BYTES {
        return Ok(());
    }
    let problem = "is larger than 90 MiB, which this version cannot upload; \
                   store it elsewhere and pass its URL";
    Err(Error::argument("file", problem))
}

/// Stores one file that has been checked, and gives its URL.
pub(crate) async fn store(
    scope: &Scope,
    blob: &Blob,
    lifecycle: Option<&JsValue>,
    progress: &Share,
) -> Result<String, Error> {
    let content_type = match blob.type_() {
        empty if empty.is_empty() => text::joined(&[OCTETS]),
        given => given,
    };
    let place = initiate(scope, blob, &content_type, lifecycle).await?;
    let place = Options::new(place.body);
    let (Some(upload_url), Some(file_url)) = (place.text("upload_url"), place.text("file_url"))
    else {
        return Err(Error::new("bad_response")
            .with("operation", OPERATION)
            .with("problem", "the answer names no upload_url and file_url"));
    };
    progress.set_loaded(0.0);
    put(scope, &upload_url, &content_type, blob, progress).await?;
    progress.finish();
    Ok(file_url)
}

async fn initiate(
    scope: &Scope,
    blob: &Blob,
    content_type: &str,
    lifecycle: Option<&JsValue>,
) -> Result<Answer, Error> {
    let name = blob.dyn_ref::<File>().map(File::name);
    let name = match name.filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => made_up_name(content_type),
    };
    let body = object();
    set(&body, "content_type", content_type);
    set(&body, "file_name", name);
    let headers = object();
    if let Some(lifecycle) = lifecycle {
        set(&headers, "X-Fal-Object-Lifecycle", lifecycle);
    }
    let call = Call {
        target: Target::Service,
        operation: OPERATION,
        method: "POST",
        url: INITIATE_URL,
        headers,
        body: JSON::stringify(&body).ok().map(Into::into),
        // Asking twice costs a place that stays empty.
        policy: RetryPolicy::standard(),
        scope: Some(scope),
        progress: None,
    };
    dispatch(&scope.config, call).await
}

/// `<epoch ms>.<subtype>`, for a Blob that has no name.
fn made_up_name(content_type: &str) -> String {
    let subtype = text::split_at_byte(content_type, b"/").map_or("", |(_, subtype)| subtype);
    let extension = text::split_at_byte(subtype, b"-;").map_or(subtype, |(first, _)| first);
    text::joined(&[&written(&Date::now().into()), ".", extension])
}

/// Puts the bytes where `initiate` said. The same bytes to the same place may be put again.
async fn put(
    scope: &Scope,
    url: &str,
    content_type: &str,
    blob: &Blob,
    progress: &Share,
) -> Result<(), Error> {
    let headers = object();
    set(&headers, "Content-Type", content_type);
    let call = Call {
        target: Target::Presigned,
        operation: OPERATION,
        method: "PUT",
        url,
        headers,
        body: Some(blob.into()),
        policy: RetryPolicy::standard(),
        scope: Some(scope),
        progress: Some(progress),
    };
    dispatch(&scope.config, call).await.map(|_| ())
}

/// The value of the lifecycle headers for a caller's storage settings (`expiresIn`,
/// `initialAcl`), `None` where they ask for nothing (protocol §9.6).
pub(crate) fn lifecycle(settings: &Options) -> Option<JsValue> {
    let config = object();
    let expires_in = settings.value("expiresIn");
    let seconds = expires_in
        .as_f64()
        .or_else(|| expiration_seconds(&expires_in.as_string()?));
    if let Some(seconds) = seconds {
        set(&config, "expiration_duration_seconds", seconds);
    }
    if let Some(acl) = settings.given("initialAcl") {
        set(&config, "initial_acl", acl);
    }
    let asks = js_sys::Object::keys(&config).length() > 0;
    asks.then(|| JSON::stringify(&config).ok().map(Into::into))?
}

fn expiration_seconds(preset: &str) -> Option<f64> {
    match preset {
        "immediate" => Some(60.0),
        "1h" => Some(3_600.0),
        "1d" => Some(86_400.0),
        "7d" => Some(604_800.0),
        "30d" => Some(2_592_000.0),
        "1y" => Some(31_536_000.0),
        _ => None,
    }
}
