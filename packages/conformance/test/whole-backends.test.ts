/** Backends that do not come from createBackend: free where SPEC.md leaves them free, and judged where it does not. */

import {
  BackendError,
  createInMemoryBackend,
  decodeEnvelope,
  encodeEnvelope,
  type StoreBackend,
} from "@engenho/sdk";
import { expect, test } from "vitest";
import { Fixtures } from "../src/harness/fixtures.ts";
import { type Bug, withBug } from "../src/mutants/bug.ts";
import { requirements } from "../src/index.ts";
import { malformedManifests } from "../src/requirements/core/malformed-manifests.ts";
import type { Subject } from "../src/harness/subject.ts";
import { expectFailure } from "./support/expect-failure.ts";
import { judge } from "./support/fake-backend.ts";

const formatPairs = [["json", "native"] as const, ["yaml", "native"] as const];

function subject(formats: readonly string[] | undefined, bug: Bug = () => ({})): Subject {
  const capabilities = formats === undefined ? {} : { formats };
  return {
    name: "whole",
    open: async () => withBug(await createInMemoryBackend({ capabilities }), bug, () => {}),
  };
}

async function statusOf(id: string, whole: Subject): Promise<string | undefined> {
  const chosen = requirements.filter((each) => each.id === id);
  return (await judge(chosen, whole)).requirements[0]?.status;
}

test("CORE-090 leaves open which of two faults is found first", async () => {
  const bodiesFirst: Bug = (sound) => ({
    apply: async (format, body, options) => {
      if (body instanceof Uint8Array && typeof format === "string") {
        await using another = await createInMemoryBackend();
        await another.apply(format, body);
      }
      return sound.apply(format, body, options);
    },
    delete: async (ref, options) => {
      await sound.get(ref, "native");
      return sound.delete(ref, options);
    },
  });
  expect(await statusOf("CORE-090", subject(undefined, bodiesFirst))).toBe("passed");
});

test.each(formatPairs)(
  "CORE-066 finds a backend of %s and %s that recognises nothing",
  async (...formats) => {
    const blind: Bug = (sound) => ({
      get: async (ref, format, options) => {
        const envelope = decodeEnvelope((await sound.get(ref, "native", options)).body);
        if (format === "native" || envelope.format !== undefined)
          return sound.get(ref, format, options);
        throw new BackendError("unsupported_format", "it is opaque", {
          verb: "get",
          backend: sound.name,
        });
      },
    });
    expect(await statusOf("CORE-066", subject(formats))).toBe("passed");
    await expectFailure(requirements, "CORE-066", /it is opaque/, subject(formats, blind));
  },
);

test.each(formatPairs)(
  "CORE-067 finds a backend of %s and %s that takes any payload for a manifest",
  async (...formats) => {
    expect(await statusOf("CORE-067", subject(formats))).toBe("passed");
    await expectFailure(
      requirements,
      "CORE-067",
      /expected a rejection/,
      subject(formats, labelling(formats[0])),
    );
  },
);

test.each(formatPairs)(
  "CORE-074 finds a list of %s and %s that labels what it cannot read",
  async (...formats) => {
    expect(await statusOf("CORE-074", subject(formats))).toBe("passed");
    await expectFailure(
      requirements,
      "CORE-074",
      /formats of a list/,
      subject(formats, labelling(formats[0])),
    );
  },
);

/** Takes every payload without a label for one in this format. */
function labelling(format: string): Bug {
  return (sound: StoreBackend) => ({
    apply: (asked, body, options) => {
      if (asked !== "native") return sound.apply(asked, body, options);
      const { ref, format: own = format, payload } = decodeEnvelope(body);
      return sound.apply("native", encodeEnvelope({ ref, format: own, payload }), options);
    },
  });
}

test.each([
  "no apiVersion",
  "a duplicate key deep inside",
  "200 nested arrays",
  "a List",
  "another group in its kind",
  "an apiVersion of three parts",
])("CORE-049 finds a backend that takes JSON with %s", async (what) => {
  const malformed = malformedManifests.find((each) => each.format === "json" && each.what === what);
  const taking: Bug = (sound) => ({
    apply: (format, body, options) => {
      const isTaken = malformed !== undefined && Buffer.compare(body, malformed.body) === 0;
      if (format !== "json" || !isTaken) return sound.apply(format, body, options);
      const { ref } = new Fixtures(sound.capabilities).manifest({ name: "taken" });
      return sound.apply("native", encodeEnvelope({ ref, format, payload: body }), options);
    },
  });
  const message = new RegExp(`${what} as json: .* resolved`);
  await expectFailure(requirements, "CORE-049", message, subject(undefined, taking));
});
