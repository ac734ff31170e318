/** CORE 001–009: opening, isolation, closing. */

import type { Verb, Watch } from "@engenho/sdk";
import {
  assert,
  assertEqual,
  assertRejects,
  assertResolves,
  rejection,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { withPatience } from "../../harness/patience.ts";
import type { Requirement } from "../requirement.ts";
import { verbCalls } from "./verb-calls.ts";

export const lifecycleRequirements: readonly Requirement[] = [
  {
    id: "CORE-001",
    level: "MUST",
    profile: "core",
    title:
      "Two stores in different places share nothing: what one is told, the other does not know.",
    check: twoStoresShareNothing,
  },
  {
    id: "CORE-002",
    level: "MUST",
    profile: "core",
    title: "A new store is empty: it counts no resources, lists none and finds none.",
    check: newStoreIsEmpty,
  },
  {
    id: "CORE-003",
    level: "MUST",
    profile: "core",
    title:
      "`close` can be called any number of times, at once or one after another, and resolves each time.",
    check: async ({ backend }) => {
      const both = Promise.all([backend.close(), backend.close()]);
      await assertResolves(both, "each of two calls of close at once");
      await assertResolves(backend.close(), "close of a closed backend");
    },
  },
  {
    id: "CORE-004",
    level: "MUST",
    profile: "core",
    title: "After `close` every verb rejects with `closed` and has no effect.",
    check: closedVerbsReject,
  },
  {
    id: "CORE-005",
    level: "MUST",
    profile: "core",
    title: "After `close`, `diagnostics` still answers and says that the state is `closed`.",
    check: async ({ backend }) => {
      await backend.close();
      const { state, contract, backend: name } = backend.diagnostics();
      assertEqual(
        { state, contract, name },
        { state: "closed", contract: 1, name: backend.name },
        "diagnostics after close",
      );
    },
  },
  {
    id: "CORE-006",
    level: "MUST",
    profile: "core",
    title:
      "`close` waits for the writes that were accepted before it; none of them is left without an answer.",
    check: closeAnswersAcceptedWrites,
  },
  {
    id: "CORE-007",
    level: "MUST",
    profile: "core",
    title: "Leaving an `await using` block closes the backend.",
    check: async ({ backend, capabilities }) => {
      await backend[Symbol.asyncDispose]();
      const { ref, format } = new Fixtures(capabilities).manifest({ name: "late" });
      await assertRejects(backend.get(ref, format), "closed", "get after the block");
    },
  },
  {
    id: "CORE-008",
    level: "MUST",
    profile: "core",
    title:
      "`diagnostics` gives, without any I/O, the contract, the backend's name, its state and the counts of resources, watches and damaged entries.",
    check: diagnosticsAreTrue,
  },
];

async function twoStoresShareNothing(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const other = (await context.openAnother()).backend;
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "mine" });
  await backend.apply(format, body);
  assertEqual(other.resourceCount(), 0, "resources that another store counts");
  await assertRejects(other.get(ref, format), "not_found", "get in another store");
  assertEqual(
    (await other.list(ref.kind, undefined, format)).items.length,
    0,
    "resources that another store lists",
  );
}

async function newStoreIsEmpty({ backend, capabilities }: CheckContext): Promise<void> {
  const { ref, format } = new Fixtures(capabilities).manifest({ name: "nothing" });
  assertEqual(backend.resourceCount(), 0, "resourceCount of a new store");
  assertEqual(backend.subscriberCount(), 0, "subscriberCount of a new store");
  assertEqual((await backend.list(ref.kind, undefined, format)).items, [], "list of a new store");
  await assertRejects(backend.get(ref, format), "not_found", "get in a new store");
}

/** The verbs whose answers a backend may keep. */
const reading: ReadonlySet<Verb> = new Set<Verb>(["get", "list", "watch", "snapshot"]);

async function closedVerbsReject({ backend, capabilities }: CheckContext): Promise<void> {
  const manifest = new Fixtures(capabilities).manifest({ name: "late" });
  // Twice what can be remembered: an answer that is kept must go as well.
  await backend.apply(manifest.format, manifest.body);
  const reads = verbCalls(manifest).filter(
    ({ verb }) => reading.has(verb) && capabilities.verbs.includes(verb),
  );
  for (const { verb, call } of [...reads, ...reads]) {
    const answer = await call(backend);
    if (verb === "watch") await (answer as Watch).close();
  }
  await backend.close();
  // Reads first: a write that is refused may make a backend forget.
  for (const { verb, call } of [...reads, ...verbCalls(manifest)]) {
    await assertRejects(call(backend), "closed", `${verb} after close`, {
      outcome: "none",
      retryable: false,
    });
  }
}

async function closeAnswersAcceptedWrites(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const manifests = Array.from({ length: 20 }, (_, i) =>
    fixtures.manifest({ name: `accepted-${i}` }),
  );
  const writes = manifests.map(({ format, body }) => rejection(backend.apply(format, body)));
  await backend.close();
  const answers = await withPatience(
    Promise.all(writes),
    "writes accepted before close were not answered",
  );
  const accepted = manifests.filter((_, i) => answers[i] === undefined);
  if (capabilities.durability === "none") return;
  const reopened = await context.reopen();
  for (const { ref, format } of accepted)
    await assertResolves(reopened.get(ref, format), `get of ${ref.name}, which was acknowledged`);
}

async function diagnosticsAreTrue({ backend, capabilities }: CheckContext): Promise<void> {
  const { format, body, ref } = new Fixtures(capabilities).manifest({ name: "counted" });
  await backend.apply(format, body);
  const watch = capabilities.verbs.includes("watch")
    ? await backend.watch(ref.kind, undefined, format)
    : undefined;
  const { contract, backend: name, state, counts, lastError } = backend.diagnostics();
  assertEqual(
    { contract, name, state },
    { contract: 1, name: backend.name, state: "open" },
    "diagnostics",
  );
  assertEqual(
    counts,
    { resources: 1, subscribers: watch === undefined ? 0 : 1, damaged: 0 },
    "counts in diagnostics",
  );
  assert(
    lastError === null || typeof lastError === "string",
    "lastError in diagnostics is neither null nor text",
  );
  await watch?.close();
}
