//! What can be asked, and what comes back. Bytes are in hex, both ways.

use engenho_revoada::ResourceRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step. `on` names a store that an earlier step opened.
#[derive(Deserialize)]
#[serde(tag = "step", rename_all = "camelCase")]
pub enum Step {
    /// Opens the filesystem backend over a directory.
    Open {
        on: String,
        root: String,
    },
    /// Makes an in-memory store.
    Memory {
        on: String,
    },
    /// Lets a store go.
    Close {
        on: String,
    },
    Apply {
        on: String,
        format: Format,
        body: String,
    },
    Get {
        on: String,
        #[serde(rename = "ref")]
        reference: ResourceRef,
        format: Format,
    },
    List {
        on: String,
        kind: String,
        namespace: Option<String>,
        format: Format,
    },
    Delete {
        on: String,
        #[serde(rename = "ref")]
        reference: ResourceRef,
    },
    Count {
        on: String,
    },
    Snapshot {
        on: String,
    },
    Restore {
        on: String,
        snapshot: String,
    },
    /// Reads a sealed catalog file.
    LoadCatalog {
        path: String,
    },
    /// Reads a sealed catalog file and writes it again.
    SaveCatalogAgain {
        from: String,
        to: String,
    },
    /// Seals a catalog in a file.
    SaveCatalog {
        path: String,
        puts: Vec<Put>,
        index: String,
    },
}

/// A resource of a catalog; its value is JSON as text, so that no number is lost on the way.
#[derive(Deserialize)]
pub struct Put {
    pub group: String,
    pub version: String,
    pub kind: String,
    pub namespace: Option<String>,
    pub name: String,
    pub value: String,
}

/// The formats of the Rust implementation.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    Yaml,
    Json,
    Hcl,
    Native,
}

/// What a step gave: `{"value": …}` or `{"error": "…"}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    Value(Value),
    Error(String),
}
