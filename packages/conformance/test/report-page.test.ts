/** The page as its readers have it: from a file, in a real browser, by keyboard, in both themes. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import fc from "fast-check";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { renderHtml } from "../src/report/html/page.ts";
import { visible } from "../src/report/visible.ts";
import type { Report } from "../src/report/report.ts";
import { noBrowser, openBrowser } from "./support/chromium.ts";
import { hostileText, hostileTexts } from "./support/hostile-text.ts";
import { sampleReport } from "./support/sample-report.ts";

const subjects = ["in-memory", "filesystem", "raft", "kubernetes", "nomad", "systemd"];
const report = sampleReport(subjects, 150);

const [first = "", , , , linked = ""] = report.requirements.map(({ id }) => id);

let browser: Browser;
let directory: string;

beforeAll(async () => {
  if (noBrowser !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), "report-page-"));
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  if (noBrowser !== undefined) return;
  await browser.close();
  await rm(directory, { recursive: true, force: true });
});

const statuses = ["failed", "skipped", "known-failure", "passed", undefined] as const;

/** Whatever a result can be is on the page, for every subject. */
function eachStatus(requirement: number, subject: number) {
  return statuses[(requirement + subject) % statuses.length];
}

/** The page of a report, opened from a file; errors of it, and requests beyond the file, fail the test. */
async function open(shown: Report = report, options: BrowserContextOptions = {}): Promise<Page> {
  const file = join(directory, "conformance.html");
  await writeFile(file, renderHtml(shown));
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const { href } = pathToFileURL(file);
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== href) faults.push(`asks for ${request.url()}`);
  });
  page.on("console", (message) => faults.push(`says ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`throws ${error.message}`));
  page.on("dialog", (dialog) => faults.push(`opens ${dialog.message()}`));
  onTestFinished(async () => {
    await context.close();
    expect(faults).toEqual([]);
  });
  await page.goto(href);
  return page;
}

/** The ids of the rows that are there to be seen. */
async function rowIds(page: Page): Promise<readonly string[]> {
  const ids = await page
    .locator("tbody tr[id]:visible")
    .evaluateAll((rows) => rows.map(({ id }) => id));
  return ids;
}

function matches(page: Page): Promise<string | null> {
  return page.locator("#matches").textContent();
}

/** The ids of those for whom something came out so, in the order of the report. */
function withStatus(status: string, subject?: string): readonly string[] {
  const judged = report.subjects.filter(({ name }) => subject === undefined || name === subject);
  return report.requirements
    .map(({ id }) => id)
    .filter((id) =>
      judged.some(({ requirements }) =>
        requirements.some((each) => each.id === id && each.status === status),
      ),
    );
}

function ofProfile(profile: string): readonly string[] {
  return report.requirements.filter((each) => each.profile === profile).map(({ id }) => id);
}

describe.skipIf(noBrowser !== undefined)(
  `in Chromium${noBrowser === undefined ? "" : `: ${noBrowser}`}`,
  () => {
    test("shows every requirement of the report under its profile, and each result", async () => {
      const page = await open();
      expect(await rowIds(page)).toEqual(report.requirements.map(({ id }) => id));
      expect(await matches(page)).toBe("150 requirements");
      const wanted = report.requirements.map(({ id }) =>
        report.subjects.map(
          ({ requirements }) =>
            requirements.find((each) => each.id === id)?.status ?? "not-applicable",
        ),
      );
      const shown = await page
        .locator("tbody tr[id]")
        .evaluateAll((rows) =>
          rows.map((row) =>
            [...row.querySelectorAll(":scope > td:nth-child(n + 3)")].map((cell) => cell.className),
          ),
        );
      expect(shown).toEqual(wanted);
    });

    test("search finds what is in ids, sentences and messages, and the count is announced", async () => {
      const page = await open();
      await page.getByRole("searchbox", { name: "Search" }).fill(linked.toLowerCase());
      expect(await rowIds(page)).toEqual([linked]);
      expect(await page.getByRole("status").textContent()).toBe("1 of 150 requirements");
      await page.getByRole("searchbox").fill("utf-16 mended");
      expect(await rowIds(page)).toEqual(withStatus("known-failure"));
      await page.getByRole("searchbox").fill("no such words");
      expect(await matches(page)).toBe("None of 150 requirements");
      await page.getByRole("button", { name: "Show all" }).click();
      expect(await matches(page)).toBe("150 requirements");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("search");
    });

    test("status, profile and subject narrow it together", async () => {
      const page = await open();
      await page.getByRole("combobox", { name: "Status" }).selectOption("failed");
      expect(await rowIds(page)).toEqual(withStatus("failed"));
      await page.getByRole("combobox", { name: "Subject" }).selectOption("raft");
      expect(await rowIds(page)).toEqual(withStatus("failed", "raft"));
      const heads = page.locator(".requirements thead th:visible");
      expect(await heads.allTextContents()).toEqual(["Id", "Requirement", "raft"]);
      await page.getByRole("combobox", { name: "Profile" }).selectOption("watch");
      const both = withStatus("failed", "raft").filter((id) => ofProfile("watch").includes(id));
      expect(both).not.toEqual([]);
      expect(await rowIds(page)).toEqual(both);
      expect(await page.locator("tr.group:visible").allTextContents()).toEqual(["watch"]);
    });

    test("a cell of the first table leads to what it is about", async () => {
      const page = await open();
      await page
        .getByRole("row", { name: /^nomad/ })
        .getByRole("link")
        .nth(2)
        .press("Enter");
      expect(await page.getByRole("combobox", { name: "Subject" }).inputValue()).toBe("4");
      expect(await page.getByRole("combobox", { name: "Profile" }).inputValue()).toBe("snapshot");
      expect(await rowIds(page)).toEqual(ofProfile("snapshot"));
    });

    test("by keyboard: a requirement opens with its messages and the command that repeats it", async () => {
      const page = await open();
      const [id = ""] = withStatus("failed", "raft");
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
        "Skip to the requirements",
      );
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("search");
      await page.keyboard.type(id);
      const row = page.locator(`[id="${id}"]`);
      for (let step = 0; step < 12; step++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => document.activeElement?.tagName === "SUMMARY")) break;
      }
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
      );
      expect(outline).toBe("solid");
      expect(await row.locator("dl").isVisible()).toBe(false);
      await page.keyboard.press("Enter");
      const failed = report.subjects.flatMap(({ name, module, requirements }) =>
        requirements.some((each) => each.id === id && each.status === "failed")
          ? [{ name, module }]
          : [],
      );
      await row.locator("dl").waitFor({ state: "visible" });
      const text = await row.locator("details").innerText();
      for (const { name } of failed) expect(text).toContain(name);
      expect(text).toContain("expected the list to be ordered by namespace");
      expect(text).toContain(
        `npx conformance ${failed.map(({ module }) => module).join(" ")} --filter ${id} --seed 7`,
      );
    });

    test("a link to a requirement shows it open, whatever is narrowed", async () => {
      const page = await open();
      await page.getByRole("searchbox").fill("no such words");
      await page.evaluate((id) => {
        location.hash = `#${id}`;
      }, linked);
      await page.locator(`[id="${linked}"] details[open]`).waitFor({ state: "visible" });
      expect(await matches(page)).toBe("150 requirements");
    });

    test("the theme follows the system until somebody turns it, and is kept", async () => {
      const ground = (page: Page) =>
        page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const page = await open(report, { colorScheme: "dark" });
      const dark = await ground(page);
      await page.getByRole("button", { name: "Light theme" }).click();
      const light = await ground(page);
      expect(light).not.toBe(dark);
      expect(await page.getByRole("button", { name: "Dark theme" }).isVisible()).toBe(true);
      await page.reload();
      expect(await ground(page)).toBe(light);
      expect(await ground(await open(report, { colorScheme: "light" }))).toBe(light);
    });

    test("without scripts everything is there but the controls", async () => {
      const page = await open(report, { javaScriptEnabled: false });
      expect(await page.locator("tbody tr[id]:visible").count()).toBe(150);
      expect(await page.getByRole("button").count()).toBe(0);
      expect(await page.getByRole("searchbox").count()).toBe(0);
      expect(await page.locator(`[id="${first}"] summary`).isVisible()).toBe(true);
    });

    test("on paper what has more to say is open, in light colours, and closed again afterwards", async () => {
      const page = await open(report, { colorScheme: "dark" });
      const closed = () => page.locator("details:not([open]):has(dl, table)").count();
      const before = await closed();
      expect(before).toBeGreaterThan(1);
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      expect(await closed()).toBe(0);
      expect(await page.locator("search").isVisible()).toBe(false);
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
        "rgb(255, 255, 255)",
      );
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      expect(await closed()).toBe(before);
    });

    // The whole of it once, with every detail open; axe's rules look at what can be seen.
    describe.each(["light", "dark"] as const)("in a %s theme", (colorScheme) => {
      test.each([1280, 360])("axe finds nothing at a width of %i", async (width) => {
        const page = await open(sampleReport(subjects, 10, eachStatus), {
          colorScheme,
          viewport: { width, height: 800 },
          bypassCSP: true,
        });
        await page.getByRole("button", { name: "Open details" }).click();
        await page.getByText("What the subjects claim").click();
        await page.evaluate(axe.source);
        const violations: unknown = await page.evaluate(
          "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))",
        );
        expect(violations).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        );
        expect(overflow).toBeLessThanOrEqual(0);
      });
    });

    test("whatever subjects are called and failures say is text", async () => {
      const told = (texts: readonly string[]): Report => ({
        ...sampleReport(texts, 10, () => "failed"),
        subjects: sampleReport(texts, 10, () => "failed").subjects.map((each, index) => ({
          ...each,
          requirements: each.requirements.map((requirement) => ({
            ...requirement,
            message: texts[index] ?? "",
          })),
          errors: [texts[index] ?? ""],
        })),
      });
      const elements = async (page: Page) => page.locator("*").count();
      const generated = fc.sample(hostileText, { numRuns: 30, seed: 4711 });
      const texts = [...new Set([...hostileTexts, ...generated])];
      const page = await open(told(texts));
      const seen = texts.map(visible);
      expect(await page.locator(".requirements thead bdi").allTextContents()).toEqual(seen);
      expect(await page.locator(".errors code").allTextContents()).toEqual(seen);
      expect(await page.locator("tr[id] >> nth=0").locator("dd code").allTextContents()).toEqual(
        seen,
      );
      const names = await page
        .locator("#subject option")
        .evaluateAll((options) => options.slice(1).map((each) => each.textContent));
      expect(names).toEqual(seen);
      const plain = await open(told(texts.map((_, index) => `subject ${index}`)));
      expect(await elements(page)).toBe(await elements(plain));
    });

    test("its policy lets nothing in and nothing out", async () => {
      const page = await open();
      const said: string[] = [];
      page.removeAllListeners("console");
      page.on("console", (message) => said.push(message.text()));
      const outcomes = await page.evaluate(async () => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'changed'";
        document.body.append(script);
        const image = document.createElement("img");
        const loaded = new Promise((resolve) => {
          image.addEventListener("load", () => resolve("loaded"));
          image.addEventListener("error", () => resolve("refused"));
        });
        image.src =
          "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
        const fetched = await fetch("data:,x").then(
          () => "loaded",
          () => "refused",
        );
        return [document.title.includes("changed"), await loaded, fetched];
      });
      expect(outcomes).toEqual([false, "refused", "refused"]);
      expect(said.length).toBeGreaterThanOrEqual(3);
      for (const line of said) expect(line).toContain("Content Security Policy");
    });
  },
);

test("six subjects and 150 requirements are less than 300 KB, even if every one fails for everybody", () => {
  const size = (shown: Report) => Buffer.byteLength(renderHtml(shown));
  expect(size(report)).toBeLessThan(200_000);
  expect(size(sampleReport(subjects, 150, () => "failed"))).toBeLessThan(300_000);
});
