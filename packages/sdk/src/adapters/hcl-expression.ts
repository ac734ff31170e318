/** Passes the values of arguments: tokens, brackets, strings and heredocs, whatever they mean. */

import type { BackendError } from "../contract/index.ts";
import { printable } from "../reference/index.ts";
import type { Expression, HclStack, Heredoc, Quoted } from "./hcl-stack.ts";
import type { HclText } from "./hcl-text.ts";

const numbersAndOperators = /[=!<>]=|&&|\|\||[0-9.*/%+\-<>!?:]/y;
/** Between the items of a list or an object, or the arguments of a function. */
const separators = /[,=]/y;
const heredocStart = /<<-?/y;
const heredocText = /[^$%\r\n]*/y;
/** Blanks of every script around a heredoc's marker, but not what ends its line. */
const lineSpace = /[^\P{White_Space}\r\n]*/uy;
const closers: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/** Each step goes forward and leaves what is open on the stack. */
export class HclExpressions {
  readonly #text: HclText;
  readonly #stack: HclStack;

  constructor(text: HclText, stack: HclStack) {
    this.#text = text;
    this.#stack = stack;
  }

  /** Passes what stands next in a value, in brackets or in a sequence. */
  stepExpression(expression: Expression): void {
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
    if (this.#stack.isInOneLine)
      throw text.error("a block that has an argument on its first line must end on that line");
    this.#endValue(expression);
  }

  #endValue(value: Expression): void {
    if (value.isEmpty) throw this.#text.error("the argument has no value", value.start);
    this.#stack.pop();
  }

  #closeExpression(expression: Expression): void {
    const text = this.#text;
    if (expression.kind === "value" && text.startsWith("}") && this.#stack.isInOneLine) {
      this.#endValue(expression); // the brace is the block's
      return;
    }
    const isStripping = expression.kind === "sequence" && text.startsWith("~}");
    if (!isStripping && !text.startsWith(expression.close || "\0"))
      throw this.#notClosing(expression);
    if (expression.kind === "sequence" && expression.isEmpty)
      throw text.error("there is nothing between the braces", expression.start);
    text.at += isStripping ? 2 : 1;
    this.#stack.close();
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
      this.#stack.open({ kind: "brackets", start, close, isEmpty: true });
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

  /** Passes the text of a string up to its end or to a sequence. */
  stepQuoted({ start }: Quoted): void {
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
    this.#stack.open({ kind: "sequence", start, close: "}", isEmpty: true });
  }

  #beginHeredoc(): void {
    const text = this.#text;
    const start = text.at;
    text.match(heredocStart);
    const marker = text.readIdentifier();
    if (marker === "" || text.lineBreakLength === 0)
      throw text.error(
        "a heredoc begins with << or <<- and its marker at the end of a line",
        start,
      );
    text.at += text.lineBreakLength;
    this.#stack.push({ kind: "heredoc", start, marker, isAtLineStart: true });
  }

  /** Passes a line of a heredoc, or a part of one. */
  stepHeredoc(heredoc: Heredoc): void {
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
      // HCL's scanner takes a carriage return along with a marker where the next one ends the line.
      if (text.startsWith("\r\r\n")) text.at++;
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
}
