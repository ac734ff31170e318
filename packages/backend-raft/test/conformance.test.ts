/** The suite, over a real cluster of three. */

import { conformance } from "@engenho/conformance/vitest";
import { etcd, serverForTests } from "@engenho/testbed";
import { expect, test } from "vitest";

const server = await serverForTests(etcd);

test("there is an etcd to judge it on", ({ skip }) => {
  skip(server === undefined, "there is no etcd");
  expect(server?.name).toBe("etcd");
});

if (server !== undefined) conformance((await import("../conformance.ts")).default);
