/** DUR: damage that a subject can do beside cutting a resource short. */

import { assertRejects, assertResolves } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { Fixtures } from "../../harness/fixtures.ts";
import type { Damage } from "../../harness/subject.ts";
import type { Requirement } from "../requirement.ts";
import {
  assertGetCorrupt,
  assertReadable,
  assertReadsCorrupt,
  openDamaged,
} from "./damaged-store.ts";
import { durabilityMust } from "./must.ts";

/** Nobody claims that a store can be damaged in these ways: a subject without the means owes nothing. */
const offers =
  (way: keyof Damage): NonNullable<Requirement["appliesTo"]> =>
  (_, { damage }) =>
    damage?.[way] !== undefined;

export const durabilityOtherDamageRequirements: readonly Requirement[] = [
  durabilityMust(
    "DUR-021",
    "A resource that is there and that the system does not let the store read is as one that cannot be read: `corrupt` and never missing, and an apply repairs it.",
    blockedResourcesAreThere,
    offers("block"),
  ),
  durabilityMust(
    "DUR-022",
    "Where a store keeps checksums, a resource that has changed since it was written is `corrupt`, and none of its bytes are returned.",
    alteredResourcesAreCorrupt,
    offers("alter"),
  ),
  durabilityMust(
    "DUR-023",
    "A store of a version that the backend does not know is not opened.",
    unknownVersionsStayClosed,
    offers("outdate"),
  ),
];

async function blockedResourcesAreThere(context: CheckContext): Promise<void> {
  const store = await openDamaged(context, "block");
  await assertGetCorrupt(store);
  await assertReadsCorrupt(store);
  const { format, body } = store.damaged;
  await assertResolves(store.backend.apply(format, body), "apply over an unreadable resource");
  await assertReadable(context, store, ["unlucky", "well"], "an apply replaced it");
}

async function alteredResourcesAreCorrupt(context: CheckContext): Promise<void> {
  const store = await openDamaged(context, "alter");
  await assertGetCorrupt(store);
  await assertReadsCorrupt(store);
}

async function unknownVersionsStayClosed(context: CheckContext): Promise<void> {
  const { format, body } = new Fixtures(context.capabilities).manifest({ name: "kept" });
  await context.backend.apply(format, body);
  await context.outdate();
  for (const time of ["", " a second time"])
    await assertRejects(
      context.openAgain(),
      ["unsupported", "corrupt"],
      `opening a store of an unknown version${time}`,
    );
}
