/** The stubs are loud: every verb says which verb of which backend is missing. */

import { BackendError, createInMemoryBackend, type StoreBackend, type Verb } from "@engenho/sdk";
import {
  kubeApiserverStub,
  nomadHttpStub,
  raftStub,
  StubBackend,
  supervisedSystemdStub,
  systemdDbusStub,
} from "@engenho/sdk/stub";
import { describe, expect, test } from "vitest";

const stubs: readonly (readonly [name: string, make: () => StoreBackend])[] = [
  ["raft-coming-soon", () => new StubBackend("raft-coming-soon")],
  ["etcd-raft", raftStub],
  ["kube-apiserver", kubeApiserverStub],
  ["nomad-http", nomadHttpStub],
  ["systemd-dbus", systemdDbusStub],
  ["supervised-systemd", supervisedSystemdStub],
];

const ref = { kind: "Pod", name: "nginx", namespace: "default" };
const calls: Readonly<Record<Verb, (stub: StoreBackend) => Promise<unknown>>> = {
  apply: (stub) => stub.apply("native", new Uint8Array(0)),
  get: (stub) => stub.get(ref, "yaml"),
  list: (stub) => stub.list("Job", undefined, "hcl"),
  delete: (stub) => stub.delete(ref),
  watch: (stub) => stub.watch("Pod", undefined, "yaml"),
  snapshot: (stub) => stub.snapshot(),
  restore: (stub) => stub.restore(new Uint8Array(0)),
};
const verbs = Object.keys(calls) as readonly Verb[];

describe.each(stubs)("%s", (name, make) => {
  test.each(verbs)(
    "%s is unsupported, naming verb and backend, and closed after close",
    async (verb) => {
      const stub = make();
      for (const code of ["unsupported", "closed"]) {
        const error: unknown = await calls[verb](stub).catch((reason: unknown) => reason);
        if (!BackendError.is(error)) throw new Error(`${verb} did not reject with a BackendError`);
        expect(error).toMatchObject({
          code,
          verb,
          backend: name,
          outcome: "none",
          retryable: false,
        });
        expect(error.message).toContain(`[${code}] ${name}: ${verb}: `);
        expect(stub.diagnostics().lastError).toBe(error.message);
        await stub.close();
      }
    },
  );

  test("has the name, claims nothing and holds nothing", async () => {
    const stub = make();
    expect(stub.name).toBe(name);
    expect(stub.capabilities).toMatchObject({ verbs: [], snapshot: "none", restore: "none" });
    expect(stub.resourceCount() + stub.subscriberCount()).toBe(0);
    expect(stub.diagnostics()).toMatchObject({
      backend: name,
      state: "open",
      lastError: null,
    });
    await stub.close();
    expect(stub.diagnostics().state).toBe("closed");
  });
});

test("each call makes a stub of its own", async () => {
  const [first, second] = [raftStub(), raftStub()];
  await first.close();
  expect(second.diagnostics().state).toBe("open");
});

test("stubs and a backend that is there stand in one list", async () => {
  await using memory = await createInMemoryBackend();
  const backends: readonly StoreBackend[] = [memory, ...stubs.map(([, make]) => make())];
  expect(backends.map(({ name }) => name)).toEqual(["in-memory", ...stubs.map(([name]) => name)]);
});
