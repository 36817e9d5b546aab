//! Serves the demo page and the built package, from files that are embedded in the program or lie in folders. The page
//! gets the strictest content security policy under which it works.

mod embedded;

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use tower_http::services::ServeDir;
use url::Url;

use crate::http::PageFile;
use crate::options::Options;
use crate::{body, range, reply};
use embedded::EmbeddedFolder;

/// The path of the built npm package.
const PACKAGE: &str = "/fal-wasm/";

/// The repository that this program was built in. Builds that embed nothing serve its files.
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The largest page, in bytes, for which a policy is made.
const LARGEST_PAGE: usize = 1 << 20;

/// The source of files.
#[derive(Debug)]
enum Files {
    Folder(PathBuf),
    Embedded(EmbeddedFolder),
}

impl Files {
    /// The folder that the user named, else the embedded one, else the repository's.
    fn choose(named: Option<&Path>, embedded: EmbeddedFolder, in_repository: &str) -> Self {
        match named {
            Some(named) => Self::Folder(named.to_owned()),
            None if embedded.is_empty() => Self::Folder(Path::new(REPOSITORY).join(in_repository)),
            None => Self::Embedded(embedded),
        }
    }
}

/// The demo page and the package.
#[derive(Debug)]
pub(crate) struct Site {
    /// The folder of the page that the user named.
    page: Option<PathBuf>,
    /// The folder of the package that the user named.
    package: Option<PathBuf>,
    upstream: Option<Url>,
}

impl Site {
    /// The page and the package that the user named, or the built-in ones.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            page: options.www.clone(),
            package: options.package.clone(),
            upstream: options.upstream.clone(),
        }
    }
}

/// Answers a GET or HEAD of a page or one of its files.
pub(crate) async fn serve(site: &Site, mut request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    let Some(inner) = path.strip_prefix(PACKAGE) else {
        let page = Files::choose(site.page.as_deref(), embedded::PAGE, "www");
        return file(site, page, request).await;
    };
    let Ok(uri) = format!("/{inner}").parse() else {
        return not_found(&path);
    };
    *request.uri_mut() = uri;
    let package = Files::choose(site.package.as_deref(), embedded::PACKAGE, "dist");
    file(site, package, request).await
}

async fn file(site: &Site, files: Files, mut request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    if is_page(&path) {
        // The policy is made from the page's text, so the whole text is needed.
        for header in [IF_NONE_MATCH, IF_MODIFIED_SINCE, RANGE] {
            request.headers_mut().remove(header);
        }
        *request.method_mut() = Method::GET;
    }
    let mut response = match files {
        Files::Folder(folder) => range::serve(ServeDir::new(folder), request).await,
        Files::Embedded(folder) => range::serve(ServeDir::with_backend("", folder), request).await,
    };
    if response.status() == StatusCode::NOT_FOUND {
        return not_found(&path);
    }
    response.extensions_mut().insert(PageFile);
    set(&mut response, CACHE_CONTROL, "no-cache");
    set(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    if is_html(response.headers()) {
        response = with_policy(response, site.upstream.as_ref()).await;
    }
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn not_found(path: &str) -> Response {
    let text = match path {
        "/" => "The demo page is not there: name its folder with --www".to_owned(),
        _ => format!("No such file: {path}"),
    };
    reply::detail(StatusCode::NOT_FOUND, text)
}

fn set(response: &mut Response, name: axum::http::HeaderName, value: &'static str) {
    let headers = response.headers_mut();
    headers.insert(name, HeaderValue::from_static(value));
}

/// Whether a path names a page, decided before the file is read.
fn is_page(path: &str) -> bool {
    let extension = Path::new(path).extension();
    path.ends_with('/') || extension.is_some_and(|kind| kind.eq_ignore_ascii_case("html"))
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}

async fn with_policy(response: Response, upstream: Option<&Url>) -> Response {
    let (mut parts, mut page) = response.into_parts();
    let page = match body::read(&mut page, LARGEST_PAGE).await {
        Ok(page) => page,
        Err(unread) => return unread.response(),
    };
    // Browsers hash a script's text after they have replaced CR LF by LF.
    let text = String::from_utf8_lossy(&page).replace("\r\n", "\n");
    let policy = policy(&text, upstream);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        parts.headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    Response::from_parts(parts, page.into())
}

/// The policy for a page. Its scripts must be from this origin. Of inline scripts, only import maps are allowed, each by
/// its hash. The page may call any `https` host, as fal.ai's upload hosts are not documented, and the upstream, which may
/// be on this machine.
fn policy(page: &str, upstream: Option<&Url>) -> String {
    let upstream = upstream.map(|url| format!(" {}", url.origin().ascii_serialization()));
    let upstream = upstream.unwrap_or_default();
    let hashes: Vec<_> = import_maps(page)
        .map(|map| {
            let hash = STANDARD.encode(digest(&SHA256, map.as_bytes()));
            format!(" 'sha256-{hash}'")
        })
        .collect();
    [
        "default-src 'self'",
        &format!("script-src 'self' 'wasm-unsafe-eval'{}", hashes.concat()),
        &format!("connect-src 'self' https:{upstream}"),
        "img-src 'self' blob: data: https:",
        &format!("media-src 'self' blob: https:{upstream}"),
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    .join("; ")
}

fn import_maps(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|script| {
        let (attributes, rest) = script.split_once('>')?;
        let (text, _) = rest.split_once("</script")?;
        attributes.contains("\"importmap\"").then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_folder_is_served_before_embedded_files_and_these_before_the_repository() {
        let [none, embedded] = EmbeddedFolder::FOR_TESTS;
        let folder = |files: Files| match files {
            Files::Folder(folder) => Some(folder),
            Files::Embedded(_) => None,
        };
        let named = Files::choose(Some(Path::new("mine")), embedded, "www");
        assert_eq!(folder(named), Some(PathBuf::from("mine")));
        assert_eq!(folder(Files::choose(None, embedded, "www")), None);
        let own = folder(Files::choose(None, none, "www")).expect("a folder");
        assert!(own.join("index.html").is_file(), "{}", own.display());
    }

    #[test]
    fn import_maps_are_allowed_by_hash_and_other_inline_scripts_are_not() {
        let page = r#"<script type="importmap">{}</script><script>alert(1)</script>"#;
        let policy = policy(page, None);
        // The output of: printf '{}' | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o='";
        let scripts = format!("script-src 'self' 'wasm-unsafe-eval' {hash};");
        assert!(policy.contains(&scripts), "{policy}");
    }

    #[test]
    fn a_page_without_inline_scripts_allows_none() {
        let policy = policy(r#"<script type="module" src="app.js"></script>"#, None);
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
    }

    #[test]
    fn an_upstream_on_this_machine_can_be_uploaded_to_and_played_from() {
        let upstream = Url::parse("http://127.0.0.1:8788/base").expect("a URL");
        let policy = policy("", Some(&upstream));
        for part in [
            "connect-src 'self' https: http://127.0.0.1:8788;",
            "media-src 'self' blob: https: http://127.0.0.1:8788;",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
    }
}
