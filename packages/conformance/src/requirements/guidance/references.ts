/** CORE-030 to 039: which resource is which. */

import type { ChapterGuidance } from "./guidance.ts";

export const referenceGuidance: ChapterGuidance = {
  "CORE-030": {
    why: "Names come from other systems and from users; one that is lost, or read back as another, is a resource that is lost.",
    fix: "Encode names reversibly before they become paths, keys or parts of a query, encode the escape character too, and give long ones a hash.",
  },
  "CORE-031": {
    why: "A namespace that is read as another one, or as none, moves a resource into somebody else's reach.",
    fix: "Give resources without a namespace a place that no encoded namespace can have.",
  },
  "CORE-032": {
    why: "A kind that is named like a file or table of the store's own would overwrite it.",
    fix: "Keep what is the store's own where no encoded kind can be.",
  },
  "CORE-033": {
    why: "Two resources in one stored object overwrite each other, and nobody is told.",
    fix: "Join the fields of a key with a separator that the encoding never makes, and mind systems that fold case or normalise Unicode.",
  },
  "CORE-034": {
    why: "A manifest from outside with `..` in its name would be written outside the store.",
    fix: "Check the reference after the body is decoded and before a path is made from it; `checkReference` of the SDK does.",
  },
  "CORE-035": {
    why: "A check in `apply` alone leaves `get` and `delete` as ways to read and remove what lies outside the store.",
    fix: "Call `checkReference` first in every verb that takes a reference or a part of one.",
  },
  "CORE-036": {
    why: 'Templates write `namespace: ""` for cluster-scoped resources; taken as a name it makes a second copy that nobody finds.',
    fix: "Read a namespace that is empty or null as a missing one.",
  },
  "CORE-037": {
    why: "The Ingress of one API group and that of another are different things, and one would replace the other.",
    fix: "Take the kind from the SDK's `manifestReference` rather than from the manifest's `kind` alone.",
  },
  "CORE-038": {
    why: "A job that is stored under the name of one of its tasks or of a comment is never found again.",
    fix: "Use the SDK's HCL adapter, or read `id` and `namespace` from the body of the `job` block only.",
  },
  "CORE-039": {
    why: "A name that Nomad would evaluate later is unknown now; a guess stores the job under a name that it will not have.",
    fix: "Refuse an `id` or `namespace` that is anything but a plain string or null.",
  },
};
