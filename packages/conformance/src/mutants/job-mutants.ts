/** Mutants with bugs in how they take and give Nomad jobs in HCL. */

import {
  BackendError,
  nomadHcl,
  type Resource,
  type ResourceRef,
  type StoreBackend,
} from "@engenho/sdk";
import { inMemory } from "./bug.ts";
import type { Mutant, Reached } from "./mutant.ts";
import { distorting } from "./watch-bug.ts";

type Make = Mutant["make"];

export const jobMutants: readonly Mutant[] = [
  {
    id: "job-named-by-label",
    title: "calls a job by its label, whatever its id",
    breaks: ["CORE-038"],
    says: /apply of .*identified.*"identified", it is "display"/,
    make: reading((ref, text) => ({ ...ref, name: /^job "(.*?)"/m.exec(text)?.[1] ?? ref.name })),
  },
  {
    id: "job-nested-namespace",
    title: "takes the namespace of a nested block for the job's",
    breaks: ["CORE-038"],
    says: /apply of .*nested/,
    make: reading((ref, text) => {
      const namespace = /^ *namespace = "(wrong)"/m.exec(text)?.[1];
      return namespace === undefined ? ref : { ...ref, namespace };
    }),
  },
  {
    id: "job-namespace-not-evaluated",
    title: "takes a job's namespace that it cannot evaluate for none",
    breaks: ["CORE-039"],
    says: /apply of a job with namespace = var\.place: expected a rejection with "invalid_manifest"/,
    make: evaluating("namespace"),
  },
  {
    id: "job-id-not-evaluated",
    title: "takes a job's id that it cannot evaluate for none",
    breaks: ["CORE-039"],
    says: /apply of a job with id = var\.place: expected a rejection with "invalid_manifest"/,
    make: evaluating("id"),
  },
  {
    id: "job-relabelled",
    title: "returns a job in HCL as if it were in whatever was asked for",
    breaks: ["CORE-063"],
    says: /get as json of a job that was applied as hcl: expected a rejection/,
    make: inMemory((sound, reached) => ({
      get: async (ref, format, options) => {
        try {
          return await sound.get(ref, format, options);
        } catch (error) {
          const job = await sound.get(ref, "hcl", options).catch(() => undefined);
          if (job === undefined || !BackendError.is(error, "unsupported_format")) throw error;
          reached();
          return { ...job, format };
        }
      },
    })),
  },
  {
    id: "job-listed-as-native",
    title: "lists a job in HCL as native where it cannot be translated",
    breaks: ["CORE-074"],
    says: /format of a job applied as hcl in a list as json/,
    make: inMemory((sound, reached) => ({
      list: async (kind, namespace, format, options) => {
        const { items, cursor } = await sound.list(kind, namespace, format, options);
        const all = items.map((item) => inNative(sound, format, item, reached));
        return { items: await Promise.all(all), cursor };
      },
    })),
  },
  {
    id: "job-watched-as-native",
    title: "watches a job in HCL as native where it cannot be translated",
    breaks: ["WATCH-008"],
    says: /format of a job applied as hcl in a watch in yaml/,
    make: inMemory((sound, reached) => ({
      watch: async (kind, namespace, format, options) => {
        const distorted = distorting(async function* (events) {
          for await (const event of events) {
            if (event.type !== "added") yield event;
            else
              yield { ...event, resource: await inNative(sound, format, event.resource, reached) };
          }
        });
        const watch = distorted(sound, reached).watch ?? sound.watch;
        return watch(kind, namespace, format, options);
      },
    })),
  },
  {
    id: "job-line-ends",
    title: "ends every line of a job in its own way",
    breaks: ["CORE-069"],
    says: /get of a job in HCL: the bytes differ/,
    make: inMemory((sound, reached) => ({
      get: async (...args) => withLineFeeds(await sound.get(...args), reached),
      list: async (...args) => {
        const { items, cursor } = await sound.list(...args);
        return { items: items.map((item) => withLineFeeds(item, reached)), cursor };
      },
    })),
  },
];

/** A resource as its envelope if it is a job in HCL that was asked for in another format. */
async function inNative(
  sound: StoreBackend,
  asked: string,
  resource: Resource,
  reached: Reached,
): Promise<Resource> {
  if (resource.format === asked || resource.format !== "hcl") return resource;
  reached();
  return sound.get(resource.ref, "native");
}

/** A backend that makes something else of the reference that a job declares. */
function reading(change: (ref: ResourceRef, text: string) => ResourceRef): Make {
  return withReference((body, reached) => {
    const ref = nomadHcl.reference(body);
    const changed = change(ref, new TextDecoder().decode(body));
    if (changed.name !== ref.name || changed.namespace !== ref.namespace) reached();
    return changed;
  });
}

/** A backend that leaves out this argument where it is no string. */
function evaluating(argument: string): Make {
  const isExpression = new RegExp(`^ *${argument} = (?:[^"\\n].*|.*[$%]\\{.*|.* [?] .*)$`, "m");
  return withReference((body, reached) => {
    const text = new TextDecoder().decode(body);
    const expression = isExpression.exec(text)?.[0];
    if (expression === undefined || !text.startsWith('job "evaluated"'))
      return nomadHcl.reference(body);
    reached();
    return { kind: "Job", name: "evaluated" };
  });
}

function withReference(reference: (body: Uint8Array, reached: Reached) => ResourceRef): Make {
  return (reached) => {
    const adapter = { ...nomadHcl, reference: (body: Uint8Array) => reference(body, reached) };
    return inMemory(() => ({}), { adapters: [adapter] })(reached);
  };
}

function withLineFeeds(resource: Resource, reached: Reached): Resource {
  if (resource.format !== "hcl") return resource;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(resource.body);
  if (text.includes("\r\n")) reached();
  return { ...resource, body: new TextEncoder().encode(text.replaceAll("\r\n", "\n")) };
}
