/** The suite over a directory, through a wrapper and with somebody listening. */

import { wrapSubject } from "@engenho/conformance";
import { conformance } from "@engenho/conformance/vitest";
import { followVerbs, followWatches, traceBackend } from "@engenho/sdk/tracing";
import { afterAll } from "vitest";
import subject from "../conformance.ts";

const told = new Set<string>();
const stops = [
  followVerbs({ asyncEnd: ({ verb, backend }) => void told.add(`${backend} ${verb}`) }),
  followWatches({ event: ({ opened }) => void told.add(`event of ${opened.backend}`) }),
];

// As long as the subject itself gets.
conformance(wrapSubject(subject, traceBackend, "filesystem, traced"), { timeoutMs: 120_000 });

afterAll(() => {
  for (const stop of stops) stop();
  const verbs = ["apply", "get", "list", "delete", "watch", "snapshot", "restore", "close"];
  const expected = [...verbs.map((verb) => `filesystem ${verb}`), "event of filesystem"];
  const missing = expected.filter((each) => !told.has(each));
  if (missing.length > 0) throw new Error(`nobody was told of ${missing.join(", ")}`);
});
