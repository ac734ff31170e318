//! Sealed catalog files, read and written by the Rust implementation's own code.

use std::path::Path;

use engenho_store::{
    CatalogSnapshot, Reason, ResourceCatalog, ResourceCatalogSnapshot, ResourceCommand,
    ResourceKey, SnapshotError,
};
use serde_json::{Value, json};

use crate::step::Put;

/// The index of a file and how many resources it holds, or the kind of the error that reading it gave.
pub fn load(path: &str) -> Result<Value, String> {
    let snapshot = CatalogSnapshot::load_from(Path::new(path)).map_err(kind)?;
    Ok(json!({
        "index": snapshot.last_applied_index.to_string(),
        "count": snapshot.catalog.catalog.len(),
    }))
}

/// Reads one file and writes what it held to another.
pub fn save_again(from: &str, to: &str) -> Result<(), String> {
    let snapshot = CatalogSnapshot::load_from(Path::new(from)).map_err(kind)?;
    snapshot.save_to(Path::new(to)).map_err(kind)
}

/// Seals a catalog of these resources, the last of them put at this index of the log.
pub fn save(path: &str, puts: &[Put], index: &str) -> Result<(), String> {
    let index: u64 = index.parse().map_err(text)?;
    let mut catalog = ResourceCatalog::default();
    for (number, put) in puts.iter().enumerate() {
        let key = ResourceKey {
            group: put.group.clone(),
            version: put.version.clone(),
            kind: put.kind.clone(),
            namespace: put.namespace.clone(),
            name: put.name.clone(),
        };
        let value = serde_json::from_str(&put.value).map_err(text)?;
        let put_at = index - (puts.len() - 1 - number) as u64;
        let command = ResourceCommand::Put {
            key,
            value,
            reason: Reason::Operator,
        };
        catalog.apply(&command, 1, put_at);
    }
    CatalogSnapshot::from_catalog(ResourceCatalogSnapshot { catalog }, index)
        .save_to(Path::new(path))
        .map_err(kind)
}

fn kind(error: SnapshotError) -> String {
    error.kind().to_string()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
