//! Snapshots: read as the Rust implementation reads them, written in every spelling that serde has for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer, ser::SerializeSeq};

use crate::cases::{EnvelopeCase, SnapshotCase, Verdict};
use crate::envelope::{Plain, Reference, as_byte_string, to_cbor};

/// One resource with its envelope, an array of integers.
#[derive(Serialize, Deserialize, Clone)]
struct Entry(Reference, Vec<u8>);

/// One resource with its envelope, a byte string.
#[derive(Serialize)]
struct ByteStringEntry<'a>(
    &'a Reference,
    #[serde(serialize_with = "as_byte_string")] &'a [u8],
);

/// Entries whose number serde is not told: the array has no length.
struct Streamed<'a>(&'a [Entry]);

impl Serialize for Streamed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        for entry in self.0 {
            sequence.serialize_element(entry)?;
        }
        sequence.end()
    }
}

/// Reads the SDK's snapshot of a case and writes one of the same resources.
pub fn judge(case: &SnapshotCase) -> Verdict {
    let mut entries: Vec<Entry> = case.entries.iter().map(plain_entry).collect();
    // As the Rust implementation sorts them: kind, namespace, name.
    entries.sort_by(|a, b| sort_key(&a.0).cmp(&sort_key(&b.0)));
    let byte_strings: Vec<ByteStringEntry> = entries
        .iter()
        .map(|Entry(reference, bytes)| ByteStringEntry(reference, bytes))
        .collect();
    let written = BTreeMap::from([
        ("plain", hex::encode(to_cbor(&entries))),
        ("byte string", hex::encode(to_cbor(&byte_strings))),
        ("streamed", hex::encode(to_cbor(&Streamed(&entries)))),
    ]);
    let problem = problem(&case.ours, &case.entries).err();
    Verdict {
        id: case.id.clone(),
        problem,
        written,
    }
}

fn sort_key(reference: &Reference) -> (&str, Option<&str>, &str) {
    (
        &reference.kind,
        reference.namespace.as_deref(),
        &reference.name,
    )
}

fn plain_entry(resource: &EnvelopeCase) -> Entry {
    let reference = Reference::from(&resource.reference);
    let plain = Plain {
        reference: reference.clone(),
        payload: resource.payload.bytes(),
    };
    Entry(reference, to_cbor(&plain))
}

/// What is wrong with a snapshot of the SDK's: the resources must be these, in this order, each with the
/// SDK's own envelope.
fn problem(ours: &str, resources: &[EnvelopeCase]) -> Result<(), String> {
    let bytes = hex::decode(ours).map_err(|error| error.to_string())?;
    let entries: Vec<Entry> =
        ciborium::from_reader(bytes.as_slice()).map_err(|error| error.to_string())?;
    if entries.len() != resources.len() {
        return Err(format!("it has {} entries", entries.len()));
    }
    for (Entry(reference, envelope), resource) in entries.iter().zip(resources) {
        if *reference != Reference::from(&resource.reference) {
            return Err(format!("{reference:?} stands where {} should", resource.id));
        }
        if hex::encode(envelope) != resource.ours {
            return Err(format!("the envelope of {} is another", resource.id));
        }
    }
    let sorted = entries.is_sorted_by_key(|Entry(reference, _)| {
        (
            reference.kind.clone(),
            reference.namespace.clone(),
            reference.name.clone(),
        )
    });
    if sorted {
        Ok(())
    } else {
        Err("it is not sorted as the Rust implementation sorts".into())
    }
}
