//! Envelopes: read as the Rust implementation reads them, written in every spelling that serde has for them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::cases::{CaseReference, EnvelopeCase, Verdict};

/// A reference with its fields in the order of the Rust implementation's; no namespace is null.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reference {
    pub kind: String,
    pub name: String,
    pub namespace: Option<String>,
}

impl From<&CaseReference> for Reference {
    fn from(case: &CaseReference) -> Self {
        let CaseReference {
            kind,
            name,
            namespace,
        } = case.clone();
        Self {
            kind,
            name,
            namespace,
        }
    }
}

/// The Rust implementation's envelope: no label, the payload an array of integers.
#[derive(Serialize, Deserialize)]
pub struct Plain {
    #[serde(rename = "ref")]
    pub reference: Reference,
    pub payload: Vec<u8>,
}

/// Another order of the fields; no label is null.
#[derive(Serialize, Deserialize)]
struct Reordered {
    payload: Vec<u8>,
    format: Option<String>,
    #[serde(rename = "ref")]
    reference: ReorderedReference,
}

/// Another order of the fields; no namespace is no field.
#[derive(Serialize, Deserialize)]
struct ReorderedReference {
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    name: String,
    kind: String,
}

/// The payload as a byte string; no label is no field.
#[derive(Serialize)]
struct ByteString<'a> {
    #[serde(rename = "ref")]
    reference: &'a Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    #[serde(serialize_with = "as_byte_string")]
    payload: &'a [u8],
}

/// With a flattened part serde does not know the number of fields, and the map has no length.
#[derive(Serialize)]
struct Flattened<'a> {
    #[serde(rename = "ref")]
    reference: &'a Reference,
    #[serde(flatten)]
    rest: Rest<'a>,
}

#[derive(Serialize)]
struct Rest<'a> {
    format: Option<&'a str>,
    payload: &'a [u8],
}

pub fn as_byte_string<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

pub fn to_cbor(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("writing to memory does not fail");
    bytes
}

/// Reads the SDK's bytes of a case and writes its resource.
pub fn judge(case: &EnvelopeCase) -> Verdict {
    let reference = Reference::from(&case.reference);
    let payload = case.payload.bytes();
    let format = case.format.as_deref();
    let mut written = BTreeMap::new();
    if format.is_none() {
        let plain = Plain {
            reference: reference.clone(),
            payload: payload.clone(),
        };
        written.insert("plain", hex::encode(to_cbor(&plain)));
    }
    let CaseReference {
        kind,
        name,
        namespace,
    } = case.reference.clone();
    let reordered = Reordered {
        payload: payload.clone(),
        format: case.format.clone(),
        reference: ReorderedReference {
            namespace,
            name,
            kind,
        },
    };
    written.insert("reordered", hex::encode(to_cbor(&reordered)));
    let byte_string = ByteString {
        reference: &reference,
        format,
        payload: &payload,
    };
    written.insert("byte string", hex::encode(to_cbor(&byte_string)));
    let rest = Rest {
        format,
        payload: &payload,
    };
    let flattened = Flattened {
        reference: &reference,
        rest,
    };
    written.insert("flattened", hex::encode(to_cbor(&flattened)));
    let problem = problem(&case.ours, &reference, format, &payload);
    Verdict {
        id: case.id.clone(),
        problem,
        written,
    }
}

/// What is wrong with an envelope of the SDK's: read as the Rust implementation does, which ignores the
/// label, and by a reader that knows it.
fn problem(
    ours: &str,
    reference: &Reference,
    format: Option<&str>,
    payload: &[u8],
) -> Option<String> {
    let bytes = match hex::decode(ours) {
        Ok(bytes) => bytes,
        Err(error) => return Some(error.to_string()),
    };
    let plain: Plain = match ciborium::from_reader(bytes.as_slice()) {
        Ok(plain) => plain,
        Err(error) => return Some(error.to_string()),
    };
    let labelled: Reordered = match ciborium::from_reader(bytes.as_slice()) {
        Ok(labelled) => labelled,
        Err(error) => return Some(error.to_string()),
    };
    if plain.reference != *reference {
        return Some(format!("the reference is {:?}", plain.reference));
    }
    if plain.payload != payload || labelled.payload != payload {
        return Some("the payload is another".into());
    }
    if labelled.format.as_deref() != format {
        return Some(format!("the format is {:?}", labelled.format));
    }
    None
}
