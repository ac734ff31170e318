/** Makes characters seen that are not meant to be looked at. */

/**
 * Halves of a pair and control characters, most of which XML 1.0 cannot hold at all, code points that are no
 * characters, marks that turn the direction of the text behind them, and the byte order mark, which decoders take for
 * their own. Tab, line feed and carriage return stay.
 */
const unseen =
  /[\p{Surrogate}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u{feff}]|(?![\t\n\r])\p{Control}/gu;

/**
 * The text with such characters as JavaScript writes them.
 *
 * @example
 * visible("a\0b"); // a\u{0}b
 */
export function visible(text: string): string {
  return text.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
