/** The stub is loud: every verb says which verb of which backend is missing. */

import { BackendError, type StoreBackend } from "@engenho/sdk";
import { StubBackend } from "@engenho/sdk/stub";
import { expect, test } from "vitest";

test("every verb is unsupported, naming verb and backend, and closed after close", async () => {
  const stub: StoreBackend = new StubBackend("raft-coming-soon");
  const ref = { kind: "Pod", name: "nginx", namespace: "default" };
  const calls = {
    apply: () => stub.apply("native", new Uint8Array(0)),
    get: () => stub.get(ref, "yaml"),
    list: () => stub.list("Pod", undefined, "yaml"),
    delete: () => stub.delete(ref),
    watch: () => stub.watch("Pod", undefined, "yaml"),
    snapshot: () => stub.snapshot(),
    restore: () => stub.restore(new Uint8Array(0)),
  };
  for (const code of ["unsupported", "closed"]) {
    for (const [verb, call] of Object.entries(calls)) {
      const error: unknown = await call().catch((reason: unknown) => reason);
      if (!BackendError.is(error)) throw new Error(`${verb} did not reject with a BackendError`);
      expect(error).toMatchObject({ code, verb, backend: "raft-coming-soon" });
      expect(error.message).toContain(`raft-coming-soon: ${verb}`);
    }
    await stub.close();
  }
  expect(stub.diagnostics().state).toBe("closed");
  expect(stub.resourceCount() + stub.subscriberCount()).toBe(0);
});
