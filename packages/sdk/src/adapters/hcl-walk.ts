/** Walks an HCL source and tells its blocks and arguments; expressions are looked at, not understood. */

import type { BackendError } from "../contract/index.ts";
import { printable } from "../reference/index.ts";
import type { HclText } from "./hcl-text.ts";
import { maxDepth } from "./limits.ts";

/** Who hears of what stands in the source, in its order. */
export interface HclVisitor {
  /** A block begins, in as many others as `depth` says; `at` is the offset of its type. */
  block(type: string, labels: readonly string[], depth: number, at: number): void;
  /** An argument of a body, in as many blocks as `depth` says; `value` reads it if that can be done. */
  argument(name: string, depth: number, at: number, value: () => HclLiteral): void;
}

/** The value of an argument if it is one string without `${` or `%{`, or null; undefined for any other. */
export type HclLiteral = string | null | undefined;

/**
 * Checks what tells where blocks, arguments and strings begin and end, and leaves the rest of what
 * expressions may be to Nomad: characters, brackets, strings, heredocs, comments, equal arguments.
 *
 * The stack is an array of its own and every character is passed once, whatever the source.
 *
 * @throws BackendError `invalid_manifest` with line and column, for more than {@link maxDepth} levels too.
 */
export function walkHcl(text: HclText, visitor: HclVisitor): void {
  new HclWalk(text, visitor).run();
}

/** The arguments and blocks between two braces, or of the whole file. */
interface Body {
  readonly kind: "body";
  readonly start: number;
  readonly names: Set<string>;
  /** `a { b = 1 }`: one argument, and the brace on the same line. */
  readonly isOneLine: boolean;
}

/** An argument's value (it ends with its line), what stands in brackets, or what stands in `${` and `}`. */
interface Expression {
  readonly kind: "value" | "brackets" | "sequence";
  readonly start: number;
  readonly close: string;
  isEmpty: boolean;
}

interface Quoted {
  readonly kind: "quoted";
  readonly start: number;
}

interface Heredoc {
  readonly kind: "heredoc";
  readonly start: number;
  readonly marker: string;
  /** Whether nothing of the line was passed yet: only then it may be the marker. */
  isAtLineStart: boolean;
}

type Frame = Body | Expression | Quoted | Heredoc;

