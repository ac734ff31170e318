import { createInMemoryBackend } from "@engenho/sdk";
import { test } from "vitest";
import { requirements } from "../src/requirements/index.ts";
import { expectFailure } from "./support/expect-failure.ts";
import { narrowBugs } from "./support/narrow-bugs.ts";

test.each(narrowBugs)("%s finds a backend that %s", async (id, _, message, wrap) => {
  await expectFailure(requirements, id, message, {
    name: "broken",
    open: async () => wrap(await createInMemoryBackend()),
  });
});
