import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { samplesFrom } from "../src/harness/samples-from.ts";

test("a directory's manifests become samples, by name, with their formats", async () => {
  const directory = await mkdtemp(join(tmpdir(), "samples-test-"));
  const names = ["pod.yaml", "job.hcl", "api.json", "old.yml", "README.md", "yaml"];
  for (const name of names) await writeFile(join(directory, name), `content of ${name}`);
  const samples = samplesFrom(directory);
  const fromUrl = samplesFrom(pathToFileURL(directory));
  await rm(directory, { recursive: true });

  expect(samples.map(({ name, format }) => [name, format])).toEqual([
    ["api.json", "json"],
    ["job.hcl", "hcl"],
    ["old.yml", "yaml"],
    ["pod.yaml", "yaml"],
  ]);
  expect(samples[0]?.body).toEqual(new TextEncoder().encode("content of api.json"));
  expect(fromUrl).toEqual(samples);
});
