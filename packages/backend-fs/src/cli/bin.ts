#!/usr/bin/env node
/** The `engenho-fs` command. */

import { styleText } from "node:util";
import { main } from "./main.ts";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  // styleText looks at the stream, NO_COLOR and FORCE_COLOR.
  paint: (style, text) => styleText(style, text, { stream: process.stdout }),
});
