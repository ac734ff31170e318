/** The version of this package, as its package.json has it. */

import { readFileSync } from "node:fs";

/** Reads the version; the path holds from `src` and from `dist` alike. */
export function kitVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest && manifest.version;
  return typeof version === "string" ? version : "unknown";
}
