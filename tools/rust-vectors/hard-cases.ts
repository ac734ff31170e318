/** Resources that the two implementations put at different places, or call by different names. */

import type { ResourceRef } from "@engenho/sdk";
import { yamlOf } from "./root-cases.ts";
import type { StoredPayload } from "./stored-bytes.ts";

/** What becomes of a resource between the two, as it is seen once the store is opened again. */
export interface Fate {
  /** Rust replaces what we wrote. */
  readonly rustReplaces: "in place" | "a second file" | "another resource" | "refused";
  /** Rust deletes what we wrote. */
  readonly rustDeletes: "gone" | "comes back";
  /** Rust writes it, and opens its own root again. */
  readonly rustKeeps: "kept" | "lost" | "refused";
  /** We read what Rust wrote, if it did. */
  readonly weRead: "as it is" | "as native" | "not seen" | "root refused" | "nothing there";
}

/** One resource, and what each implementation makes of its manifest. */
export interface HardCase {
  readonly id: string;
  readonly ours: ResourceRef;
  readonly rust: ResourceRef;
  /** The manifest in YAML; the version makes the difference. */
  readonly body: (version: number) => StoredPayload;
  readonly fate: Fate;
}

const plain: Fate = {
  rustReplaces: "in place",
  rustDeletes: "gone",
  rustKeeps: "kept",
  weRead: "as it is",
};
/** Rust looks for it under its name as it is. */
const encoded: Fate = { ...plain, rustReplaces: "a second file", rustDeletes: "comes back" };
/** Rust writes it deeper or higher in the tree than where it looks when it opens. */
const misplaced: Fate = { ...encoded, rustKeeps: "lost" };
const unwritable: Fate = {
  rustReplaces: "refused",
  rustDeletes: "comes back",
  rustKeeps: "refused",
  weRead: "nothing there",
};
/** Stands where we keep files of our own. */
const inTheWay: Fate = { ...encoded, weRead: "root refused" };

const certificate = { kind: "Certificate", name: "tls", namespace: "default" };

export const hardCases: readonly HardCase[] = [
  pod("a name that is plain", plain, "web"),
  pod("a name with a space", encoded, "with space"),
  pod("a name beyond ASCII", encoded, "Ünï"),
  pod("a name with an escape", encoded, "a%2Fb"),
  pod("a name with a backslash", encoded, "a\\b"),
  pod("a name that begins with a dot", encoded, ".hidden"),
  pod("a name that begins with an underscore", encoded, "_x"),
  pod("a name that ends with a dot", encoded, "web."),
  pod("a name of control characters", encoded, "\u0001\n"),
  pod("a name with a slash", misplaced, "a/b"),
  // Rust's temporary file has a name that is 13 bytes longer, and 255 is the limit.
  pod("a name of 243 bytes", { ...unwritable, rustDeletes: "gone" }, "n".repeat(243)),
  pod("a name of 247 bytes", unwritable, "n".repeat(247)),
  pod("a name of 253 emoji", unwritable, "😀".repeat(253)),
  pod("a namespace with a space", encoded, "web", "a b"),
  pod("a namespace with a slash", misplaced, "web", "a/b"),
  pod("the namespace _cluster", encoded, "web", "_cluster"),
  pod("the namespace of one dot", misplaced, "web", "."),
  alike("a kind with a space", encoded, { kind: "A B", name: "web" }),
  alike("a kind with a slash", misplaced, { kind: "a/B", name: "web" }),
  alike(
    "a kind that begins with a dot",
    { ...encoded, weRead: "not seen" },
    { kind: ".git", name: "web" },
  ),
  alike("the kind _meta.json", unwritable, { kind: "_meta.json", name: "web" }),
  alike("the kind _lock", { ...inTheWay, rustReplaces: "refused" }, { kind: "_lock", name: "web" }),
  alike("the kind _tmp", inTheWay, { kind: "_tmp", name: "web" }),
  alike("the kind _restore", inTheWay, { kind: "_restore", name: "web" }),
  {
    id: "a kind of another API group",
    ours: { ...certificate, kind: "Certificate.cert-manager.io" },
    rust: certificate,
    body: versions(yamlOf("cert-manager.io/v1", certificate)),
    fate: { ...plain, rustReplaces: "another resource", weRead: "as native" },
  },
  {
    id: "an empty namespace",
    ours: { kind: "Node", name: "n1" },
    rust: { kind: "Node", name: "n1", namespace: "" },
    body: versions(yamlOf("v1", { kind: "Node", name: "n1", namespace: "" })),
    fate: { ...misplaced, rustDeletes: "gone" },
  },
];

function pod(id: string, fate: Fate, name: string, namespace: string = "default"): HardCase {
  return alike(id, fate, { kind: "Pod", name, namespace });
}

function alike(id: string, fate: Fate, ref: ResourceRef): HardCase {
  return { id, ours: ref, rust: ref, body: versions(yamlOf("v1", ref)), fate };
}

function versions(manifest: string): HardCase["body"] {
  return (version) => ({ text: `${manifest}spec: {version: ${version}}\n` });
}
