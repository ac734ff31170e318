/** The page's style and script, which lie beside the sources as files of their own. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Markup, trusted } from "../markup.ts";

/** What stands in a `style` or `script` element, and the hash by which the page's policy lets it. */
export interface InlineAsset {
  readonly content: Markup;
  /** `sha256-…` */
  readonly hash: string;
}

/** Reads one of them; the path holds from `src` and from `dist` alike. */
export function inlineAsset(name: "page.css" | "page.js"): InlineAsset {
  const text = readFileSync(new URL(`../../../page/${name}`, import.meta.url), "utf8");
  const hash = `sha256-${createHash("sha256").update(text).digest("base64")}`;
  return { content: trusted(text), hash };
}
