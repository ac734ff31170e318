/** A value that an option must not have, as an error shows it. */

import { inspect } from "node:util";

/** In one line, not long, and without what stands before the `@` of an address, which may be a password. */
export function shown(value: unknown): string {
  const told = typeof value === "string" ? withoutCredentials(value) : value;
  return inspect(told, { depth: -1, breakLength: Infinity, maxStringLength: 200 });
}

function withoutCredentials(text: string): string {
  const end = text.lastIndexOf("@");
  if (end < 0) return text;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? "";
  return `${scheme}…${text.slice(end)}`;
}
