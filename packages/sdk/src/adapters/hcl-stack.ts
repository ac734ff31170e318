/** What is open at a place in an HCL source: blocks, values, brackets, strings, heredocs. */

import type { HclText } from "./hcl-text.ts";
import { maxDepth } from "./limits.ts";

/** The arguments and blocks between two braces, or of the whole file. */
export interface Body {
  readonly kind: "body";
  readonly start: number;
  readonly names: Set<string>;
  /** `a { b = 1 }`: one argument, and the brace on the same line. */
  readonly isOneLine: boolean;
}

/** An argument's value (it ends with its line), what stands in brackets, or what stands in `${` and `}`. */
export interface Expression {
  readonly kind: "value" | "brackets" | "sequence";
  readonly start: number;
  readonly close: string;
  isEmpty: boolean;
}

export interface Quoted {
  readonly kind: "quoted";
  readonly start: number;
}

export interface Heredoc {
  readonly kind: "heredoc";
  readonly start: number;
  readonly marker: string;
  /** Whether nothing of the line was passed yet: only then it may be the marker. */
  isAtLineStart: boolean;
}

export type Frame = Body | Expression | Quoted | Heredoc;

/** A stack of our own: however deep a source is, nothing calls itself. */
export class HclStack {
  readonly #text: HclText;
  readonly #frames: Frame[] = [];
  /** How many braces, brackets and sequences are open. */
  #depth = 0;

  constructor(text: HclText) {
    this.#text = text;
  }

  get top(): Frame | undefined {
    return this.#frames.at(-1);
  }

  /** Whether nothing but the file itself is open. */
  get isAtFile(): boolean {
    return this.#frames.length === 1;
  }

  /** Whether the value on top is that of a block on one line, which ends with a brace and never with the line. */
  get isInOneLine(): boolean {
    const body = this.#frames.at(-2);
    return body?.kind === "body" && body.isOneLine;
  }

  /** Something that has no closing bracket. */
  push(frame: Frame): void {
    this.#frames.push(frame);
  }

  pop(): void {
    this.#frames.pop();
  }

  /** Something that a bracket closes: those are counted. */
  open(frame: Body | Expression): void {
    if (++this.#depth > maxDepth)
      throw this.#text.error(`more than ${maxDepth} levels of nesting`, frame.start);
    this.#frames.push(frame);
  }

  close(): void {
    this.#depth--;
    this.#frames.pop();
  }
}
