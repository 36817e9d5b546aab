//! Reads a folder of described endpoints. If a file is wrong, the emulator does not start, and every problem is
//! reported with file and field.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::check;
use super::endpoints::{Endpoint, Endpoints};

/// The end of an error about the format.
const SEE: &str = "the format is told in emulator/endpoints/README.md";

impl Endpoints {
    /// The endpoints of `folder`, or none without a folder. Each error is a line for the user.
    pub(crate) fn load(folder: Option<&Path>) -> Result<Self, Vec<String>> {
        let Some(folder) = folder else {
            return Ok(Self::default());
        };
        let files = files(folder).map_err(|problem| vec![problem])?;
        let mut endpoints: BTreeMap<String, (PathBuf, Arc<Endpoint>)> = BTreeMap::new();
        let mut problems = Vec::new();
        for file in files {
            match read(&file) {
                Ok(endpoint) => {
                    let id = endpoint.id.clone();
                    if let Some((other, _)) = endpoints.get(&id) {
                        let other = other.display();
                        problems.push(told(&file, &format!(
                            "endpoint_id: {id} is described in {other} already: keep one of them"
                        )));
                    }
                    endpoints.insert(id, (file, Arc::new(endpoint)));
                }
                Err(problem) => problems.push(told(&file, &problem)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let endpoints = endpoints
            .into_iter()
            .map(|(id, (_, endpoint))| (id, endpoint));
        Ok(Self(Arc::new(endpoints.collect())))
    }
}

fn told(file: &Path, problem: &str) -> String {
    format!("{}: {problem}", file.display())
}

/// The JSON files of a folder, sorted by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).map_err(|error| {
        format!("Could not read the folder {shown}: {error}; name another with --endpoints")
    })?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(format!(
            "There is no .json file in {shown}: describe an endpoint in one; {SEE}"
        ));
    }
    Ok(files)
}

fn read(file: &Path) -> Result<Endpoint, String> {
    let text = std::fs::read(file).map_err(|error| format!("it could not be read: {error}"))?;
    parse(&text, file.parent().unwrap_or(file))
}

/// The endpoint that the text of a file in `folder` describes.
fn parse(text: &[u8], folder: &Path) -> Result<Endpoint, String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let written = serde_path_to_error::deserialize(&mut json);
    let written = written.map_err(|error| match error.path().to_string().as_str() {
        // The error is about the file as a whole.
        "." => format!("{}; {SEE}", error.inner()),
        path => format!("{path}: {}; {SEE}", error.inner()),
    })?;
    json.end()
        .map_err(|error| format!("{error}: a file describes one endpoint"))?;
    check::endpoint(written, folder)
}

#[cfg(test)]
mod fuzz;
