/** CORE 016–018, 020 and 021: what a store keeps, and who else may open it. */

import { BackendError, type StoreBackend } from "@engenho/sdk";
import { assertEqual, assertRejects, fail, rejection, show } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures, manifestValue } from "../../harness/fixtures.ts";
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
    // Where nobody else has a handle, the subject's `outside` is who writes: the profile `external` asks.
    appliesTo: ({ externalWrites, sharing }, { outside }) =>
      externalWrites && (sharing === "shared" || outside === undefined),
    check: externalWritesAreSeen,
  },
  {
    id: "CORE-021",
    level: "MUST",
    profile: "core",
    title:
      "Opening a `private` store again while it is open is `locked`, or makes a store of its own: neither handle sees, changes or loses what the other one writes.",
    appliesTo: ({ sharing, durability }, { reopen }) =>
      sharing === "private" && (reopen !== undefined || durability !== "none"),
    check: privateStoresAreApart,
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

async function privateStoresAreApart(context: CheckContext): Promise<void> {
  const { backend, capabilities } = context;
  const fixtures = new Fixtures(capabilities);
  const mine = fixtures.manifest({ name: "both", value: "first" });
  await backend.apply(mine.format, mine.body);
  let other: StoreBackend;
  try {
    other = await context.openAgain();
  } catch (error) {
    if (BackendError.is(error, "locked")) return;
    throw error;
  }
  if (other.resourceCount() > 0) notPrivate("a second handle of the store sees what the first has");
  const theirs = fixtures.manifest({ name: "both", value: "second" });
  const further = fixtures.manifest({ name: "second-only" });
  for (const { format, body } of [theirs, further]) await other.apply(format, body);
  await isAsWritten(backend, "after a second handle has written");
  await other.close();
  if (capabilities.durability === "none") return;
  await isAsWritten(await context.reopen(), "after both handles were closed, opened again");

  async function isAsWritten(store: StoreBackend, when: string): Promise<void> {
    const failure = await rejection(store.get(mine.ref, mine.format));
    if (failure !== undefined)
      notPrivate(`the first handle's write is lost ${when}: ${show(failure.value)}`);
    const { body } = await store.get(mine.ref, mine.format);
    if (manifestValue(body) !== "first")
      notPrivate(`the first handle's write has become the second's ${when}`);
    if (store.resourceCount() !== 1)
      notPrivate(`the first handle's store holds what the second has written ${when}`);
  }
}

function notPrivate(what: string): never {
  fail(`${what}: claim sharing "exclusive", and hold a lock while the store is open, or "shared"`);
}
