//! Files in a model's input: finding them wherever they are, and putting a URL or a data
//! URI in their place. Everything else passes untouched.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileReader};

use super::{
    Error, Options, Scope,
    join::{self, Boxed},
    object,
    progress::{Progress, Share},
    storage,
};
use crate::text;

/// Up to this size `auto` puts a file into the request itself.
const AUTO_INLINE_BYTES: f64 = 8_192.0;
/// Deeper than any model's input. An input that contains itself ends here, and is then
/// refused where it is turned into JSON.
const MAX_DEPTH: usize = 64;

/// A distinct file, and every place that wants its URL.
struct Found {
    blob: Blob,
    path: String,
    places: Vec<(Object, JsValue)>,
}

/// How files become strings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    Upload,
    Inline,
    Auto,
}

/// `input` with its files replaced; the caller's own objects stay as they are.
pub(crate) async fn transform(
    scope: &Scope,
    input: JsValue,
    options: &Options,
) -> Result<JsValue, Error> {
    let files = files(&options.or_config("files", &scope.config))?;
    let mut found = Vec::new();
    let Some(copy) = copied(&input, "", 0, &mut found) else {
        return Ok(input);
    };
    let is_inlined = |blob: &Blob| match files {
        Files::Upload => false,
        Files::Inline => true,
        Files::Auto => blob.size() <= AUTO_INLINE_BYTES,
    };
    for file in &found {
        if !is_inlined(&file.blob) {
            storage::check(&file.blob)
                .map_err(|error| error.with("argument", file.path.as_str()))?;
        }
    }
    let lifecycle = storage::lifecycle(&options.options("storageSettings"));
    let progress = Progress::new(options.function("onUploadProgress"));
    let work: Vec<Boxed<'_, ()>> = found
        .iter()
        .map(|file| {
            let lifecycle = lifecycle.as_ref();
            let share = (!is_inlined(&file.blob)).then(|| progress.add(file.blob.size()));
            Box::pin(replace(scope, file, share, lifecycle)) as Boxed<'_, ()>
        })
        .collect();
    join::all(work).await?;
    Ok(copy)
}

fn files(given: &JsValue) -> Result<Files, Error> {
    if given.is_undefined() || given.is_null() {
        return Ok(Files::Upload);
    }
    match given.as_string().as_deref() {
        Some("upload") => Ok(Files::Upload),
        Some("inline") => Ok(Files::Inline),
        Some("auto") => Ok(Files::Auto),
        _ => Err(Error::argument(
            "files",
            "must be \"upload\", \"inline\" or \"auto\"",
        )),
    }
}

/// Turns one file into a string, and puts that wherever the file was.
async fn replace(
    scope: &Scope,
    file: &Found,
    share: Option<Share>,
    lifecycle: Option<&JsValue>,
) -> Result<(), Error> {
    let url = match share {
        Some(share) => storage::store(scope, &file.blob, lifecycle, &share)
            .await
            .map(JsValue::from),
        None => data_uri(&file.blob).await,
    };
    let url = url.map_err(|error| error.with("field", file.path.as_str()))?;
    for (container, key) in &file.places {
        let _ = Reflect::set(container, key, &url);
    }
    Ok(())
}

/// A copy of `value` down to its files, which are noted in `found`; `None` where there are
/// none, so that an input without files is sent as the very object that was given.
fn copied(value: &JsValue, path: &str, depth: usize, found: &mut Vec<Found>) -> Option<JsValue> {
    let is_array = Array::is_array(value);
    if depth > MAX_DEPTH || !(is_array || is_plain_object(value)) {
        return None;
    }
    let source: &Object = value.unchecked_ref();
    let mut copy: Option<Object> = None;
    for key in Object::keys(source).iter() {
        let Ok(child) = Reflect::get(source, &key) else {
            continue;
        };
        let name = key.as_string().unwrap_or_default();
        let path = match (path.is_empty(), is_array) {
            (true, _) => name,
            (false, true) => text::joined(&[path, "[", &name, "]"]),
            (false, false) => text::joined(&[path, ".", &name]),
        };
        let mut container = || {
            let shallow = || {
                if is_array {
                    source.unchecked_ref::<Array>().slice(0, u32::MAX).into()
                } else {
                    Object::assign(&object(), source)
                }
            };
            copy.get_or_insert_with(shallow).clone()
        };
        if let Some(blob) = child.dyn_ref::<Blob>() {
            note(found, blob, path, (container(), key));
        } else if let Some(child) = copied(&child, &path, depth + 1, found) {
            let _ = Reflect::set(&container(), &key, &child);
        }
    }
    copy.map(Into::into)
}

/// Adds a place for a file, which is uploaded once however often it occurs.
fn note(found: &mut Vec<Found>, blob: &Blob, path: String, place: (Object, JsValue)) {
    match found.iter_mut().find(|file| file.blob == *blob) {
        Some(file) => file.places.push(place),
        None => found.push(Found {
            blob: blob.clone(),
            path,
            places: vec![place],
        }),
    }
}

/// An object literal, also one from another realm: its prototype is null or has none.
fn is_plain_object(value: &JsValue) -> bool {
    if !value.is_object() {
        return false;
    }
    let prototype = |of: &JsValue| Reflect::get_prototype_of(of).map(JsValue::from);
    match prototype(value) {
        Ok(parent) if parent.is_null() => true,
        Ok(parent) => prototype(&parent).is_ok_and(|top| top.is_null()),
        Err(_) => false,
    }
}

/// The file as a base64 data URI, read by the browser.
async fn data_uri(blob: &Blob) -> Result<JsValue, Error> {
    let reader = FileReader::new().map_err(|cause| {
        Error::argument("files", "cannot be \"inline\" here: there is no FileReader")
            .with("cause", cause)
    })?;
    let ended = Promise::new(&mut |resolve, _| reader.set_onloadend(Some(&resolve)));
    reader.read_as_data_url(blob).map_err(Error::thrown)?;
    JsFuture::from(ended).await.map_err(Error::thrown)?;
    match reader.result() {
        Ok(uri) if uri.is_string() => Ok(uri),
        _ => Err(Error::argument("file", "could not be read")
            .with("cause", reader.error().map(JsValue::from))),
    }
}
