/** The formats that a report is written in, and the files of each. */

import { renderBadge, renderBadgeEndpoint } from "./badge.ts";
import { renderHtml } from "./html/page.ts";
import { renderJUnit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import type { Report } from "./report.ts";

/** `html`: one page for people; `markdown`: a summary; `junit`: for CI servers; `json`: everything; `badge`: for a README. */
export type ReportFormat = "html" | "markdown" | "junit" | "json" | "badge";

/** Every format, first what a person would open. */
export const reportFormats: readonly ReportFormat[] = [
  "html",
  "markdown",
  "junit",
  "json",
  "badge",
];

/** The files of each format, by name. */
const renderers: Readonly<
  Record<ReportFormat, Readonly<Record<string, (report: Report) => string>>>
> = {
  html: { "conformance.html": renderHtml },
  markdown: { "conformance.md": renderMarkdown },
  junit: { "conformance.xml": renderJUnit },
  json: { "conformance.json": (report) => `${JSON.stringify(report, null, 2)}\n` },
  badge: { "badge.svg": renderBadge, "badge.json": renderBadgeEndpoint },
};

/**
 * The files of one format, name and text. Equal reports make equal files.
 *
 * @example
 * const { "conformance.md": summary } = renderReport(report, "markdown");
 */
export function renderReport(
  report: Report,
  format: ReportFormat,
): Readonly<Record<string, string>> {
  const files = Object.entries(renderers[format]);
  return Object.fromEntries(files.map(([name, render]) => [name, render(report)]));
}
