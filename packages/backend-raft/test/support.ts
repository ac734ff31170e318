/** What the tests here share. */

import { BackendError, type StoreBackend, type Watch } from "@engenho/sdk";
import type { EtcdCluster } from "@engenho/testbed";
import { onTestFinished } from "vitest";
import { createRaftBackend, type RaftBackendOptions } from "../src/index.ts";

/** A store on the cluster, closed when the test ends. */
export async function open(
  cluster: EtcdCluster,
  options: Partial<RaftBackendOptions> = {},
): Promise<StoreBackend> {
  const backend = await createRaftBackend({
    endpoints: cluster.endpoints,
    prefix: "test",
    ...options,
  });
  onTestFinished(() => backend.close());
  return backend;
}

/** A manifest with this value in it. */
export function configMap(name: string, value = ""): Uint8Array {
  const data = { value };
  return new TextEncoder().encode(
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data }),
  );
}

/** The value that the store has under a name. */
export async function valueOf(backend: StoreBackend, name: string): Promise<string> {
  const { body } = await backend.get({ kind: "ConfigMap", name }, "json");
  return JSON.parse(new TextDecoder().decode(body)).data.value;
}

/** The names and values that the store lists. */
export async function contentOf(backend: StoreBackend): Promise<Readonly<Record<string, string>>> {
  const { items } = await backend.list("ConfigMap", undefined, "json");
  const values = items.map(({ ref, body }) => [
    ref.name,
    JSON.parse(new TextDecoder().decode(body)).data.value,
  ]);
  return Object.fromEntries(values);
}

/** The error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<BackendError> {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (BackendError.is(error)) return error;
  throw error;
}

/** What a watch has told so far, as a faithful reader remembers it. */
export interface WatchState {
  /** Names and values, as they follow from the events. */
  readonly content: Map<string, string>;
  /** Every change of one name, in order, since the last reset. */
  readonly values: string[];
  resets: number;
}

/** Follows a watch until it ends; an event that cannot follow the one before is an error of the result. */
export function follow(watch: Watch): { readonly state: WatchState; readonly end: Promise<void> } {
  const state: WatchState = { content: new Map(), values: [], resets: 0 };
  const read = async (): Promise<void> => {
    for await (const event of watch) {
      if (event.type === "bookmark") continue;
      if (event.type === "reset") {
        state.resets++;
        state.content.clear();
        state.values.length = 0;
        continue;
      }
      const { ref, body } = event.resource;
      const isKnown = state.content.has(ref.name);
      if (isKnown !== (event.type !== "added"))
        throw new Error(`${event.type} of ${ref.name}, which is ${isKnown ? "" : "not "}there`);
      if (event.type === "deleted") state.content.delete(ref.name);
      else {
        const { value } = JSON.parse(new TextDecoder().decode(body)).data;
        state.content.set(ref.name, value);
        state.values.push(value);
      }
    }
  };
  return { state, end: read() };
}

/** One call to etcd's JSON gateway, with what only tests need. */
export async function gateway(endpoint: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${endpoint}/v3/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response.json();
}
