//! The open stores, and the steps on them.

use std::collections::HashMap;

use engenho_revoada::face_store::InMemoryStore;
use engenho_revoada::{FileSystemBackend, ResourceFormat, StoreBackend};
use serde_json::{Value, json};

use crate::catalog;
use crate::step::{Format, Outcome, Step};

const FACE_NAME: &str = "kubernetes";

/// Stores by the names that the steps give them.
#[derive(Default)]
pub struct Stores {
    open: HashMap<String, Box<dyn StoreBackend>>,
}

impl Stores {
    pub fn perform(&mut self, step: &Step) -> Outcome {
        match self.attempt(step) {
            Ok(value) => Outcome::Value(value),
            Err(message) => Outcome::Error(message),
        }
    }

    fn attempt(&mut self, step: &Step) -> Result<Value, String> {
        match step {
            Step::Open { on, root } => {
                let backend = FileSystemBackend::open(root, FACE_NAME).map_err(text)?;
                self.open.insert(on.clone(), Box::new(backend));
            }
            Step::Memory { on } => {
                let store = InMemoryStore::new(FACE_NAME);
                self.open.insert(on.clone(), Box::new(store));
            }
            Step::Close { on } => {
                self.open.remove(on);
            }
            Step::Apply { on, format, body } => {
                let body = bytes(body)?;
                self.store(on)?
                    .apply(native(*format), &body)
                    .map_err(text)?;
            }
            Step::Get {
                on,
                reference,
                format,
            } => {
                let body = self
                    .store(on)?
                    .get(reference, native(*format))
                    .map_err(text)?;
                return Ok(json!(hex::encode(body)));
            }
            Step::List {
                on,
                kind,
                namespace,
                format,
            } => {
                let store = self.store(on)?;
                let mut bodies: Vec<String> = store
                    .list(kind, namespace.as_deref(), native(*format))
                    .map_err(text)?
                    .iter()
                    .map(hex::encode)
                    .collect();
                bodies.sort(); // it comes in the order of a hash map
                return Ok(json!(bodies));
            }
            Step::Delete { on, reference } => self.store(on)?.delete(reference).map_err(text)?,
            Step::Count { on } => return Ok(json!(self.store(on)?.resource_count())),
            Step::Snapshot { on } => {
                return Ok(json!(hex::encode(
                    self.store(on)?.snapshot().map_err(text)?
                )));
            }
            Step::Restore { on, snapshot } => {
                let snapshot = bytes(snapshot)?;
                self.store(on)?.restore(&snapshot).map_err(text)?;
            }
            Step::LoadCatalog { path } => return catalog::load(path),
            Step::SaveCatalogAgain { from, to } => catalog::save_again(from, to)?,
            Step::SaveCatalog { path, puts, index } => catalog::save(path, puts, index)?,
        }
        Ok(Value::Null)
    }

    fn store(&self, name: &str) -> Result<&dyn StoreBackend, String> {
        let store = self.open.get(name).map(Box::as_ref);
        store.ok_or_else(|| format!("no store is called {name}"))
    }
}

fn native(format: Format) -> ResourceFormat {
    match format {
        Format::Yaml => ResourceFormat::Yaml,
        Format::Json => ResourceFormat::Json,
        Format::Hcl => ResourceFormat::Hcl,
        Format::Native => ResourceFormat::Native,
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    hex::decode(hex).map_err(text)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
