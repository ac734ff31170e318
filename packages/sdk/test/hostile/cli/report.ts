/** What a run of hostile inputs found, as tables and one last line. */

import type { CostVerdict } from "../cost/judge-cost.ts";
import type { Family } from "../family.ts";
import type { Tally } from "../run-family.ts";

/** One line a family: what became of its inputs. */
export function fuzzTable(families: readonly Family[], tallies: readonly Tally[]): string {
  const rows = families.map(({ name }) => {
    const own = tallies.filter(({ family }) => family === name);
    const inputs = sum(own.map((tally) => tally.inputs));
    const { accepted = 0, ...refused } = resultsOf(own);
    const codes = Object.entries(refused).toSorted(([, a], [, b]) => b - a);
    const wellFormed = own.map((tally) => tally.wellFormed);
    const share = wellFormed.includes(undefined)
      ? ""
      : percent(sum(wellFormed.map((count) => count ?? 0)) / inputs);
    return [
      name,
      String(inputs),
      percent(accepted / inputs),
      share,
      codes.map(([code, count]) => `${code} ${percent(count / inputs)}`).join(", "),
    ];
  });
  return table(["family", "inputs", "accepted", "well-formed", "refused"], rows, [1, 2, 3]);
}

/** One line a family of growing inputs: what its largest took for each byte. */
export function costTable(costs: readonly CostVerdict[]): string {
  const rows = costs.map(({ family, stepsPerByte, bytesPerByte, growth, isSlow }) => [
    family,
    stepsPerByte.toFixed(1),
    bytesPerByte.toFixed(0),
    growth.toFixed(2),
    isSlow ? "SLOW" : "",
  ]);
  return table(["growing inputs", "steps/byte", "bytes/byte", "growth", ""], rows, [1, 2, 3]);
}

/** The failures, and the line that says whether there are any. */
export function summary(
  tallies: readonly Tally[],
  costs: readonly CostVerdict[],
): { readonly text: string; readonly isClean: boolean } {
  const failures = tallies.flatMap(({ failure }) => failure ?? []);
  const isCrash = (flaw: string): boolean => flaw.startsWith("crash");
  const isUntyped = (flaw: string): boolean => /^(?:untyped|code|kind|outcome)/.test(flaw);
  const crashes = failures.filter(({ flaw }) => isCrash(flaw)).length;
  const untyped = failures.filter(({ flaw }) => isUntyped(flaw)).length;
  const others = failures.length - crashes - untyped;
  const slow = costs.filter(({ isSlow }) => isSlow).length;
  const details = failures.map(
    ({ flaw, input, replay }) => `${flaw}\n  smallest input: ${input}\n  again: ${replay}\n`,
  );
  const wrong = others > 0 ? `wrong results ${others}, ` : "";
  const last = `${wrong}crashes ${crashes}, untyped errors ${untyped}, slow families ${slow}`;
  return { text: [...details, last].join("\n"), isClean: failures.length + slow === 0 };
}

function resultsOf(tallies: readonly Tally[]): Record<string, number> {
  const results: Record<string, number> = {};
  for (const tally of tallies) {
    for (const [result, count] of Object.entries(tally.results))
      results[result] = (results[result] ?? 0) + count;
  }
  return results;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** @param rightAligned The columns that hold numbers. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[],
): string {
  const lines = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => {
          const width = widths[at] ?? 0;
          return rightAligned.includes(at) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
