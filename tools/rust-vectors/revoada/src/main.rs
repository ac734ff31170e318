//! Does with the Rust implementation's own stores what it is told, step by step.
//!
//! `revoada <steps.json> <outcomes.json>`: a list of steps comes in, a list of their outcomes goes out. A
//! step that fails does not end the run: its error is its outcome.

mod catalog;
mod step;
mod stores;

use std::error::Error;
use std::fs;

use step::{Outcome, Step};
use stores::Stores;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: revoada <steps.json> <outcomes.json>".into());
    };
    let steps: Vec<Step> = serde_json::from_slice(&fs::read(input)?)?;
    let mut stores = Stores::default();
    let outcomes: Vec<Outcome> = steps.iter().map(|step| stores.perform(step)).collect();
    fs::write(output, serde_json::to_vec(&outcomes)?)?;
    Ok(())
}
