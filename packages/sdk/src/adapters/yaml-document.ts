/** Parses a body as one YAML 1.2 document, in bounded time and memory, and checks its structure. */

import { CST, Composer, isScalar, Parser, Schema } from "yaml";
import type { Alias, Document, Node, YAMLParseError } from "yaml";
import { BackendError } from "../contract/index.ts";
import { maxDepth, maxYamlLines, maxYamlTokens } from "./limits.ts";
import { decodeText, invalidAt } from "./manifest-text.ts";
import { forEachLexeme } from "./yaml-lexemes.ts";
import { checkStructure } from "./yaml-structure.ts";

/** One document whose keys are distinct strings and whose aliases all lead somewhere. */
export interface YamlDocument {
  readonly text: string;
  readonly root: Node;
  /** What each alias stands for; never another alias, never something that contains the alias. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** Whether a `%YAML 1.1` directive stands before it: other rules for plain scalars. */
  readonly isYaml11: boolean;
}

// The failsafe schema leaves each scalar its text: no digit is lost, and none is converted in vain.
const schema = new Schema({ schema: "failsafe", resolveKnownTags: false });
// The library looks tags up in this plain object: `!<toString>` would find a function, and put a tag
// into the schema that all documents share.
Object.setPrototypeOf(schema.knownTags, null);

/**
 * Parses a body that holds exactly one document.
 *
 * @throws BackendError `invalid_manifest`, with line and column where there is one; `too_large` for
 * more than {@link maxYamlTokens} tokens or {@link maxYamlLines} lines.
 */
export function parseYaml(body: Uint8Array): YamlDocument {
  const decoded = decodeText(body);
  const text = decoded.startsWith("\ufeff") ? decoded.slice(1) : decoded;
  checkLines(text);
  checkCharacters(text);
  const document = parseDocument(text);
  const root = document.contents;
  if (root === null || isEmpty(root)) throw noDocument();
  const targets = checkStructure(text, root);
  return { text, root, targets, isYaml11: document.directives.yaml.version === "1.1" };
}

function parseDocument(text: string): Document.Parsed {
  try {
    return compose(text, readTokens(text));
  } catch (error) {
    if (BackendError.is(error)) throw error;
    throw new BackendError("invalid_manifest", "the YAML parser failed on the body", {
      cause: error,
    });
  }
}

function isEmpty(root: Node): boolean {
  return isScalar(root) && root.source === "" && root.type === "PLAIN" && root.tag === undefined;
}

function checkLines(text: string): void {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    if (++lines > maxYamlLines) {
      throw new BackendError("too_large", `the body has more than ${maxYamlLines} lines of YAML`);
    }
  }
}

/** Control characters but tab, line breaks and NEL (YAML 1.2 §5.1), and breaks that readers disagree on. */
const forbidden = /[^\P{Cc}\t\n\r\u0085]|[\ufffe\uffff]|\r(?!\n)/u;

function checkCharacters(text: string): void {
  const offset = text.search(forbidden);
  if (offset === -1) return;
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
  throw invalidAt(
    text,
    offset,
    `the character U+${code} cannot stand in YAML as it is; write it as an escape in double quotes`,
  );
}

/** The tokens of the stream, checked while they come, before nesting or number can slow the parser. */
function readTokens(text: string): CST.Token[] {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let documents = 0;
  const take = (token: CST.Token): void => {
    if (token.type === "error")
      throw syntaxError(text, token.offset, "UNEXPECTED_TOKEN", token.message);
    if (token.type === "document") documents++;
    if (documents <= 1) tokens.push(token);
  };

  let count = 0;
  forEachLexeme(text, (lexeme, offset) => {
    parser.offset = offset;
    for (const token of parser.next(lexeme)) take(token);
    if (CST.isCollection(parser.stack[maxDepth + 1])) {
      throw invalidAt(text, parser.offset, `more than ${maxDepth} levels of nesting`);
    }
    if (++count > maxYamlTokens) {
      throw new BackendError("too_large", `the body has more than ${maxYamlTokens} YAML tokens`);
    }
  });
  for (const token of parser.end()) take(token);

  if (documents === 0) throw noDocument();
  if (documents > 1) {
    throw new BackendError(
      "invalid_manifest",
      `the body holds ${documents} YAML documents; a manifest is exactly one`,
    );
  }
  return tokens;
}

function compose(text: string, tokens: readonly CST.Token[]): Document.Parsed {
  // Keys are compared afterwards, in linear time; the composer compares each with each.
  const composer = new Composer({ schema, uniqueKeys: false, logLevel: "silent" });
  // It would collect every error, each with its stack: a megabyte of commas took 8 s. The first is
  // enough. The composer reports what is thrown here a second time, hence the memory.
  let first: BackendError | undefined;
  composer["onError"] = (
    source: ErrorSource,
    code: YAMLParseError["code"],
    message: string,
    isWarning?: boolean,
  ): void => {
    if (isWarning === true) return;
    first ??= syntaxError(text, offsetOf(source), code, message);
    throw first;
  };

  let document: Document.Parsed | undefined;
  for (const token of tokens) for (const done of composer.next(token)) document = done;
  for (const done of composer.end()) document = done;
  const error = document?.errors[0];
  if (error !== undefined) throw syntaxError(text, error.pos[0], error.code, error.message);
  if (document === undefined) throw noDocument();
  return document;
}

/** Where the library says that an error is: an offset, a range or a token. */
type ErrorSource = number | readonly number[] | { readonly offset: number };

function offsetOf(source: ErrorSource): number {
  if (typeof source === "number") return source;
  return "offset" in source ? source.offset : (source[0] ?? 0);
}

function noDocument(): BackendError {
  return new BackendError(
    "invalid_manifest",
    "the body holds no YAML document; a manifest is exactly one",
  );
}

/** Replaces the library's messages that quote the source, which may be a Secret's. */
const safeMessages: Partial<Record<YAMLParseError["code"], string>> = {
  BAD_DIRECTIVE: "a % directive is malformed",
  BAD_DQ_ESCAPE: "a double-quoted string has an escape that YAML does not have",
  RESOURCE_EXHAUSTION: "the document is too complex",
  TAG_RESOLVE_FAILED: "a tag is malformed",
  UNEXPECTED_TOKEN: "this cannot stand here: a character, indentation or quote is out of place",
};

function syntaxError(
  text: string,
  offset: number,
  code: YAMLParseError["code"],
  message: string,
): BackendError {
  return invalidAt(text, offset, safeMessages[code] ?? message);
}
