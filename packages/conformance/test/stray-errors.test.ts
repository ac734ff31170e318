import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeBackend, fakeSubject, judge, requirement } from "./support/fake-backend.ts";

/** Ways for an error to be caught by nobody. */
const ways: Readonly<Record<string, (error: Error) => void>> = {
  "a rejected promise": (dropped) => void Promise.reject(dropped),
  "an async function": (error) =>
    void (async () => {
      await turns(1);
      throw error;
    })(),
  "a timer's callback": (error) =>
    void setTimeout(() => {
      throw error;
    }, 1),
  "a rejection in a timer": (error) =>
    void new Promise((_resolve, reject) => {
      setTimeout(reject, 1, error);
    }),
  "an immediate's callback": (error) =>
    void setImmediate(() => {
      throw error;
    }),
};

const turns = (count: number) =>
  new Promise<void>((resolve) => {
    const step = (left: number): unknown => (left === 0 ? resolve() : setImmediate(step, left - 1));
    step(count);
  });

describe.each(Object.entries(ways))("%s", (_, drop) => {
  test("fails the requirement that dropped it, and no other beside it", async () => {
    const both = Promise.withResolvers<void>();
    const bystander = (id: string) => requirement(id, () => both.promise);
    const dropping = requirement("T-2", async () => {
      drop(new Error("dropped by T-2"));
      await new Promise((resolve) => setTimeout(resolve, 10));
      both.resolve();
    });
    const judged = await judge([bystander("T-1"), dropping, bystander("T-3")]);
    expect(judged.requirements.map(({ status }) => status)).toEqual(["passed", "failed", "passed"]);
    expect(judged.requirements[1]?.message).toBe("nobody caught: dropped by T-2");
    expect(judged.errors).toEqual([]);
  });
});

describe("what no requirement can be blamed for", () => {
  test("is an error of the subject: dropped after the requirement had ended", async () => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const first = requirement("T-1", () => {
      void late.then(() => {});
    });
    const second = requirement("T-2", async () => {
      reject(new Error("too late"));
      await turns(3);
    });
    const judged = await judge([first, second], fakeSubject(), { concurrency: 1 });
    expect(judged.requirements.map(({ status }) => status)).toContain("passed");
    const said = [...judged.errors, ...judged.requirements.map(({ message }) => message ?? "")];
    expect(said.filter((line) => line.includes("too late"))).toHaveLength(1);
    expect(judged.profiles.core?.result).toBe("not-conformant");
  });

  test("is an error of the subject: dropped while it was first opened", async () => {
    let opened = 0;
    const subject = fakeSubject({
      open: async () => {
        if (opened++ === 0) {
          void Promise.reject(new Error("dropped by open"));
          await turns(3);
        }
        return fakeBackend();
      },
    });
    const judged = await judge([requirement("T-1", () => {})], subject);
    expect(judged.errors).toEqual(["nobody caught, outside any requirement: dropped by open"]);
    expect(judged.profiles.core?.result).toBe("not-conformant");
  });
});

describe("the process's own listeners", () => {
  const heard: unknown[] = [];
  const listen = (error: unknown) => void heard.push(error);
  beforeEach(() => void process.on("unhandledRejection", listen));
  afterEach(() => {
    process.off("unhandledRejection", listen);
    heard.length = 0;
  });

  test("hear nothing of what is reported, and are back when the run is over", async () => {
    const before = process.listeners("unhandledRejection");
    await judge([requirement("T-1", () => void Promise.reject(new Error("dropped")))]);
    expect(heard).toEqual([]);
    expect(process.listeners("unhandledRejection")).toEqual(before);
  });
});
