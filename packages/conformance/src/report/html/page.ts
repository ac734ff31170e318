/** A report as one HTML page, which needs nothing but itself: no network, and without scripts only its filters are missing. */

import { type Markup, markup } from "../markup.ts";
import type { Report } from "../report.ts";
import { selectionWords, verdictOf } from "../verdict.ts";
import { inlineAsset } from "./assets.ts";
import { claimsSection } from "./claims.ts";
import { overviewSection } from "./overview.ts";
import { requirementsSection } from "./requirements.ts";

/** The whole file. */
export function renderHtml(report: Report): string {
  const style = inlineAsset("page.css");
  const script = inlineAsset("page.js");
  const policy = [
    "default-src 'none'",
    `style-src '${style.hash}'`,
    `script-src '${script.hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { words, subjects } = verdictOf(report);
  const names = subjects.map(({ name }) => name).join(", ");
  const lines: readonly Markup[] = [
    markup`<!doctype html>`,
    markup`<html lang="en">`,
    markup`<head>`,
    markup`<meta charset="utf-8">`,
    markup`<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    markup`<meta name="viewport" content="width=device-width, initial-scale=1">`,
    markup`<meta name="color-scheme" content="light dark">`,
    markup`<title>${words}: ${names}</title>`,
    markup`<style>${style.content}</style>`,
    markup`</head>`,
    markup`<body>`,
    markup`<a class="skip" href="#requirements">Skip to the requirements</a>`,
    ...header(report),
    markup`<main>`,
    ...errorsSection(report),
    ...overviewSection(report),
    ...requirementsSection(report),
    ...claimsSection(report),
    markup`</main>`,
    markup`<footer>Made by <code>@engenho/conformance</code> ${report.kit.version}. All that is here is in <code>conformance.json</code> too.</footer>`,
    markup`<script>${script.content}</script>`,
    markup`</body>`,
    markup`</html>`,
  ];
  return lines.map((line) => `${line.markup}\n`).join("");
}

function header(report: Report): readonly Markup[] {
  const { isConformant, words, subjects } = verdictOf(report);
  const { environment, seed, full, kit, date } = report;
  const selection = selectionWords(report);
  const durationMs = report.subjects.reduce((sum, subject) => sum + subject.durationMs, 0);
  const facts = {
    date: markup`<time datetime="${date}">${date.slice(0, 16).replace("T", " ")} UTC</time>`,
    took: `${(durationMs / 1_000).toFixed(1)} s`,
    seed: `${seed}${full ? ", full size" : ""}`,
    suite: kit.version,
    platform: `Node ${environment.node}, ${environment.platform} ${environment.arch}, ${environment.cpus} CPUs`,
    ...(selection === undefined ? {} : { "narrowed to": selection }),
  };
  const verdict = markup`<strong class="${isConformant ? "passed" : "failed"}">${words}</strong>`;
  const names = subjects.map(({ name }) => markup`<bdi>${name}</bdi>`);
  return [
    markup`<header>`,
    markup`<div><h1>Conformance</h1><button type="button" id="theme" hidden>Dark theme</button></div>`,
    markup`<p class="verdict">${verdict}: ${names.flatMap((name, index) => (index === 0 ? [name] : [", ", name]))}</p>`,
    markup`<dl class="facts">`,
    ...Object.entries(facts).map(
      ([term, value]) => markup`<div><dt>${term}</dt><dd>${value}</dd></div>`,
    ),
    markup`</dl>`,
    markup`</header>`,
  ];
}

function errorsSection({ subjects }: Report): readonly Markup[] {
  const items = subjects.flatMap(({ name, errors }) =>
    errors.map((error) => markup`<li><bdi>${name}</bdi>: <code>${error}</code></li>`),
  );
  if (items.length === 0) return [];
  return [
    markup`<section aria-labelledby="errors">`,
    markup`<h2 id="errors">Errors outside any requirement</h2>`,
    markup`<ul class="errors">${items}</ul>`,
    markup`</section>`,
  ];
}
