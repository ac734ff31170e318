/** CORE 009 and 110–113: every verb in every state of a store that is sound. */

import type { Capabilities, StoreBackend, Verb } from "@engenho/sdk";
import {
  assert,
  assertBytes,
  assertEqual,
  assertRejects,
  rejection,
} from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, keepsBytes, type Manifest } from "../../harness/fixtures.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import type { Requirement } from "../requirement.ts";
import { restores, snapshots } from "../snapshot/must.ts";
import { emptySnapshot, verbCalls } from "./verb-calls.ts";
import { assertVerbsWork } from "./verbs-work.ts";

export const stateRequirements: readonly Requirement[] = [
  {
    id: "CORE-009",
    level: "MUST",
    profile: "core",
    title:
      "While `close` is under way every verb rejects with `closed`, outcome `none`, and has no effect.",
    check: closingVerbsReject,
  },
  {
    id: "CORE-110",
    level: "MUST",
    profile: "core",
    title: "Every verb works as the first one that is called on a new store.",
    check: everyVerbCanBeTheFirst,
  },
  {
    id: "CORE-111",
    level: "MUST",
    profile: "core",
    title:
      "`resourceCount`, `subscriberCount` and `diagnostics` answer before, during and after `close`, agree with each other, and count no watch once it has resolved.",
    check: countsAnswerInEveryState,
  },
  {
    id: "CORE-112",
    level: "MUST",
    profile: "core",
    title: "A store that is opened anew takes every verb; the handle that was closed stays closed.",
    check: closedHandlesStayClosed,
  },
  {
    id: "CORE-113",
    level: "MUST",
    profile: "core",
    title:
      "While another handle of the store is open, and after one was refused or closed, every verb works as before and watches go on.",
    appliesTo: ({ sharing }) => sharing !== "private",
    check: otherHandlesDoNoHarm,
  },
];

async function closingVerbsReject(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const kept = fixtures.manifest({ name: "kept" });
  await backend.apply(kept.format, kept.body);
  // What close has to wait for.
  const accepted = Array.from({ length: 8 }, (_, i) =>
    fixtures.manifest({ name: `accepted-${i}` }),
  ).map(({ format, body }) => rejection(backend.apply(format, body)));

  let isUnderWay = true;
  const closing = rejection(backend.close()).finally(() => {
    isUnderWay = false;
  });
  // The first round is called before close can have resolved.
  for (let round = 0; round < 3 && isUnderWay; round++) {
    const { state } = backend.diagnostics();
    assert(
      state === "closing" || state === "closed",
      `diagnostics while close is under way: the state is "${state}"`,
    );
    const calls = verbCalls(fixtures.manifest({ name: "kept", value: "late" }));
    await Promise.all(
      calls.map(({ verb, call }) =>
        assertRejects(call(backend), "closed", `${verb} while close is under way`, {
          outcome: "none",
        }),
      ),
    );
  }
  await closing;
  await Promise.all(accepted);
  if (capabilities.durability === "none") return;
  const { body } = await (await context.reopen()).get(kept.ref, kept.format);
  if (keepsBytes(capabilities, kept.ref.kind))
    assertBytes(body, kept.body, "what was there before close");
}

/** What each verb answers on an empty store. */
function firstCalls(
  { ref, format, body }: Manifest,
  capabilities: Capabilities,
): Readonly<Partial<Record<Verb, (backend: StoreBackend) => Promise<void>>>> {
  return {
    apply: async (backend) => {
      const { operation } = await backend.apply(format, body);
      assertEqual(operation, "created", "apply as the first verb: operation");
    },
    get: async (backend) => {
      await assertRejects(backend.get(ref, format), "not_found", "get as the first verb");
    },
    list: async (backend) => {
      const { items } = await backend.list(ref.kind, undefined, format);
      assertEqual(items, [], "list as the first verb");
    },
    delete: async (backend) => {
      await assertRejects(backend.delete(ref), "not_found", "delete as the first verb");
    },
    ...(capabilities.verbs.includes("watch") && {
      watch: async (backend: StoreBackend) => {
        const watch = await recordWatch(backend, ref.kind, undefined, format);
        const { added } = await watch.initialState("watch as the first verb");
        assertEqual(added, [], "watch as the first verb: initial state");
        await watch.watch.close();
      },
    }),
    ...(snapshots(capabilities) && {
      snapshot: async (backend: StoreBackend) => {
        assertBytes(await backend.snapshot(), emptySnapshot, "snapshot as the first verb");
      },
    }),
    ...(restores(capabilities) && {
      restore: async (backend: StoreBackend) => {
        await backend.restore(emptySnapshot);
        assertEqual(backend.resourceCount(), 0, "resources after restore as the first verb");
      },
    }),
  };
}

