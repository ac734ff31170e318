/** Bugs with Nomad jobs in HCL, at least one for each requirement that is about them. */

import {
  BackendError,
  createInMemoryBackend,
  nomadHcl,
  type Resource,
  type ResourceRef,
  type StoreBackend,
  type WatchEvent,
} from "@engenho/sdk";
import type { Subject } from "../../src/harness/subject.ts";
import { type Bug, watchWith, withBug } from "./broken-backend.ts";

/** A bug, the requirement that is there for it, what its failure says, and a subject that has it. */
export const jobBugs: readonly (readonly [
  id: string,
  bug: string,
  message: RegExp,
  subject: Subject,
])[] = [
  [
    "CORE-038",
    "calls a job by its label, whatever its id",
    /apply of .*identified.*"identified", it is "display"/,
    reading((ref, text) => ({ ...ref, name: /^job "(.*?)"/m.exec(text)?.[1] ?? ref.name })),
  ],
  [
    "CORE-038",
    "takes the namespace of a nested block for the job's",
    /apply of .*nested/,
    reading((ref, text) => {
      const namespace = /^ *namespace = "(wrong)"/m.exec(text)?.[1];
      return namespace === undefined ? ref : { ...ref, namespace };
    }),
  ],
  [
    "CORE-039",
    "takes a namespace that it cannot evaluate for none",
    /apply of a job with namespace = var\.place: expected a rejection with "invalid_manifest"/,
    evaluating("namespace"),
  ],
  [
    "CORE-039",
    "takes an id that it cannot evaluate for none",
    /apply of a job with id = var\.place: expected a rejection with "invalid_manifest"/,
    evaluating("id"),
  ],
  [
    "CORE-063",
    "returns a job in HCL as if it were in whatever was asked for",
    /get as json of a job that was applied as hcl: expected a rejection/,
    broken((sound) => ({
      get: async (ref, format, options) => {
        try {
          return await sound.get(ref, format, options);
        } catch (error) {
          const job = await sound.get(ref, "hcl", options).catch(() => undefined);
          if (job === undefined || !BackendError.is(error, "unsupported_format")) throw error;
          return { ...job, format };
        }
      },
    })),
  ],
  [
    "CORE-074",
    "lists a job in HCL as native where it cannot be translated",
    /format of a job applied as hcl in a list as json/,
    broken((sound) => ({
      list: async (kind, namespace, format, options) => {
        const { items, cursor } = await sound.list(kind, namespace, format, options);
        return {
          items: await Promise.all(items.map((item) => inNative(sound, format, item))),
          cursor,
        };
      },
    })),
  ],
  [
    "WATCH-008",
    "watches a job in HCL as native where it cannot be translated",
    /format of a job applied as hcl in a watch in yaml/,
    broken((sound) => ({
      watch: async (kind, namespace, format, options) => {
        const watch = await sound.watch(kind, namespace, format, options);
        async function* events(): AsyncIterable<WatchEvent> {
          for await (const event of watch) {
            yield event.type === "added"
              ? { ...event, resource: await inNative(sound, format, event.resource) }
              : event;
          }
        }
        return watchWith(watch, events());
      },
    })),
  ],
  [
    "CORE-069",
    "ends every line of a job in its own way",
    /get of a job in HCL: the bytes differ/,
    broken((sound) => ({
      get: async (...args) => withLineFeeds(await sound.get(...args)),
      list: async (...args) => {
        const { items, cursor } = await sound.list(...args);
        return { items: items.map(withLineFeeds), cursor };
      },
    })),
  ],
];

/** A resource as its envelope if it is a job in HCL that was asked for in another format. */
async function inNative(sound: StoreBackend, asked: string, resource: Resource): Promise<Resource> {
  return resource.format === asked || resource.format !== "hcl"
    ? resource
    : sound.get(resource.ref, "native");
}

/** A backend that makes something else of the reference that a job declares. */
function reading(change: (ref: ResourceRef, text: string) => ResourceRef): Subject {
  const reference = (body: Uint8Array): ResourceRef =>
    change(nomadHcl.reference(body), new TextDecoder().decode(body));
  return withReference(reference);
}

/** A backend that leaves out this argument where it is no string. */
function evaluating(argument: string): Subject {
  const isExpression = new RegExp(`^ *${argument} = (?:[^"\\n].*|.*[$%]\\{.*|.* [?] .*)$`, "m");
  return withReference((body) => {
    const text = new TextDecoder().decode(body);
    const expression = isExpression.exec(text)?.[0];
    if (expression === undefined || !text.startsWith('job "evaluated"'))
      return nomadHcl.reference(body);
    return { kind: "Job", name: "evaluated" };
  });
}

function withReference(reference: (body: Uint8Array) => ResourceRef): Subject {
  const adapters = [{ ...nomadHcl, reference }];
  return { name: "broken", open: () => createInMemoryBackend({ adapters }) };
}

function broken(bug: Bug): Subject {
  return { name: "broken", open: async () => withBug(await createInMemoryBackend(), bug) };
}

function withLineFeeds(resource: Resource): Resource {
  if (resource.format !== "hcl") return resource;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(resource.body);
  return { ...resource, body: new TextEncoder().encode(text.replaceAll("\r\n", "\n")) };
}
