/** Revisions that are plain numbers, counted anew by every backend that is opened. */

import type { Revision, WriteOptions } from "@engenho/sdk";
import type { Bug } from "./bug.ts";
import { distorting } from "./watch-bug.ts";

/** Shows the numbers from `base` on in place of the sound revisions; `onCount` is told of each. */
export function countsFrom(base: number, onCount: (number: number) => void = () => {}): Bug {
  return (sound, reached) => {
    const real = new Map<string, Revision>();
    const shown = (revision: Revision): Revision => {
      const count = base + Number(revision.replace(/^.*-/s, ""));
      onCount(count);
      const number = String(count) as Revision;
      if (real.has(number) && real.get(number) !== revision) reached();
      real.set(number, revision);
      return number;
    };
    const given = (options: WriteOptions | undefined): WriteOptions | undefined => {
      const { ifRevision } = options ?? {};
      if (typeof ifRevision !== "string" || ifRevision === "absent") return options;
      const known = real.get(ifRevision);
      return known === undefined ? options : { ...options, ifRevision: known };
    };
    return {
      apply: async (format, body, options) => {
        const kept = body instanceof Uint8Array ? new Uint8Array(body) : body;
        const result = await sound.apply(format, kept, given(options));
        reached();
        return { ...result, revision: shown(result.revision) };
      },
      delete: (ref, options) => sound.delete(ref, given(options)),
      get: async (...args) => {
        const read = await sound.get(...args);
        return { ...read, revision: shown(read.revision) };
      },
      list: async (...args) => {
        const { items, cursor } = await sound.list(...args);
        return {
          items: items.map((item) => ({ ...item, revision: shown(item.revision) })),
          cursor,
        };
      },
      watch: (...args) => {
        const numbering = distorting(async function* (events) {
          for await (const event of events) {
            if (!("resource" in event)) yield event;
            else {
              const { resource } = event;
              yield { ...event, resource: { ...resource, revision: shown(resource.revision) } };
            }
          }
        });
        return (numbering(sound, reached).watch ?? sound.watch)(...args);
      },
    };
  };
}
