/** A real browser for tests of the page: Debian's Chromium, or another one that is on this machine. */

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executable = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => existsSync(path));

/** Why the tests cannot run here; in CI they run all the same, and fail. */
export const noBrowser: string | undefined =
  executable === undefined && process.env["CI"] !== "true"
    ? "there is no /usr/bin/chromium: apt-get install chromium"
    : undefined;

/** Starts it with a profile of its own, which goes when it is closed. */
export async function openBrowser(): Promise<Browser> {
  if (executable === undefined) throw new Error("there is no /usr/bin/chromium");
  return await chromium.launch({
    executablePath: executable,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-quic",
      "--no-first-run",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
