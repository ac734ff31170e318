/** How the suite opens my-backend: `npm run conformance`. */

import { defineSubject, type Subject } from "@engenho/conformance";
import { openMyBackend } from "./src/index.ts";

const subject: Subject = defineSubject({
  name: "my-backend",

  // Gets { directory }, an empty one for each store: no two stores may share anything.
  open: () => openMyBackend(),

  // Opens the same store once more. Needed as soon as `durability` or `sharing` claims something:
  //   reopen: ({ directory }) => openMyBackend({ directory }),
  //
  // Leaves in the place of `survivor` what a sudden end of the process would at this instant: copies the store
  // before it awaits anything. `cutPower` is the same for a loss of power.
  //   crash: ({ directory }, survivor) => { … return openMyBackend(survivor); },
  //
  // Processes that write are killed, and open the store by `reopen`. The command knows this module; vitest does not:
  //   module: import.meta.url,
  //
  // Damages what a closed store keeps of a resource, below the backend, so that it cannot be read:
  //   damage: { truncate: async ({ directory }, ref) => … },
  //
  // Whether your backend calls `step` of what `open` gets before each single change: stores are then ended at each.
  //   steps: true,
  //
  // Makes the system below an open store fail for good, to see what the backend makes of it:
  //   fail: ({ directory }) => …,
  //
  // Manifests of your own, beside the suite's: samplesFrom(new URL("./manifests", import.meta.url))
  //   samples: …,
  //
  // What you know to be wrong, with the reason. It is shown everywhere, and an entry that passes is a failure:
  //   knownFailures: { "CORE-072": "the database orders by UTF-16" },
});

export default subject;
