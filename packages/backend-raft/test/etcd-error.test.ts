/** Errors of etcd's that no test can have it say when it wants: what they say of the outcome. */

import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { etcdError } from "../src/etcd/etcd-error.ts";

function serviceError(code: status, details: string): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}

test("of a watch that we have given up, nobody blames a leader", () => {
  const failure = etcdError(serviceError(status.CANCELLED, "Cancelled on client"));
  expect(failure).toMatchObject({ code: "unavailable", outcome: "unknown", retryable: true });
  expect(String(failure)).not.toContain("leader");
});

test.each([
  [status.UNKNOWN, "raft proposal dropped", "unavailable", "none", true],
  [
    status.DEADLINE_EXCEEDED,
    "Deadline exceeded after 1s,Waiting for LB pick",
    "unavailable",
    "none",
    true,
  ],
  [
    status.UNAVAILABLE,
    "Name resolution failed for target dns:member.example:2379",
    "unavailable",
    "none",
    true,
  ],
  [
    status.DEADLINE_EXCEEDED,
    "Deadline exceeded after 1s,remote_addr=127.0.0.1:1",
    "timeout",
    "unknown",
    true,
  ],
  [
    status.DEADLINE_EXCEEDED,
    "Deadline exceeded after 1s,previous attempts: 1,Waiting for LB pick",
    "timeout",
    "unknown",
    true,
  ],
  [status.INTERNAL, "Write error: write after end", "unavailable", "unknown", true],
  [
    status.RESOURCE_EXHAUSTED,
    "Bandwidth exhausted or memory limit exceeded",
    "unavailable",
    "unknown",
    true,
  ],
  [
    status.FAILED_PRECONDITION,
    "etcdserver: rpc not supported for learner",
    "unavailable",
    "none",
    true,
  ],
  [
    status.RESOURCE_EXHAUSTED,
    "etcdserver: mvcc: database space exceeded",
    "no_space",
    "unknown",
    false,
  ],
] as const)("%i %s is %s, outcome %s", (code, details, expected, outcome, retryable) => {
  expect(etcdError(serviceError(code, details))).toMatchObject({
    code: expected,
    outcome,
    retryable,
  });
});