const numbersAndOperators = /[=!<>]=|&&|\|\||[0-9.*/%+\-<>!?:]/y;
/** Between the items of a list or an object, or the arguments of a function. */
const separators = /[,=]/y;
const heredocStart = /<<-?[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const heredocText = /[^$%\r\n]*/y;
/** Blanks of every script around a heredoc's marker, but not what ends its line. */
const lineSpace = /[^\P{White_Space}\r\n]*/uy;
const closers: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

class HclWalk {
  readonly #text: HclText;
  readonly #visitor: HclVisitor;
  readonly #stack: Frame[] = [];
  /** How many braces, brackets and sequences are open, and how many of the braces are a block's. */
  #depth = 0;
  #blocks = 0;

  constructor(text: HclText, visitor: HclVisitor) {
    this.#text = text;
    this.#visitor = visitor;
  }

  run(): void {
    this.#stack.push({ kind: "body", start: 0, names: new Set(), isOneLine: false });
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      if (frame.kind === "body") this.#stepBody(frame);
      else if (frame.kind === "quoted") this.#stepQuoted(frame);
      else if (frame.kind === "heredoc") this.#stepHeredoc(frame);
      else this.#stepExpression(frame);
    }
  }

  #stepBody(body: Body): void {
    const text = this.#text;
    if (body.isOneLine) text.skipBlanks();
    else text.skipLines();
    if (text.isAtEnd) {
      if (this.#stack.length > 1) throw text.error("the block is not closed", body.start);
      this.#stack.pop();
    } else if (text.startsWith("}")) {
      this.#endBlock();
    } else if (body.isOneLine && body.names.size > 0) {
      throw text.error("a block that begins and ends on one line has one argument at most");
    } else {
      this.#readItem(body);
    }
  }

  #endBlock(): void {
    const text = this.#text;
    if (this.#stack.length === 1) throw text.error("no block is open that this brace would close");
    this.#close();
    this.#blocks--;
    text.at++;
    text.skipBlanks();
    if (!text.isAtLineEnd) throw text.error("a block ends with its line: expected a line break");
  }

  #readItem(body: Body): void {
    const text = this.#text;
    const start = text.at;
    const name = text.readIdentifier();
    if (name === "") throw this.#noItem(start);
    text.skipBlanks();
    if (text.startsWith("=") && !text.startsWith("==") && !text.startsWith("=>")) {
      this.#beginArgument(body, name, start);
    } else if (body.isOneLine) {
      throw text.error("a block that begins and ends on one line has one argument at most", start);
    } else {
      this.#beginBlock(name, start);
    }
  }

  #noItem(start: number): BackendError {
    const text = this.#text;
    if (text.startsWith('"')) return text.error("the name of an argument has no quotes");
    const isJson = text.startsWith("{") && this.#blocks === 0 && this.#stack.length === 1;
    const hint = isJson ? "; a job in JSON is not HCL" : "";
    return text.error(`expected an argument or a block${hint}`, start);
  }

  #beginArgument(body: Body, name: string, start: number): void {
    const text = this.#text;
    if (body.names.has(name)) throw text.error(`duplicate argument "${printable(name)}"`, start);
    body.names.add(name);
    text.at++;
    text.skipBlanks();
    const at = text.at;
    this.#visitor.argument(name, this.#blocks, at, () => this.#literalAt(at));
    this.#stack.push({ kind: "value", start: at, close: "", isEmpty: true });
  }

  /** Reads the value that begins here, then goes back: the walk passes it like any other. */
  #literalAt(at: number): HclLiteral {
    const text = this.#text;
    const value = text.startsWith('"') ? this.#readPlainString() : this.#readNull();
    text.skipBlanks();
    const isWhole = text.isAtLineEnd || text.startsWith("}");
    text.at = at;
    return isWhole ? value : undefined;
  }

  #readNull(): HclLiteral {
    return this.#text.readIdentifier() === "null" ? null : undefined;
  }

  /** A string without sequences; one with them is undefined, and passed up to the first. */
  #readPlainString(): string | undefined {
    const text = this.#text;
    const start = text.at++;
    const value = text.readQuotedText(start);
    if (!text.startsWith('"')) return undefined;
    text.at++;
    return value;
  }

  #beginBlock(type: string, start: number): void {
    const text = this.#text;
    const labels: string[] = [];
    while (!text.startsWith("{")) {
      labels.push(this.#readLabel());
      text.skipBlanks();
    }
    this.#visitor.block(type, labels, this.#blocks, start);
    const brace = text.at;
    text.at++;
    text.skipBlanks();
    const isOneLine = !text.isAtLineEnd && !text.startsWith("}");
    this.#open({ kind: "body", start: brace, names: new Set(), isOneLine });
    this.#blocks++;
  }

  #readLabel(): string {
    const text = this.#text;
    if (!text.startsWith('"')) {
      const word = text.readIdentifier();
      if (word === "") throw text.error('expected "=", a label or "{"');
      return word;
    }
    const start = text.at;
    const label = this.#readPlainString();
    if (label === undefined) throw text.error("a label cannot have ${ or %{ in it", start);
    return label;
  }

  #stepExpression(expression: Expression): void {
    const text = this.#text;
    text.skipBlanks();
    const lineBreak = text.lineBreakLength;
    const character = text.source.charAt(text.at);
    if (lineBreak > 0 && expression.kind !== "value") {
      text.at += lineBreak;
    } else if (lineBreak > 0 || character === "") {
      this.#endAtLineEnd(expression);
    } else if (character === ")" || character === "]" || character === "}" || character === "~") {
      this.#closeExpression(expression);
    } else {
      expression.isEmpty = false;
      this.#readToken(expression, character);
    }
  }

  /** A value ends with its line; nothing else ends where the source does. */
  #endAtLineEnd(expression: Expression): void {
    const text = this.#text;
    if (expression.kind === "sequence")
      throw text.error("the ${ or %{ is not closed", expression.start);
    if (expression.kind === "brackets")
      throw text.error(`expected "${expression.close}" before the end`, expression.start);
    const body = this.#stack.at(-2);
    if (body?.kind === "body" && body.isOneLine)
      throw text.error("a block that has an argument on its first line must end on that line");
    this.#endValue(expression);
  }

  #endValue(value: Expression): void {
    if (value.isEmpty) throw this.#text.error("the argument has no value", value.start);
    this.#stack.pop();
  }

  #closeExpression(expression: Expression): void {
    const text = this.#text;
    const body = this.#stack.at(-2);
    if (
      expression.kind === "value" &&
      text.startsWith("}") &&
      body?.kind === "body" &&
      body.isOneLine
    ) {
      this.#endValue(expression); // the brace is the block's
      return;
    }
    const isStripping = expression.kind === "sequence" && text.startsWith("~}");
    if (!isStripping && !text.startsWith(expression.close || "\0"))
      throw this.#notClosing(expression);
    if (expression.kind === "sequence" && expression.isEmpty)
      throw text.error("there is nothing between the braces", expression.start);
    text.at += isStripping ? 2 : 1;
    this.#close();
  }

  #notClosing({ kind, close }: Expression): BackendError {
    const text = this.#text;
    if (text.startsWith("~")) return text.error("HCL has no such character here");
    return kind === "value"
      ? text.error("no bracket is open that this one would close")
      : text.error(`expected "${close}" before this bracket`);
  }

  #readToken(expression: Expression, character: string): void {
    const text = this.#text;
    const start = text.at;
    const close = closers.get(character);
    if (close !== undefined) {
      text.at++;
      this.#open({ kind: "brackets", start, close, isEmpty: true });
    } else if (character === '"') {
      text.at++;
      this.#stack.push({ kind: "quoted", start });
    } else if (text.startsWith("<<")) {
      this.#beginHeredoc();
    } else if (text.match(numbersAndOperators) === "" && text.readIdentifier() === "") {
      this.#readSeparator(expression);
    }
  }

  #readSeparator({ kind }: Expression): void {
    const text = this.#text;
    const isQuote = text.startsWith("'");
    if (text.match(separators) === "") {
      const hint = isQuote ? ": strings stand in double quotes" : "";
      throw text.error(`HCL has no such character here${hint}`);
    }
    if (kind !== "brackets" && kind !== "sequence")
      throw text.error("an argument ends with its line: expected a line break", text.at - 1);
  }

  #stepQuoted({ start }: Quoted): void {
    const text = this.#text;
    text.readQuotedText(start);
    if (text.isAtSequence) {
      this.#openSequence();
    } else {
      text.at++;
      this.#stack.pop();
    }
  }

  #openSequence(): void {
    const text = this.#text;
    const start = text.at;
    text.at += 2;
    if (text.startsWith("~")) text.at++;
    this.#open({ kind: "sequence", start, close: "}", isEmpty: true });
  }

  #beginHeredoc(): void {
    const text = this.#text;
    const start = text.at;
    const marker = text.match(heredocStart).replace(/^<<-?/, "");
    if (marker === "" || text.lineBreakLength === 0)
      throw text.error(
        "a heredoc begins with << or <<- and its marker at the end of a line",
        start,
      );
    text.at += text.lineBreakLength;
    this.#stack.push({ kind: "heredoc", start, marker, isAtLineStart: true });
  }

  #stepHeredoc(heredoc: Heredoc): void {
    const text = this.#text;
    if (heredoc.isAtLineStart && this.#endsHeredoc(heredoc.marker)) {
      this.#stack.pop();
      return;
    }
    heredoc.isAtLineStart = false;
    text.match(heredocText);
    if (text.isAtEnd) {
      const problem = `its text must end with a line that has ${printable(heredoc.marker)} only`;
      throw text.error(`the heredoc is not closed: ${problem}`, heredoc.start);
    }
    if (text.lineBreakLength > 0) {
      text.at += text.lineBreakLength;
      heredoc.isAtLineStart = true;
    } else if (text.isAtSequence) {
      this.#openSequence();
    } else if (text.startsWith("\r")) {
      throw text.error("a carriage return stands without a line feed");
    } else {
      text.readMarker();
    }
  }

  /** Whether this line is the marker and has an end; then steps to that, which belongs to the expression. */
  #endsHeredoc(marker: string): boolean {
    const text = this.#text;
    const start = text.at;
    text.match(lineSpace);
    if (text.startsWith(marker)) {
      text.at += marker.length;
      text.match(lineSpace);
      if (text.lineBreakLength > 0) return true;
    }
    text.at = start;
    return false;
  }

  #open(frame: Body | Expression): void {
    if (++this.#depth > maxDepth)
      throw this.#text.error(`more than ${maxDepth} levels of nesting`, frame.start);
    this.#stack.push(frame);
  }

  #close(): void {
    this.#depth--;
    this.#stack.pop();
  }
}
