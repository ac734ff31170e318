/** CORE 016–018 and 020: what a store keeps, and who else may open it. */

import { assertEqual, assertRejects, fail, rejection } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import { shows } from "../../harness/shows.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import type { Requirement } from "../requirement.ts";

export const sharingRequirements: readonly Requirement[] = [
  {
    id: "CORE-016",
    level: "MUST",
    profile: "core",
    title: "A store whose `durability` is `none` keeps nothing: opened anew, it is empty.",
    appliesTo: ({ durability }) => durability === "none",
    check: nothingIsKept,
  },
  {
    id: "CORE-017",
    level: "MUST",
    profile: "core",
    title:
      "While an `exclusive` store is open, opening it again is `locked`; once it is closed, it opens.",
    appliesTo: ({ sharing }) => sharing === "exclusive",
    check: exclusiveStoresAreLocked,
  },
  {
    id: "CORE-018",
    level: "MUST",
    profile: "core",
    title:
      "A `shared` store can be opened twice, and each handle sees what the other one has written: at once if `reads` is `linearizable`.",
    appliesTo: ({ sharing }) => sharing === "shared",
    check: sharedStoresAreShared,
  },
  {
    id: "CORE-020",
    level: "MUST",
    profile: "core",
    title:
      "With `externalWrites`, what another handle of the store writes is seen by this one's reads and watches, without anything being asked of it.",
    appliesTo: ({ externalWrites }) => externalWrites,
    check: externalWritesAreSeen,
  },
];

async function nothingIsKept(context: CheckContext): Promise<void> {
  const { format, body } = new Fixtures(context.capabilities).manifest({ name: "forgotten" });
  await context.backend.apply(format, body);
  const reopened = await context.openAnew();
  assertEqual(
    reopened.resourceCount(),
    0,
    "resources of a store that claims to keep none, opened anew",
  );
}

async function exclusiveStoresAreLocked(context: CheckContext): Promise<void> {
  const { format, body, ref } = new Fixtures(context.capabilities).manifest({ name: "one" });
  await assertRejects(context.openAgain(), "locked", "opening an exclusive store a second time");
  await context.backend.apply(format, body);
  const reopened = await context.reopen();
  await reopened.list(ref.kind, undefined, format);
}

async function sharedStoresAreShared(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const other = await context.openAgain();
  const fixtures = new Fixtures(capabilities);
  for (const [writer, reader, name] of [
    [backend, other, "from-first"],
    [other, backend, "from-second"],
  ] as const) {
    const { ref, format, body } = fixtures.manifest({ name });
    await writer.apply(format, body);
    await shows(reader, async () => {
      const failure = await rejection(reader.get(ref, format));
      if (failure === undefined) return;
      fail(`one handle does not see what the other has written: ${String(failure.value)}`);
    });
  }
}

async function externalWritesAreSeen(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  if (capabilities.sharing !== "shared") context.skip("nobody else can write to this store");
  const other = await context.openAgain();
  const { ref, format, body } = new Fixtures(capabilities).manifest({ name: "from-outside" });
  const watch = await recordWatch(backend, ref.kind, undefined, format);
  await watch.initialState("a watch");
  await other.apply(format, body);
  const { type, resource } = await watch.nextChange("a watch of what another handle writes");
  assertEqual([type, resource.ref.name], ["added", ref.name], "event of another handle's write");
  await backend.get(ref, format);
}
