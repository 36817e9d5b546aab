//! A request as it goes out: after the middleware and the proxy, with credentials.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{
    Config, Error,
    http::Call,
    options::{Options, object, set},
};
use crate::{host::is_fal_url, text};

const TARGET_URL_HEADER: &str = "x-fal-target-url";

/// The method, URL and headers to send for a call to the service.
pub(crate) async fn prepare(
    config: &Config,
    call: &Call<'_>,
) -> Result<(String, String, Object), Error> {
    let mut method = text::joined(&[call.method]);
    let mut url = text::joined(&[call.url]);
    let mut headers = Object::assign(&object(), &call.headers);
    if let Some(middleware) = config.0.function("requestMiddleware") {
        let request = object();
        set(&request, "method", method.as_str());
        set(&request, "url", url.as_str());
        set(&request, "headers", headers);
        let changed = middleware
            .call1(&JsValue::UNDEFINED, &request)
            .map_err(Error::thrown)?;
        let changed = JsFuture::from(Promise::resolve(&changed))
            .await
            .map_err(Error::thrown)?;
        let changed = Options::new(changed);
        method = changed.text("method").unwrap_or(method);
        url = changed
            .text("url")
            .ok_or_else(|| Error::argument("requestMiddleware", "returned no url"))?;
        let given = changed.value("headers").dyn_into().unwrap_or_default();
        headers = Object::assign(&object(), &given);
    }
    let is_proxied = Reflect::has(&headers, &TARGET_URL_HEADER.into()).unwrap_or(false);
    if let Some(proxy_url) = proxy_url(config)?.filter(|_| !is_proxied) {
        set(&headers, TARGET_URL_HEADER, url);
        url = proxy_url;
    }
    let out = object();
    if let Some(key) = key_for(config, &url)?
        && !has_header(&headers, "Authorization")
    {
        set(&out, "Authorization", text::joined(&["Key ", &key]));
    }
    for name in ["Accept", "Content-Type"] {
        if !has_header(&headers, name) {
            set(&out, name, "application/json");
        }
    }
    Ok((method, url, Object::assign(&out, &headers)))
}

/// Whether the caller gave this header, in whatever case. Both spellings in one object
/// would go out as one header with two values.
fn has_header(headers: &Object, name: &str) -> bool {
    let entries = Options::new(headers.into()).entries();
    entries
        .iter()
        .any(|(given, _)| given.eq_ignore_ascii_case(name))
}

/// The proxy to call, where one is configured and applies here.
fn proxy_url(config: &Config) -> Result<Option<String>, Error> {
    let applies = match config.0.function("proxyWhen") {
        Some(when) => when.call0(&JsValue::UNDEFINED).map_err(Error::thrown)?,
        None => JsValue::TRUE,
    };
    let url = config.0.text("proxyUrl");
    Ok(url.filter(|_| applies.is_truthy()))
}

/// The key, if there is one and `url` may see it.
fn key_for(config: &Config, url: &str) -> Result<Option<String>, Error> {
    if !is_fal_url(url) {
        return Ok(None);
    }
    let key = match config.0.function("credentials") {
        Some(resolve) => resolve.call0(&JsValue::UNDEFINED).map_err(Error::thrown)?,
        None => config.0.value("credentials"),
    };
    Ok(key.as_string().filter(|key| !key.is_empty()))
}
