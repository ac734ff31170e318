/** Walks an HCL source and tells its blocks and arguments; expressions are looked at, not understood. */

import type { BackendError } from "../contract/index.ts";
import { printable } from "../reference/index.ts";
import { HclExpressions } from "./hcl-expression.ts";
import { type Body, HclStack } from "./hcl-stack.ts";
import type { HclText } from "./hcl-text.ts";

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
 * Nothing calls itself and every character is passed once, whatever the source.
 *
 * @throws BackendError `invalid_manifest` with line and column, for more than 128 levels of nesting too.
 */
export function walkHcl(text: HclText, visitor: HclVisitor): void {
  new HclWalk(text, visitor).run();
}

class HclWalk {
  readonly #text: HclText;
  readonly #visitor: HclVisitor;
  readonly #stack: HclStack;
  readonly #expressions: HclExpressions;
  /** How many blocks are open. */
  #blocks = 0;

  constructor(text: HclText, visitor: HclVisitor) {
    this.#text = text;
    this.#visitor = visitor;
    this.#stack = new HclStack(text);
    this.#expressions = new HclExpressions(text, this.#stack);
  }

  run(): void {
    this.#stack.push({ kind: "body", start: 0, names: new Set(), isOneLine: false });
    for (let frame = this.#stack.top; frame !== undefined; frame = this.#stack.top) {
      if (frame.kind === "body") this.#stepBody(frame);
      else if (frame.kind === "quoted") this.#expressions.stepQuoted(frame);
      else if (frame.kind === "heredoc") this.#expressions.stepHeredoc(frame);
      else this.#expressions.stepExpression(frame);
    }
  }

  #stepBody(body: Body): void {
    const text = this.#text;
    if (body.isOneLine) text.skipBlanks();
    else text.skipLines();
    if (text.isAtEnd) {
      if (!this.#stack.isAtFile) throw text.error("the block is not closed", body.start);
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
    if (this.#stack.isAtFile) throw text.error("no block is open that this brace would close");
    this.#stack.close();
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
    const isJson = text.startsWith("{") && this.#stack.isAtFile;
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
    this.#stack.open({ kind: "body", start: brace, names: new Set(), isOneLine });
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
}
