/** The lexemes of a YAML text that mean something: comments and blank lines are left out. */

import { Lexer } from "yaml";
import { invalidAt } from "./manifest-text.ts";

/** The library's mark that the next lexeme is a scalar, whatever it begins with. */
const scalarMark = "\x1f";

/** Its marks that are not part of the text: of a document's begin, of a flow collection's end by error. */
const marks: ReadonlySet<string> = new Set([scalarMark, "\x02", "\x18"]);

/**
 * Visits each lexeme with its offset. Of blank lines in a row the last break is left, and a comment
 * behind something is as many spaces: the parser adds lengths up. It keeps comments and blank lines for
 * those who print a document again: it moves them from each collection to the one around it, and for
 * each comment after a block scalar it looks through the whole run before it (80,000 took 4.5 s).
 *
 * @throws BackendError `invalid_manifest` for a comment without a blank before it.
 */
export function forEachLexeme(text: string, visit: VisitLexeme): void {
  const line = new Line(visit);
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const start = offset;
    const kind = isScalar ? "content" : kindOf(lexeme);
    isScalar = lexeme === scalarMark && !isScalar;
    if (kind !== "mark") offset += lexeme.length;
    if (kind === "comment") checkSeparated(text, start);
    if (text[start - 1] === "\n") line.isBlank = true;
    line.add(kind, lexeme, start);
  }
}

type VisitLexeme = (lexeme: string, offset: number) => void;

/** What of the present line waits for what comes behind it. */
class Line {
  isBlank = true;
  readonly #visit: VisitLexeme;
  /** The break of the blank line before. */
  #lastBreak = "";
  #blanks: string[] = [];

  constructor(visit: VisitLexeme) {
    this.#visit = visit;
  }

  add(kind: LexemeKind, lexeme: string, offset: number): void {
    if (kind === "blanks") {
      this.#blanks.push(lexeme);
    } else if (!this.isBlank) {
      const length = this.#blanksLength();
      if (kind !== "comment") this.#flush(offset, lexeme);
      else this.#visit(" ".repeat(length + lexeme.length), offset - length);
      this.#blanks = [];
    } else if (kind === "break") {
      this.#lastBreak = lexeme;
      this.#blanks = [];
    } else if (kind !== "comment") {
      this.#flush(offset, lexeme);
      this.isBlank = kind === "mark";
    }
  }

  #blanksLength(): number {
    return this.#blanks.reduce((sum, blanks) => sum + blanks.length, 0);
  }

  /** Visits what has waited, and then this. */
  #flush(offset: number, lexeme: string): void {
    let at = offset - this.#blanksLength();
    if (this.#lastBreak !== "") this.#visit(this.#lastBreak, at - this.#lastBreak.length);
    for (const blanks of this.#blanks) {
      this.#visit(blanks, at);
      at += blanks.length;
    }
    this.#visit(lexeme, offset);
    this.#lastBreak = "";
    this.#blanks = [];
  }
}

type LexemeKind = "comment" | "blanks" | "break" | "mark" | "content";

function kindOf(lexeme: string): LexemeKind {
  switch (lexeme.charAt(0)) {
    case "#":
      return "comment";
    case " ":
    case "\t":
      return "blanks";
    case "\n":
    case "\r":
      return "break";
    default:
      return marks.has(lexeme) ? "mark" : "content";
  }
}

function checkSeparated(text: string, offset: number): void {
  if (offset === 0 || " \t\n".includes(text.charAt(offset - 1))) return;
  throw invalidAt(text, offset, "a comment must be separated from what is before it by a space");
}
