/** Judges the mutants and sound subjects that it is told to, one at a time, in a process of its own. */

import { requirements, runSuite } from "../../packages/conformance/src/index.ts";
import {
  judgeMutant,
  mutants,
  soundSubjects,
} from "../../packages/conformance/src/mutants/index.ts";
import type { Job, Verdict } from "./verdict.ts";

process.on("message", (job: Job) => {
  const judging = job.type === "mutant" ? judge(job.id) : check(job.id);
  judging.then(
    (verdict) => process.send?.(verdict),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function judge(id: string): Promise<Verdict> {
  const mutant = mutants.find((each) => each.id === id);
  if (mutant === undefined) throw new Error(`there is no mutant ${id}`);
  const { isKilled, ...verdict } = await judgeMutant(mutant, requirements);
  return { ...verdict, type: "mutant", id, isRight: isKilled };
}

/** A sound subject is right if it passes everything that applies to it. */
async function check(id: string): Promise<Verdict> {
  const subject = soundSubjects.find(({ name }) => name === id);
  if (subject === undefined) throw new Error(`there is no sound subject ${id}`);
  const started = performance.now();
  const { subjects } = await runSuite([subject], requirements, { seed: 1, full: false });
  const judged = subjects.flatMap((report) => report.requirements);
  const wrong = judged.filter(({ status }) => status !== "passed");
  const faults = [
    ...subjects.flatMap(({ errors }) => errors),
    ...wrong.map((each) => `${each.status} ${each.id}: ${each.message}`),
  ];
  return {
    type: "sound",
    id,
    isRight: faults.length === 0,
    faults,
    kills: [],
    others: [],
    passed: judged.length - wrong.length,
    checked: judged.length,
    durationMs: Math.round(performance.now() - started),
  };
}