async function everyVerbCanBeTheFirst(context: CheckContext): Promise<void> {
  const manifest = new Fixtures(context.capabilities).manifest({ name: "first" });
  for (const call of Object.values(firstCalls(manifest, context.capabilities))) {
    await call((await context.openAnother()).backend);
  }
}

async function countsAnswerInEveryState({ backend, capabilities }: CheckContext): Promise<void> {
  const fixtures = new Fixtures(capabilities);
  const { format, body } = fixtures.manifest({ name: "counted" });
  assertCountsAgree(backend, "on a new store");
  await backend.apply(format, body);
  if (capabilities.verbs.includes("watch"))
    await recordWatch(backend, fixtures.kind, undefined, format);
  assertCountsAgree(backend, "with a resource and a watch");
  const closing = rejection(backend.close());
  assertCountsAgree(backend, "while close is under way");
  await closing;
  assertCountsAgree(backend, "after close");
  assertEqual(backend.subscriberCount(), 0, "subscriberCount after close");
}

function assertCountsAgree(backend: StoreBackend, when: string): void {
  const { resources, subscribers } = backend.diagnostics().counts;
  assertEqual(backend.resourceCount(), resources, `resourceCount and diagnostics ${when}`);
  assertEqual(backend.subscriberCount(), subscribers, `subscriberCount and diagnostics ${when}`);
}

async function closedHandlesStayClosed(context: CheckContext): Promise<void> {
  const { backend: closed, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const { ref, format, body } = fixtures.manifest({ name: "kept" });
  await closed.apply(format, body);
  const reopened = await context.openAnew();
  for (const { verb, call } of verbCalls(fixtures.manifest({ name: "kept", value: "late" }))) {
    await assertRejects(call(closed), "closed", `${verb} of a handle closed before`, {
      outcome: "none",
    });
  }
  assertEqual(closed.diagnostics().state, "closed", "state of a handle closed before");
  if (capabilities.durability !== "none") {
    const read = await reopened.get(ref, format);
    if (keepsBytes(capabilities, ref.kind)) assertBytes(read.body, body, "get after opening anew");
  }
  await assertVerbsWork(reopened, capabilities, "new", "on a store opened anew");
}

async function otherHandlesDoNoHarm(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const watch = capabilities.verbs.includes("watch")
    ? await recordWatch(backend, fixtures.kind, undefined, fixtures.format)
    : undefined;
  await watch?.initialState("a watch opened before the other handle");
  if (capabilities.sharing === "exclusive") {
    await assertRejects(context.openAgain(), "locked", "opening an exclusive store a second time");
    await assertVerbsWork(backend, capabilities, "refused", "after another handle was refused");
  } else {
    const other = await context.openAgain();
    await assertVerbsWork(backend, capabilities, "first", "while another handle is open");
    await assertVerbsWork(other, capabilities, "second", "of the second handle");
    await other.close();
    await assertVerbsWork(backend, capabilities, "left", "after another handle was closed");
  }
  const { format, body, ref } = fixtures.manifest({ name: "last" });
  await backend.apply(format, body);
  await watch?.until(
    (event) => event.type === "added" && event.resource.ref.name === ref.name,
    "a watch opened before the other handle",
  );
}
