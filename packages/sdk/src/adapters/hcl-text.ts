/** The characters of an HCL source: spaces, comments, identifiers, quoted strings. */

import type { BackendError } from "../contract/index.ts";
import { decodeText, invalidAt } from "./manifest-text.ts";

const blanks = /[ \t]*/y;
/** An identifier or its first piece, and the next piece: a pattern that repeats such a class runs out of stack. */
const identifierStart = /[\p{ID_Start}_][\p{ID_Continue}-]{0,4095}/uy;
const identifierPiece = /[\p{ID_Continue}-]{1,4096}/uy;
const quotedText = /[^"\\$%\r\n]*/y;
const hexDigits = /[0-9a-fA-F]*/y;

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ['"', '"'],
  ["\\", "\\"],
]);

/** A source and the place in it. Every step goes forward, so that the whole costs one pass. */
export class HclText {
  readonly source: string;
  at: number;

  /** @throws BackendError `invalid_manifest` for what is not UTF-8. */
  constructor(body: Uint8Array) {
    this.source = decodeText(body);
    this.at = this.source.startsWith("\ufeff") ? 1 : 0;
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length;
  }

  /** Whether a line ends here; a lone carriage return ends none. */
  get isAtLineEnd(): boolean {
    return this.lineBreakLength > 0 || this.isAtEnd;
  }

  /** How long the line break is that stands here: `\n` or `\r\n`; 0 if none does. */
  get lineBreakLength(): number {
    if (this.source[this.at] === "\n") return 1;
    return this.startsWith("\r\n") ? 2 : 0;
  }

  startsWith(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** Steps over blanks and comments up to the next line break, or to what else stands on this line. */
  skipBlanks(): void {
    for (;;) {
      this.match(blanks);
      if (this.startsWith("#") || this.startsWith("//")) {
        this.at = this.#lineEnd();
      } else if (this.startsWith("/*")) {
        const end = this.source.indexOf("*/", this.at + 2);
        if (end === -1) throw this.error("the comment is not closed");
        this.at = end + 2;
      } else {
        return;
      }
    }
  }

  /** Steps over lines that are blank or comments, and what stands before the next word on its line. */
  skipLines(): void {
    this.skipBlanks();
    while (this.lineBreakLength > 0) {
      this.at += this.lineBreakLength;
      this.skipBlanks();
    }
  }

  /** The identifier that stands here, or nothing. */
  readIdentifier(): string {
    const start = this.at;
    if (this.match(identifierStart) !== "") while (this.match(identifierPiece) !== "");
    return this.source.slice(start, this.at);
  }

  /**
   * What stands in a quoted string from here up to its end or to a `${` or `%{`, none of which it
   * steps over. `$${` and `%%{` are text. `start` is where the string begins.
   */
  readQuotedText(start: number): string {
    let text = "";
    for (;;) {
      text += this.match(quotedText);
      const character = this.source[this.at];
      if (character === '"' || this.isAtSequence) return text;
      if (character === "\\") text += this.#readEscape();
      else if (character === "$" || character === "%") text += this.readMarker();
      else if (this.isAtEnd) throw this.error("the string is not closed", start);
      else throw this.error("a string in quotes ends on its line", start);
    }
  }

  /** Whether a `${` or `%{` stands here. */
  get isAtSequence(): boolean {
    return this.startsWith("${") || this.startsWith("%{");
  }

  /** Steps over a `$` or `%` that is text, or the three characters that stand for `${` or `%{`. */
  readMarker(): string {
    const marker = this.source.charAt(this.at);
    const isEscape = this.startsWith(`${marker}${marker}{`);
    this.at += isEscape ? 3 : 1;
    return isEscape ? `${marker}{` : marker;
  }

  /** Steps over what a sticky pattern matches here, and returns it. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const matched = pattern.exec(this.source)?.[0] ?? "";
    this.at += matched.length;
    return matched;
  }

  /** An `invalid_manifest` with line and column. */
  error(problem: string, offset: number = this.at): BackendError {
    return invalidAt(this.source, offset, problem);
  }

  #readEscape(): string {
    const start = this.at;
    const letter = this.source.charAt(start + 1);
    this.at += 2;
    const simple = simpleEscapes.get(letter);
    if (simple !== undefined) return simple;
    const length = letter === "u" ? 4 : letter === "U" ? 8 : 0;
    const digits = this.match(hexDigits).slice(0, length);
    this.at = start + 2 + digits.length;
    const code = Number.parseInt(digits, 16);
    if (length === 0 || digits.length < length || !isCharacter(code)) {
      throw this.error("the escape is not one that HCL has", start);
    }
    return String.fromCodePoint(code);
  }

  #lineEnd(): number {
    const end = this.source.indexOf("\n", this.at);
    if (end === -1) return this.source.length;
    return this.source[end - 1] === "\r" ? end - 1 : end;
  }
}

function isCharacter(code: number): boolean {
  return code <= 0x10_ffff && (code < 0xd800 || code > 0xdfff);
}
