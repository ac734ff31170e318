//! Reads the envelopes and snapshots that the SDK wrote and writes the same resources as serde and ciborium do.
//!
//! `wire <ours.json> <rust.json>`: the first holds the cases with the SDK's bytes, the second gets what
//! reading each one gave and the bytes of each spelling.

mod cases;
mod envelope;
mod snapshot;

use std::error::Error;
use std::fs;

use cases::{Cases, Report};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: wire <ours.json> <rust.json>".into());
    };
    let cases: Cases = serde_json::from_slice(&fs::read(input)?)?;
    let report = Report {
        envelopes: cases.envelopes.iter().map(envelope::judge).collect(),
        snapshots: cases.snapshots.iter().map(snapshot::judge).collect(),
    };
    fs::write(output, serde_json::to_vec(&report)?)?;
    Ok(())
}
