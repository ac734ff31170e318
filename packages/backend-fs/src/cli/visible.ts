/** Makes text of others fit for a terminal. */

/** What breaks a line, moves the cursor, paints or turns the direction of writing. */
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** The text with such characters as escapes: a file's name must not be able to say "healthy" on a line of its own. */
export function visible(text: string): string {
  return text.replace(unfit, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
