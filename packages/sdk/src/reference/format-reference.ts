/** A reference as people read it in messages. */

import type { ResourceRef } from "../contract/index.ts";

/** `Pod default/nginx`, or `ClusterRole admin`; control characters are escaped and long fields cut. */
export function formatReference(ref: ResourceRef): string {
  const name = printable(ref.name);
  const address = ref.namespace === undefined ? name : `${printable(ref.namespace)}/${name}`;
  return `${printable(ref.kind)} ${address}`;
}

/** Text on one line of a message: at most 80 characters, line breaks and control characters escaped. */
export function printable(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 77).toWellFormed()}…` : text;
  const escaped = JSON.stringify(cut).slice(1, -1).replaceAll('\\"', '"').replaceAll("\\\\", "\\");
  return escaped.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
