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
];

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
