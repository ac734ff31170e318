/** Colour for terminals. */

/** Colours a text, or returns it as it is where colour is not wanted. */
export interface Paint {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** A {@link Paint} that paints only if `enabled`. */
export function createPaint(enabled: boolean): Paint {
  const painter =
    (open: number, close: number) =>
    (text: string): string =>
      enabled ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    green: painter(32, 39),
    red: painter(31, 39),
    yellow: painter(33, 39),
    bold: painter(1, 22),
    dim: painter(2, 22),
  };
}
