/** References that meet wherever a store joins their fields into one key without care. */

import type { ResourceRef } from "@engenho/sdk";

/** What stores put between fields. */
const separators = ["/", ":", "::", ".", "-", "_", "|", " ", "%2F", ",", "#", "\t"];

type Field = "kind" | "namespace" | "name";

/** In which order stores join the fields. */
const orders: readonly (readonly [Field, Field, Field])[] = [
  ["kind", "namespace", "name"],
  ["kind", "name", "namespace"],
  ["namespace", "kind", "name"],
  ["namespace", "name", "kind"],
  ["name", "kind", "namespace"],
  ["name", "namespace", "kind"],
];

/** What a missing namespace turns into by accident, or is spelled as on purpose. */
const standIns = ["undefined", "null", "_cluster", "-", "_", "default", "none", "cluster", "None"];

/** References that must not meet. */
type Group = readonly [ResourceRef, ...ResourceRef[]];

/** Longer than what most file systems and databases take as a name, and as long as a field may be. */
const longest = 253;

/** Groups of references, all different; within each, some careless key is the same for all. */
export const collidingReferences: readonly Group[] = [
  ...separators.flatMap((between) => orders.map((order) => joinedAlike(order, between))),
  ...separators.map((between): Group => [
    { kind: `Joined${between}a`, name: "b" },
    { kind: "Joined", name: `a${between}b` },
  ]),
  [
    { kind: "Absent", name: "x" },
    ...standIns.map((namespace) => ({ kind: "Absent", namespace, name: "x" })),
  ],
  ...["x", "\u{1f600}", "%"].map(longAlike),
];

/** References that are the same when their fields are cut to any length, whichever end is left. */
function longAlike(character: string): Group {
  const filling = character.repeat(longest - 1);
  const refsOf = (long: string): Group => [
    { kind: "Long", name: long },
    { kind: "Long", namespace: long, name: "x" },
    { kind: long, name: "x" },
  ];
  const others = [`b${filling}`, `${filling}a`, `${filling}b`];
  return [...refsOf(`a${filling}`), ...others.flatMap(refsOf)];
}

/** Three references that read `A·b·c·d` when their fields are joined in this order. */
function joinedAlike(
  [first, second, third]: readonly [Field, Field, Field],
  between: string,
): Group {
  const start = `In-${first}-${second}`;
  const refOf = (a: string, b: string, c: string): ResourceRef => {
    const fields = { [first]: a, [second]: b, [third]: c } as Record<Field, string>;
    return { kind: fields.kind, namespace: fields.namespace, name: fields.name };
  };
  return [
    refOf(`${start}${between}b`, "c", "d"),
    refOf(start, `b${between}c`, "d"),
    refOf(start, "b", `c${between}d`),
  ];
}
