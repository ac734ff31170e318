//! What comes in and what goes out, as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything there is to judge.
#[derive(Deserialize)]
pub struct Cases {
    pub envelopes: Vec<EnvelopeCase>,
    pub snapshots: Vec<SnapshotCase>,
}

/// One resource, and the bytes that the SDK made of it.
#[derive(Deserialize)]
pub struct EnvelopeCase {
    pub id: String,
    #[serde(rename = "ref")]
    pub reference: CaseReference,
    pub format: Option<String>,
    pub payload: Payload,
    /// In hex.
    pub ours: String,
}

/// A reference as the cases spell it.
#[derive(Deserialize, Clone)]
pub struct CaseReference {
    pub kind: String,
    pub name: String,
    pub namespace: Option<String>,
}

/// A payload, written out or by rule.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Payload {
    Text {
        text: String,
    },
    Hex {
        hex: String,
    },
    /// Byte `i` is `(first + i * step) mod 256`.
    Rule {
        length: usize,
        first: usize,
        step: usize,
    },
}

impl Payload {
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text { text } => text.clone().into_bytes(),
            Self::Hex { hex } => hex::decode(hex).expect("the cases are hex"),
            Self::Rule {
                length,
                first,
                step,
            } => (0..*length)
                .map(|i| ((first + i * step) % 256) as u8)
                .collect(),
        }
    }
}

/// Several of the resources, in the order in which a snapshot must have them, and the SDK's snapshot.
#[derive(Deserialize)]
pub struct SnapshotCase {
    pub id: String,
    pub entries: Vec<EnvelopeCase>,
    /// In hex.
    pub ours: String,
}

/// What became of the cases.
#[derive(Serialize)]
pub struct Report {
    pub envelopes: Vec<Verdict>,
    pub snapshots: Vec<Verdict>,
}

#[derive(Serialize)]
pub struct Verdict {
    pub id: String,
    /// What is wrong with the SDK's bytes as read here; null if nothing is.
    pub problem: Option<String>,
    /// By the name of the spelling, the bytes in hex.
    pub written: BTreeMap<&'static str, String>,
}
