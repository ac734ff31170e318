/** Writes XML and HTML: whatever is not markup already is escaped. */

import { visible } from "./visible.ts";

/** Text that is markup. Only {@link markup} and {@link trusted} make it. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text, markup, several of them, or nothing. */
export type Part = Markup | string | number | undefined | readonly Part[];

/**
 * A template whose parts are escaped, for elements and for attributes in quotes.
 *
 * @example
 * markup`<td title="${message}">${name}</td>`
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: String.raw({ raw: strings }, ...parts.map(written)) };
}

/** Text of our own that is markup as it stands. */
export function trusted(text: string): Markup {
  return { markup: text };
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escape(String(part));
  return "markup" in part ? part.markup : part.map(written).join("");
}

/** Line feeds and tabs too: in an attribute a parser would make blanks of them. */
function escape(text: string): string {
  return visible(text).replace(/[&<>"'\t\n\r]/g, (character) => {
    return entities[character] ?? `&#${character.codePointAt(0)};`;
  });
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
