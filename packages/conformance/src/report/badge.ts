/** A badge that says whether a report's subjects are conformant, as a picture and for shields.io. */

import { markup } from "./markup.ts";
import type { ProfileReport, Report } from "./report.ts";
import { verdictOf } from "./verdict.ts";

/** What a badge says, and its colour for shields.io. */
interface Badge {
  readonly message: string;
  readonly color: "brightgreen" | "yellow" | "red";
}

const label = "conformance";

/** White on these is read easily (a contrast of 4.5 at least), unlike on the colours that shields.io has by these names. */
const fills: Readonly<Record<Badge["color"], string>> = {
  brightgreen: "#1a7f37",
  yellow: "#8a6100",
  red: "#c62828",
};

/** `badge.svg`. */
export function renderBadge(report: Report): string {
  const { message, color } = badgeOf(report);
  const left = textWidth(label) + 10;
  const right = textWidth(message) + 10;
  const text = `${label}: ${message}`;
  const lines = [
    markup`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${text}">`,
    markup`  <title>${text}</title>`,
    markup`  <clipPath id="corners"><rect width="${left + right}" height="20" rx="3"/></clipPath>`,
    markup`  <g clip-path="url(#corners)">`,
    markup`    <rect width="${left}" height="20" fill="#444c56"/>`,
    markup`    <rect x="${left}" width="${right}" height="20" fill="${fills[color]}"/>`,
    markup`  </g>`,
    markup`  <g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">`,
    markup`    <text x="5" y="14" textLength="${left - 10}">${label}</text>`,
    markup`    <text x="${left + 5}" y="14" textLength="${right - 10}">${message}</text>`,
    markup`  </g>`,
    markup`</svg>`,
  ];
  return lines.map((line) => `${line.markup}\n`).join("");
}

/** `badge.json`, as the endpoint badge of shields.io reads it. */
export function renderBadgeEndpoint(report: Report): string {
  return `${JSON.stringify({ schemaVersion: 1, label, ...badgeOf(report) }, null, 2)}\n`;
}

/** A part of the suite makes no badge green: it says what it is. */
function badgeOf(report: Report): Badge {
  const { isConformant, words } = verdictOf(report);
  const judged = report.subjects.flatMap(({ profiles }) => Object.values(profiles));
  const held = judged.filter(({ result }) => result === "conformant").length;
  const isPart = report.selection.profiles !== null || report.selection.filter !== null;
  if (isConformant)
    return { message: words.toLowerCase(), color: isPart ? "yellow" : "brightgreen" };
  return {
    message: `${held} of ${judged.length} profiles${isPart ? " in what was selected" : ""}`,
    color:
      judged.some(isBroken) || report.subjects.some(({ errors }) => errors.length > 0)
        ? "red"
        : "yellow",
  };
}

function isBroken({ result }: ProfileReport): boolean {
  return result === "not-conformant";
}

/** In pixels, of Verdana at 11: about right; `textLength` makes it so. */
function textWidth(text: string): number {
  const narrow = /[fijlrt ,.:]/;
  return Math.round([...text].reduce((sum, each) => sum + (narrow.test(each) ? 4.4 : 7.2), 0));
}
