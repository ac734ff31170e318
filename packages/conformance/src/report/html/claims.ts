/** The page's last table: what each subject claims, which decides what applies to it. */

import { type Markup, markup } from "../markup.ts";
import type { Report } from "../report.ts";

/** Claims × subjects, folded away. */
export function claimsSection({ subjects }: Report): readonly Markup[] {
  const claims = [...new Set(subjects.flatMap(({ capabilities }) => Object.keys(capabilities)))];
  const rows = claims.map((claim) => {
    const cells = subjects.map(({ capabilities }) => {
      const value = new Map<string, unknown>(Object.entries(capabilities)).get(claim);
      return markup`<td>${claimWords(value)}</td>`;
    });
    return markup`<tr><th scope="row"><code>${claim}</code></th>${cells}</tr>`;
  });
  return [
    markup`<section aria-labelledby="claims">`,
    markup`<h2 id="claims">Claims</h2>`,
    markup`<details>`,
    markup`<summary>What the subjects claim, and were judged by</summary>`,
    markup`<div class="scroll" role="group" aria-label="Claims, a table" tabindex="0">`,
    markup`<table class="claims">`,
    markup`<thead><tr><th scope="col">Claim</th>${subjects.map(({ name }) => markup`<th scope="col"><bdi>${name}</bdi></th>`)}</tr></thead>`,
    markup`<tbody>`,
    ...rows,
    markup`</tbody>`,
    markup`</table>`,
    markup`</div>`,
    markup`</details>`,
    markup`</section>`,
  ];
}

/** Lists of words as words, whatever else is in a claim as JSON. */
function claimWords(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(claimWords).join(", ") || "none";
  return JSON.stringify(value) ?? "";
}
