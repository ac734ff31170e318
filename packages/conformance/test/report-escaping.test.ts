/** Whatever subjects are called and failures say, a report is that text and nothing else: read by parsers of others. */

import fc from "fast-check";
import { XmlDocument } from "libxml2-wasm";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import { renderJUnit } from "../src/report/junit.ts";
import { renderMarkdown } from "../src/report/markdown.ts";
import type { Report, SubjectReport } from "../src/report/report.ts";
import { visible } from "../src/report/visible.ts";
import { hostileText } from "./support/hostile-text.ts";
import { sampleReport } from "./support/sample-report.ts";

const plain = sampleReport(
  ["one"],
  4,
  (place) => (["failed", "skipped", "known-failure", "passed"] as const)[place],
);
const [subject] = plain.subjects as [SubjectReport];

/** The same report with these texts wherever a subject or a failure speaks. */
function told(name: string, message: string, module: string): Report {
  const requirements = subject.requirements.map((each) => ({
    ...each,
    ...(each.message === undefined ? {} : { message }),
    ...(each.reason === undefined ? {} : { reason: name }),
  }));
  return {
    ...plain,
    subjects: [{ ...subject, name, backend: name, module, requirements, errors: [message] }],
  };
}

const texts = [hostileText, hostileText, hostileText] as const;

test("JUnit is well-formed XML 1.0 with the texts in their places", () => {
  const all = (xml: XmlDocument, path: string) => xml.find(path).map(({ content }) => content);
  fc.assert(
    fc.property(...texts, (name, message, module) => {
      using xml = XmlDocument.fromString(renderJUnit(told(name, message, module)));
      const [seenName, seen] = [visible(name), visible(message)];
      expect(all(xml, "/testsuites/testsuite/@name")[0]).toBe(seenName);
      expect(all(xml, "//error/@message")).toEqual([seen]);
      expect(all(xml, "//failure/@message")).toEqual([seen]);
      expect(all(xml, "//failure")[0]).toContain("--filter");
      const skipped = all(xml, "//skipped/@message");
      expect(skipped).toEqual([seen, `known failure: ${seenName}: ${seen}`]);
      expect(all(xml, "//*").length).toBe(
        XmlDocument.fromString(renderJUnit(told("a", "b", "c"))).find("//*").length,
      );
    }),
    { numRuns: 100 },
  );
});

test("Markdown has the texts as code, and makes nothing of them", () => {
  const html = (report: Report) =>
    micromark(renderMarkdown(report), {
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
      allowDangerousHtml: true,
    });
  const tags = (text: string) => text.match(/<[^>]*>/g);
  const codes = (text: string) =>
    [...text.matchAll(/<code>([^<]*)<\/code>/g)].map(([, code = ""]) => decode(code));
  const benign = tags(html(told("a", "b", "c")));
  fc.assert(
    fc.property(...texts, (name, message, module) => {
      const written = html(told(name, message, module));
      expect(tags(written)).toEqual(benign);
      const seen = codes(written);
      // The verdict, the table, the heading, and the reason of what is known.
      expect(seen.filter((each) => each === visible(name)).length).toBeGreaterThanOrEqual(4);
      expect(seen.filter((each) => each === visible(message)).length).toBeGreaterThanOrEqual(4);
    }),
    { numRuns: 100 },
  );
});

test("equal reports make equal files", () => {
  const report = told("a", "b", "c");
  expect(renderJUnit(structuredClone(report))).toBe(renderJUnit(report));
  expect(renderMarkdown(structuredClone(report))).toBe(renderMarkdown(report));
});

test("what cannot be seen is shown as JavaScript writes it", () => {
  expect(visible("a\0\u{1b}[1m\u{d800}\u{202e}\u{ffff} é\t\n")).toBe(
    "a\\u{0}\\u{1b}[1m\\u{d800}\\u{202e}\\u{ffff} é\t\n",
  );
});

function decode(html: string): string {
  return html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
