/** Runs one case: subject, floor and peers take turns, so that the machine's noise hits them all. */

import type { BenchCase, Contestant, Size, Trial } from "./bench-case.ts";
import { measureMemory } from "./memory.ts";
import { type CaseResult, isMet, type Row } from "./results.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** Odd, so that the median is a round that was. */
const defaultRounds: Readonly<Record<Size, number>> = { full: 7, small: 5, tiny: 5 };

/** One measurement of one contestant. */
interface Sample {
  readonly figure: number;
  /** Of memory: the part that V8 has. */
  readonly heap?: number;
}

/** Measures one contestant once, in this round. */
type Measure = (round: number) => Promise<Sample>;

/** A contestant and what its rounds gave. */
interface Entrant {
  readonly role: Row["role"];
  readonly contestant: Contestant;
  readonly samples: Sample[];
}

/**
 * Opens everybody, lets each warm up, and then gives each a turn in every round, in an order that
 * changes with the round. Rejects with whatever a contestant throws.
 */
export async function runCase(
  suite: string,
  benchCase: BenchCase,
  size: Size,
): Promise<CaseResult> {
  const { name, measures, bar, operations, unit } = benchCase;
  const entrants = entrantsOf(benchCase);
  const rounds = (benchCase.rounds ?? defaultRounds)[size];
  if (measures === "memory") {
    await takeTurns(
      entrants.map(
        ({ contestant }) =>
          () =>
            measureMemory({ suite, case: name, contestant: contestant.name, size }),
      ),
      entrants,
      rounds,
    );
  } else {
    await measureInProcess(benchCase, entrants, size, rounds);
  }
  const rows = rowsOf(entrants);
  const judged = rows.find(({ role }) => role === "floor")?.ratio ?? rows[0]?.figure;
  return {
    name,
    measures,
    unit: unit ?? (measures === "memory" ? "bytes" : "s"),
    operations: operations[size],
    rounds,
    rows,
    bar: bar ?? null,
    isMet: bar === undefined || judged === undefined ? null : isMet(bar, judged.median),
  };
}

function entrantsOf({ subject, floor, peers = [] }: BenchCase): readonly Entrant[] {
  return [
    { role: "subject", contestant: subject, samples: [] },
    ...(floor === undefined ? [] : [{ role: "floor" as const, contestant: floor, samples: [] }]),
    ...peers.map((contestant) => ({ role: "peer" as const, contestant, samples: [] })),
  ];
}

async function measureInProcess(
  { measures, operations, isWarm }: BenchCase,
  entrants: readonly Entrant[],
  size: Size,
  rounds: number,
): Promise<void> {
  const trials: Trial[] = [];
  try {
    for (const { contestant } of entrants) {
      trials.push(await contestant.open(operations[size], size));
    }
    const turns = trials.map((trial): Measure => async (round) => {
      const seconds = await timed(trial, round);
      if (trial.figure !== undefined) return { figure: trial.figure() };
      return { figure: measures === "rate" ? operations[size] / seconds : seconds };
    });
    // Rounds that do not count: code gets optimised, memory gets its size. A process warms up by itself.
    const warmUp = measures === "seconds" || isWarm === true ? [] : [-2, -1];
    for (const round of warmUp) for (const turn of turns) await turn(round);
    await takeTurns(turns, entrants, rounds);
  } finally {
    for (const trial of trials) await trial.close?.();
  }
}

async function takeTurns(
  turns: readonly Measure[],
  entrants: readonly Entrant[],
  rounds: number,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < turns.length; i++) {
      const who = (round + i) % turns.length;
      const sample = await turns[who]?.(round);
      if (sample !== undefined) entrants[who]?.samples.push(sample);
    }
  }
}

/**
 * The seconds of one run. The young garbage of whoever was before is collected first, and not all of it:
 * a full collection throws optimised code away too, and parsing YAML then takes three times as long.
 */
async function timed(trial: Trial, round: number): Promise<number> {
  await trial.before?.(round);
  globalThis.gc?.({ type: "minor" });
  const start = performance.now();
  await trial.run();
  const seconds = (performance.now() - start) / 1000;
  await trial.after?.();
  return seconds;
}

function rowsOf(entrants: readonly Entrant[]): readonly Row[] {
  const [subject] = entrants;
  return entrants.map((entrant): Row => {
    const { role, contestant, samples } = entrant;
    const heaps = samples.flatMap(({ heap }) => heap ?? []);
    return {
      role,
      name: contestant.name,
      note: contestant.note ?? null,
      figure: spreadOf(samples.map(({ figure }) => figure)),
      ratio: entrant === subject ? null : ratiosOf(subject?.samples ?? [], samples),
      heap: heaps.length === 0 ? null : spreadOf(heaps),
    };
  });
}

/** Of the pairs that stand in one round, rather than of the medians: what slowed one slowed the other. */
function ratiosOf(subject: readonly Sample[], other: readonly Sample[]): Spread {
  return spreadOf(subject.map(({ figure }, i) => figure / (other[i]?.figure ?? Number.NaN)));
}
