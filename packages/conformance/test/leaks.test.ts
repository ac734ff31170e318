import { once } from "node:events";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { unwatchFile, watch, watchFile } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { StoreContext } from "../src/harness/subject.ts";
import { fakeBackend, fakeSubject, judge, judgeOne, requirement } from "./support/fake-backend.ts";

/** Makes something in a store's directory and resolves to what closes it. */
type Maker = (directory: string) => Promise<() => unknown>;

const makers: Readonly<Record<string, { readonly what: string; readonly make: Maker }>> = {
  timeout: {
    what: "a timer",
    make: async () => {
      const timer = setTimeout(() => {}, 60_000);
      return () => clearTimeout(timer);
    },
  },
  "unref'd interval": {
    what: "a timer",
    make: async () => {
      const timer = setInterval(() => {}, 60_000).unref();
      return () => clearInterval(timer);
    },
  },
  server: {
    what: "a TCP server",
    make: async () => {
      const server = createServer().listen(0);
      await once(server, "listening");
      return async () => {
        server.close();
        await once(server, "close");
      };
    },
  },
  socket: {
    what: "a TCP socket",
    make: async () => {
      const server = createServer().listen(0);
      await once(server, "listening");
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      const [[peer]] = await Promise.all([once(server, "connection"), once(socket, "connect")]);
      return async () => {
        socket.destroy();
        peer.destroy();
        server.close();
        await once(server, "close");
      };
    },
  },
  "UDP socket": {
    what: "a UDP socket",
    make: async () => {
      const socket = createSocket("udp4");
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      return () => socket.close();
    },
  },
  "child process": {
    what: "a child process",
    make: async () => {
      const child = spawn("sleep", ["60"]);
      await once(child, "spawn");
      return async () => {
        child.kill("SIGKILL");
        await once(child, "close");
      };
    },
  },
  worker: {
    what: "a worker thread",
    make: async () => {
      const worker = new Worker("setInterval(() => {}, 60_000)", { eval: true });
      await once(worker, "online");
      return () => worker.terminate();
    },
  },
  "file watcher": {
    what: "a file watcher",
    make: async (directory) => {
      const watcher = watch(directory);
      return () => watcher.close();
    },
  },
  "polling file watcher": {
    what: "a file watcher",
    make: async (directory) => {
      watchFile(directory, () => {});
      return () => unwatchFile(directory);
    },
  },
  "open file": {
    what: "the open file journal",
    make: async (directory) => {
      const file = await open(join(directory, "journal"), "w");
      return () => file.close();
    },
  },
};

/** Closes what a leaking subject left, so that the next test starts clean. */
const leftovers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of leftovers.splice(0)) await close();
});

function subjectOver(make: Maker, closes: boolean) {
  return fakeSubject({
    open: async ({ directory }: StoreContext) => {
      const release = await make(directory);
      return fakeBackend({
        close: async () => void (closes ? await release() : leftovers.push(release)),
      });
    },
  });
}

describe.each(Object.entries(makers))("%s", (_, { what, make }) => {
  // A descriptor says which file it is, not who opened it.
  const place = what.startsWith("the open file") ? undefined : /leaks\.test\.ts:\d+:\d+/;

  test("closed with the backend is no leak", async () => {
    const report = await judgeOne(() => {}, subjectOver(make, true));
    expect(report).toMatchObject({ status: "passed" });
  });

  test("left behind is a leak, and the message says where it was made", async () => {
    const report = await judgeOne(() => {}, subjectOver(make, false));
    expect(report.status).toBe("failed");
    expect(report.message).toContain(`leaked ${what}${place === undefined ? ":" : " made at "}`);
    expect(report.message).toMatch(place ?? "");
  });
});

describe("attribution", () => {
  test("a leak is the failure of the requirement that made it, and of no other", async () => {
    const bystander = (id: string) =>
      requirement(id, async () => {
        clearTimeout(setTimeout(() => {}, 60_000));
      });
    const leaking = requirement("T-2", () => {
      const timer = setTimeout(() => {}, 60_000);
      leftovers.push(() => clearTimeout(timer));
    });
    const judged = await judge([bystander("T-1"), leaking, bystander("T-3")]);
    expect(judged.requirements.map(({ status }) => status)).toEqual(["passed", "failed", "passed"]);
  });
});

describe("no false alarms", () => {
  test("Node's own timers are nobody's leak", async () => {
    const report = await judgeOne(async () => {
      // Neither can be cleared: the first is no handle of the author's, the second is Node's cached date.
      AbortSignal.timeout(60_000);
      const server = createHttpServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
      await once(server, "listening");
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await response.text();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    });
    expect(report).toMatchObject({ status: "passed" });
  });

  test("fast-check's time limits are nobody's leak", async () => {
    const report = await judgeOne(async () => {
      const property = fc.asyncProperty(fc.nat(), async () => {
        await new Promise((resolve) => setImmediate(resolve));
      });
      await fc.assert(property, { numRuns: 20, timeout: 60_000, interruptAfterTimeLimit: 60_000 });
    });
    expect(report).toMatchObject({ status: "passed" });
  });

  test("files that were closed, renamed and removed are no leak", async () => {
    const report = await judgeOne(
      () => {},
      fakeSubject({
        open: async ({ directory }) => {
          await Promise.all(
            Array.from({ length: 20 }, (_, n) => writeFile(join(directory, `${n}`), "x")),
          );
          return fakeBackend();
        },
      }),
    );
    expect(report).toMatchObject({ status: "passed" });
  });
});
