/** Finds the code in a Markdown file. */

/** One fenced block. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** The line of its fence, counted from 1. */
  readonly line: number;
}

/** Every fenced block, in order. A fence that never ends is not one. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1] ?? "",
    code: match[2] ?? "",
    line: markdown.slice(0, match.index).split("\n").length,
  }));
}
