/** Reads JSON (RFC 8259) strictly: `JSON.parse` rounds numbers and keeps one of two equal names. */

import type { BackendError } from "../contract/index.ts";
import { printable } from "../reference/index.ts";
import { maxDepth } from "./limits.ts";
import { decodeText, invalidAt } from "./manifest-text.ts";
import { DecimalNumber, type ManifestValue } from "./manifest-value.ts";

/**
 * The value of a JSON text.
 *
 * @throws BackendError `invalid_manifest` with line and column: also for equal names in one object, a
 * lone surrogate, a byte order mark, text after the value, and more than 128 levels.
 */
export function readJson(body: Uint8Array): ManifestValue {
  const text = decodeText(body);
  if (text.startsWith("\ufeff"))
    throw invalidAt(text, 0, "JSON does not begin with a byte order mark");
  return new JsonReader(text).readDocument();
}

const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;
const spaces = /[ \t\n\r]*/y;
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const hexPattern = /[0-9a-fA-F]{4}/y;

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/**
 * One for all, so it must stay empty: a Map takes a hundred times the room of the `{}` that it was. No
 * class of its own: it equals `new Map()` for those who compare constructors.
 */
const emptyObject: ManifestValue = Object.freeze(
  Object.defineProperty(new Map<string, never>(), "set", {
    value(): never {
      throw new TypeError("what was read cannot be changed: copy the Map first");
    },
  }),
);

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): ManifestValue {
    this.#skipSpaces();
    const value = this.#readValue(1);
    this.#skipSpaces();
    if (this.#at < this.#text.length) throw this.#error("text follows the JSON value");
    return value;
  }

  #readValue(depth: number): ManifestValue {
    switch (this.#text.charAt(this.#at)) {
      case "{":
        return this.#readObject(depth);
      case "[":
        return this.#readArray(depth);
      case '"':
        return this.#readString();
      case "t":
        return this.#readWord("true", true);
      case "f":
        return this.#readWord("false", false);
      case "n":
        return this.#readWord("null", null);
      default:
        return this.#readNumber();
    }
  }

  #readObject(depth: number): ManifestValue {
    this.#checkDepth(depth);
    if (this.#enterIsEmpty("}")) return emptyObject;
    const members = new Map<string, ManifestValue>();
    do {
      this.#skipSpaces();
      const start = this.#at;
      if (this.#text[start] !== '"') throw this.#error("expected a name in double quotes");
      const name = this.#readString();
      if (members.has(name)) throw this.#error(`duplicate name "${printable(name)}"`, start);
      this.#skipSpaces();
      if (this.#text[this.#at] !== ":") throw this.#error('expected ":"');
      this.#at++;
      this.#skipSpaces();
      members.set(name, this.#readValue(depth + 1));
    } while (this.#hasMore("}"));
    return members;
  }

  #readArray(depth: number): ManifestValue {
    this.#checkDepth(depth);
    const items: ManifestValue[] = [];
    if (this.#enterIsEmpty("]")) return items;
    do {
      this.#skipSpaces();
      items.push(this.#readValue(depth + 1));
    } while (this.#hasMore("]"));
    return items;
  }

  /** Steps over the opening bracket, and over the closing one if it follows. */
  #enterIsEmpty(close: string): boolean {
    this.#at++;
    this.#skipSpaces();
    if (this.#text[this.#at] !== close) return false;
    this.#at++;
    return true;
  }

  /** Steps over a comma (true) or the closing bracket (false). */
  #hasMore(close: string): boolean {
    this.#skipSpaces();
    const character = this.#text[this.#at];
    if (character !== "," && character !== close) throw this.#error(`expected "," or "${close}"`);
    this.#at++;
    return character === ",";
  }

  #readString(): string {
    const start = this.#at++;
    let text = this.#readPlainCharacters();
    let isEscaped = false;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character === undefined) throw this.#error("the string is not closed", start);
      if (character === "\\") {
        isEscaped = true;
        text += this.#readEscape();
      } else {
        throw this.#error("a control character in a string must be escaped");
      }
      text += this.#readPlainCharacters();
    }
    this.#at++;
    if (isEscaped && !text.isWellFormed()) {
      throw this.#error("the string has a lone surrogate, which is not a character", start);
    }
    return text;
  }

  /** What stands for itself. Not a pattern: on millions of characters, one runs out of stack. */
  #readPlainCharacters(): string {
    const start = this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === quote || code === backslash || code < space) break;
    }
    return this.#text.slice(start, this.#at);
  }

  #readEscape(): string {
    const start = this.#at;
    const letter = this.#text[start + 1] ?? "";
    this.#at = start + 2;
    const simple = simpleEscapes.get(letter);
    if (simple !== undefined) return simple;
    const digits = letter === "u" ? this.#match(hexPattern) : "";
    if (digits === "") throw this.#error("the escape is not one that JSON has", start);
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #readNumber(): DecimalNumber {
    const text = this.#match(numberPattern);
    if (text !== "") return new DecimalNumber(text);
    throw this.#error(
      this.#at < this.#text.length ? "expected a value" : "the text ends too early",
    );
  }

  #readWord<T extends boolean | null>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error("expected a value");
    this.#at += word.length;
    return value;
  }

  #skipSpaces(): void {
    this.#match(spaces);
  }

  /** Steps over what a sticky pattern matches here, and returns it. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const matched = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += matched.length;
    return matched;
  }

  #checkDepth(depth: number): void {
    if (depth > maxDepth) throw this.#error(`more than ${maxDepth} levels of nesting`);
  }

  #error(problem: string, offset: number = this.#at): BackendError {
    return invalidAt(this.#text, offset, problem);
  }
}
