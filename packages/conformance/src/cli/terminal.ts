/** Where the command writes to: lines, and on a terminal one line below them that changes. */

import type { WriteStream } from "node:tty";
import { createPaint, type Paint } from "./paint.ts";

/** Writes lines; a status line stays below them until it is cleared. */
export interface Terminal {
  readonly paint: Paint;
  /** Whether there is a status line at all: not in a pipe, a file or a dumb terminal. */
  readonly isLive: boolean;
  line(text: string): void;
  /** Shows this as the status line, cut to the terminal's width; an empty text takes it away. */
  status(text: string): void;
}

/** A terminal over a stream; colours and status only if a person is looking and wants them. */
export function createTerminal(
  stream: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>,
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isLive = stream.isTTY === true && environment["TERM"] !== "dumb";
  const paint = createPaint(isLive && !environment["NO_COLOR"]);
  const eraseLine = "\r\u001b[2K";
  let shown = "";
  return {
    paint,
    isLive,
    line(text) {
      stream.write(shown === "" ? `${text}\n` : `${eraseLine}${text}\n${shown}`);
    },
    status(text) {
      if (!isLive) return;
      // A terminal that does not know its width says 0.
      const fitting = text.slice(0, (stream.columns || 80) - 1);
      if (fitting !== shown) stream.write(eraseLine + fitting);
      shown = fitting;
    },
  };
}
