/** EXT: backends that deny seeing what others write. */

import { assertEqual } from "../../harness/assertions.ts";
import type { CheckContext } from "../../harness/check-context.ts";
import { manifestValue } from "../../harness/fixtures.ts";
import { assertQuiet } from "../../harness/sentinel.ts";
import { recordWatch } from "../../harness/watch-recorder.ts";
import type { Requirement } from "../requirement.ts";
import { applyOwn, othersOf } from "./others.ts";

export const externalDeniedRequirements: readonly Requirement[] = [
  {
    id: "EXT-012",
    level: "MUST",
    profile: "external",
    title:
      "Where `externalWrites` is false, reads and watches of an open store show its own writes only, whatever others do to its system.",
    appliesTo: ({ externalWrites, verbs }, { outside }) =>
      !externalWrites && outside !== undefined && verbs.includes("watch"),
    check: othersAreNotShown,
  },
];

async function othersAreNotShown(context: CheckContext): Promise<void> {
  const { backend } = context;
  const others = await othersOf(context);
  const { ref } = await applyOwn(backend, { name: "own", value: 1 });
  const { kind } = ref;
  const { format } = await others.put({ name: "theirs" });
  const watch = await recordWatch(backend, kind, undefined, format);
  await watch.initialState("a watch");
  await others.put({ name: "own", value: 2 });
  const { body } = await backend.get(ref, format);
  assertEqual(manifestValue(body), "1", "value of an own resource that others replaced");
  const { items } = await backend.list(kind, undefined, format);
  assertEqual(
    items.map((item) => [item.ref.name, manifestValue(item.body)]),
    [["own", "1"]],
    "a list beside what others wrote",
  );
  assertEqual(backend.resourceCount(), 1, "resourceCount beside what others created");
  await assertQuiet(backend, watch, "a watch beside what others wrote");
}
