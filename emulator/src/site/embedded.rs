//! The demo page and the npm package that are embedded in the program, in builds that have them (see `build.rs`). They
//! are served like a folder.

use std::future::{Ready, ready};
use std::io::{self, Cursor, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};
use std::time::SystemTime;

use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{Backend, File, Metadata};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The modification time of all embedded files: the start of the process, as another process may be another version.
static STARTED: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

/// Files by their paths, which begin without a slash. Empty if the build embedded none.
#[derive(Debug, Clone, Copy)]
pub(super) struct EmbeddedFolder(&'static [(&'static str, &'static [u8])]);

impl EmbeddedFolder {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The file at a path of `ServeDir`, which begins with a dot.
    fn bytes(self, path: &Path) -> io::Result<&'static [u8]> {
        let path = path.strip_prefix(".").unwrap_or(path);
        let found = self.0.iter().find(|(name, _)| Path::new(name) == path);
        found
            .map(|(_, bytes)| *bytes)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn is_folder(self, path: &Path) -> bool {
        let path = path.strip_prefix(".").unwrap_or(path);
        let mut names = self.0.iter().map(|(name, _)| Path::new(name));
        names.any(|name| name != path && name.starts_with(path))
    }
}

#[cfg(test)]
impl EmbeddedFolder {
    /// No files, and one file.
    pub(super) const FOR_TESTS: [Self; 2] =
        [Self(&[]), Self(&[("index.html", b"<!doctype html>")])];
}

impl Backend for EmbeddedFolder {
    type File = EmbeddedFile;
    type Metadata = EmbeddedMetadata;
    type OpenFuture = Ready<io::Result<EmbeddedFile>>;
    type MetadataFuture = Ready<io::Result<EmbeddedMetadata>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        let bytes = self.bytes(&path);
        ready(bytes.map(|bytes| EmbeddedFile(Cursor::new(bytes))))
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        if self.is_folder(&path) {
            return ready(Ok(EmbeddedMetadata::Folder));
        }
        ready(self.bytes(&path).map(EmbeddedMetadata::of))
    }
}

/// An open file.
#[derive(Debug)]
pub(super) struct EmbeddedFile(Cursor<&'static [u8]>);

impl File for EmbeddedFile {
    type Metadata = EmbeddedMetadata;
    type MetadataFuture<'a> = Ready<io::Result<EmbeddedMetadata>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        ready(Ok(EmbeddedMetadata::of(self.0.get_ref())))
    }
}

impl AsyncRead for EmbeddedFile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncSeek for EmbeddedFile {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.0).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.0).poll_complete(context)
    }
}

/// The metadata of a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum EmbeddedMetadata {
    /// It is a folder.
    Folder,
    /// It is a file of this number of bytes.
    File(u64),
}

impl EmbeddedMetadata {
    fn of(bytes: &[u8]) -> Self {
        Self::File(bytes.len() as u64)
    }
}

impl Metadata for EmbeddedMetadata {
    fn is_dir(&self) -> bool {
        matches!(self, Self::Folder)
    }

    fn modified(&self) -> io::Result<SystemTime> {
        Ok(*STARTED)
    }

    fn len(&self) -> u64 {
        match self {
            Self::Folder => 0,
            Self::File(bytes) => *bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use axum::response::Response;
    use tower::ServiceExt;
    use tower_http::services::ServeDir;

    use super::*;

    const FILES: EmbeddedFolder =
        EmbeddedFolder(&[("css/base.css", b"a{}"), ("index.html", b"<!doctype html>")]);

    async fn get(path: &str, header: Option<(&str, &str)>) -> Response {
        let mut request = Request::get(path);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let Ok(served) = ServeDir::with_backend("", FILES).oneshot(request).await;
        served.map(Body::new)
    }

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1_000).await;
        String::from_utf8(bytes.expect("a body").to_vec()).expect("text")
    }

    #[tokio::test]
    async fn embedded_files_are_served_with_their_types() {
        for (path, kind, content) in [
            ("/", "text/html", "<!doctype html>"),
            ("/index.html", "text/html", "<!doctype html>"),
            ("/css/base.css", "text/css", "a{}"),
            ("/css%2Fbase.css", "text/css", "a{}"),
        ] {
            let response = get(path, None).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()["content-type"], kind, "{path}");
            assert_eq!(text(response).await, content, "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_not_embedded_is_not_found() {
        for path in [
            "/app.js",
            "/css/",
            "/css/../index.html",
            "/index.html/",
            "/%2e%2e/x",
            "/base.css",
        ] {
            let response = get(path, None).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn an_embedded_file_is_sent_once_to_a_caller_who_keeps_it() {
        let first = get("/css/base.css", None).await;
        let etag = first.headers()["etag"].to_str().expect("text").to_owned();
        let again = get("/css/base.css", Some(("if-none-match", &etag))).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let other = get("/css/base.css", Some(("if-none-match", "\"other\""))).await;
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_range_of_an_embedded_file_is_that_part() {
        let response = get("/index.html", Some(("range", "bytes=2-8"))).await;
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(text(response).await, "doctype");
    }
}
