/** Reads the sentences of SPEC.md, in which code stands between backticks. */

/** A piece of a sentence. */
export interface Piece {
  readonly text: string;
  readonly isCode: boolean;
}

/** The pieces of a sentence; a backtick without its other one is text. */
export function pieces(sentence: string): readonly Piece[] {
  return sentence.split(/(`[^`]+`)/).flatMap((text) => {
    if (text === "") return [];
    const isCode = /^`[^`]+`$/.test(text);
    return [{ text: isCode ? text.slice(1, -1) : text, isCode }];
  });
}
