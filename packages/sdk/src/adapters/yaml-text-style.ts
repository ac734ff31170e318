/** How a string stands in YAML so that readers of YAML 1.1 and 1.2 both take it for that string. */

import { checkText } from "./translation-text.ts";

/** A string on one line: plain where nobody can misread it, else in quotes. */
export function inlineText(text: string): string {
  return isPlain(checkText(text)) ? text : quoted(text);
}

/**
 * A string as a literal block with its header and a line break at the end, its lines indented by
 * `indent + 2` where `indent` is the column of the key or dash before it; undefined for strings that
 * are one line or have characters that a block cannot hold.
 */
export function literalText(text: string, indent: number): string | undefined {
  if (!text.includes("\n") || unprintable.test(checkText(text)) || endsInBlankLine(text)) {
    return undefined;
  }
  // Leading spaces or lines would be taken for indentation.
  const indentation = /^[ \n]/.test(text) ? "2" : "";
  const chomping = !text.endsWith("\n") ? "-" : text.endsWith("\n\n") ? "+" : "";
  const padding = " ".repeat(indent + 2);
  const lines = text.replaceAll(/^(?=[^\n])/gm, padding);
  return `|${indentation}${chomping}\n${lines}${chomping === "-" ? "\n" : ""}`;
}

/** Control characters but tab and line feed, what YAML 1.1 takes for line breaks, marks, non-characters. */
const unprintable = /[^\P{Cc}\t\n]|[\u2028\u2029\ufeff\ufffe\uffff]/u;

/** Whether the last line that is not empty has nothing but white space, which chomping would eat. */
function endsInBlankLine(text: string): boolean {
  let end = text.length;
  while (text[end - 1] === "\n") end--;
  const start = end === 0 ? 0 : text.lastIndexOf("\n", end - 1) + 1;
  return text.slice(start, end).trim() === "";
}

/** Looked for one by one: on millions of characters, a pattern for all of them runs out of stack. */
const notPlain = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const structural = /^[-?:](?: |$)|^[?:,[\]{}#&*!|>'"%@`=< ]|^---|^\.\.\.|: | #|[: ]$/;
/** Whatever could be a number, a date, a time or infinity to some reader. */
const numberLike = /^[-+.0-9][-+.,:_ 0-9a-fA-FoxXtTzZiInN]*$/;
const words = /^(?:y|yes|n|no|true|false|on|off|null|~)$/i;

function isPlain(text: string): boolean {
  return (
    text !== "" &&
    !notPlain.test(text) &&
    !structural.test(text) &&
    !numberLike.test(text) &&
    !words.test(text)
  );
}

function quoted(text: string): string {
  if (/["\\]/.test(text) && !text.includes("'") && !notPlain.test(text)) return `'${text}'`;
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
