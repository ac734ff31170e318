/** Watches that say a little less, or a little else. */

import type { Revision } from "@engenho/sdk";
import { inMemory } from "../bug.ts";
import type { Mutant } from "../mutant.ts";
import { changing, distorting, watchWith } from "../watch-bug.ts";

export const outsideWatchMutants: readonly Mutant[] = [
  {
    id: "outside-tombstone-revision",
    title: "gives deleted events a revision of their own",
    breaks: [
      "WATCH-004",
      "WATCH-011",
      "WATCH-012",
      "WATCH-014",
      "WATCH-015",
      "WATCH-032",
      "WATCH-033",
      "CONC-009",
    ],
    make: inMemory(
      changing((event) => {
        if (event.type !== "deleted") return event;
        const { resource } = event;
        return {
          ...event,
          resource: { ...resource, revision: `${resource.revision}.1` as Revision },
        };
      }),
    ),
  },
  {
    id: "outside-quiet-resume",
    title: "sends no bookmark to a resumed watch that has missed nothing",
    breaks: ["WATCH-015", "WATCH-016"],
    hangs: true,
    make: inMemory(
      distorting(async function* (events, reached, { isResumed }) {
        let isQuiet = isResumed;
        for await (const event of events) {
          if (isQuiet && event.type === "bookmark") reached();
          else yield event;
          isQuiet = false;
        }
      }),
    ),
  },
  {
    id: "outside-replay-counts-as-buffered",
    title: "counts the replay towards bufferLimit, and begins with a reset",
    breaks: ["WATCH-021", "WATCH-001"],
    make: inMemory((sound, reached) => ({
      watch: async (kind, namespace, format, options) => {
        const watch = await sound.watch(kind, namespace, format, options);
        const { since, bufferLimit = 1_024 } = options ?? {};
        if (since !== undefined) return watch;
        const queued = await sound.list(kind, namespace, "native").catch(() => undefined);
        if ((queued?.items.length ?? 0) <= bufferLimit) return watch;
        reached();
        const reset = { type: "reset", reason: "too many events are waiting" } as const;
        return watchWith(
          watch,
          (async function* () {
            yield reset;
            yield* watch;
          })(),
        );
      },
    })),
  },
  {
    id: "outside-abort-keeps-subscriber",
    title: "still counts a watch that ended by its signal",
    breaks: ["WATCH-026"],
    make: inMemory((sound, reached) => {
      let aborted = 0;
      const subscriberCount = (): number => sound.subscriberCount() + aborted;
      return {
        subscriberCount,
        diagnostics: () => {
          const { counts, ...others } = sound.diagnostics();
          return { ...others, counts: { ...counts, subscribers: subscriberCount() } };
        },
        watch: async (...args) => {
          const watch = await sound.watch(...args);
          args[3]?.signal?.addEventListener("abort", () => {
            reached();
            aborted++;
          });
          return watch;
        },
        close: async () => {
          await sound.close();
          aborted = 0;
        },
      };
    }),
  },
];
