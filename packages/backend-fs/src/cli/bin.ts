#!/usr/bin/env node
/** The `engenho-fs` command. */

import { styleText } from "node:util";
import { main } from "./main.ts";

// A reader that has seen enough (`| head`) is no error; an answer that got lost on its way to a file is one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`engenho-fs: cannot write the answer: ${error.message}\n`);
  process.exit(2);
});
process.stderr.on("error", () => undefined); // the exit status says it

process.exitCode = await main(process.argv.slice(2), {
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  // styleText looks at the stream, NO_COLOR and FORCE_COLOR.
  paint: (style, text) => styleText(style, text, { stream: process.stdout }),
});
