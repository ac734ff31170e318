import { setTimeout as pause } from "node:timers/promises";
import { BackendError, createInMemoryBackend } from "@engenho/sdk";
import { expect, test } from "vitest";
import { requirements } from "../src/index.ts";
import { delegate } from "./support/delegate.ts";
import { fakeSubject, judge } from "./support/fake-backend.ts";

test.each(["CONC-006", "CONC-008"])(
  "the readers of %s end with writers that fail, also where nothing else ends them",
  async (id) => {
    let reads = 0;
    const open = async () => {
      const sound = await createInMemoryBackend();
      return delegate(sound, {
        apply: () => Promise.reject(new BackendError("no_space", "full", { outcome: "none" })),
        list: (...args) => (reads++, sound.list(...args)),
        snapshot: (...args) => (reads++, sound.snapshot(...args)),
        close: () => Promise.resolve(), // and goes on reading
      });
    };
    const { requirements: judged } = await judge(
      requirements.filter((each) => each.id === id),
      fakeSubject({ open }),
    );
    expect(judged).toMatchObject([{ id, status: "failed" }]);
    const before = reads;
    for (let turns = 0; turns < 20; turns++) await pause(1);
    expect(reads).toBe(before);
  },
);
