/** How the suite opens my-backend: `npm run conformance`. */

import { defineSubject, type Subject } from "@engenho/conformance";
import { openMyBackend } from "./src/index.ts";

const subject: Subject = defineSubject({
  name: "my-backend",

  // Gets { directory }, an empty one for each store: no two stores may share anything.
  open: ({ directory }) => openMyBackend({ directory }),

  // Opens the same store once more: needed as soon as `durability` or `sharing` claims something. It is called while the
  // store is open, too, where a store that is locked throws `new BackendError("locked", "it is open", { verb: "open" })`:
  //   reopen: ({ directory }) => openMyBackend({ directory }),
  //
  // Leaves in the place of `survivor` what a sudden end of the process would at this instant: copies the store
  // before it awaits anything. Of a directory of files (`cpSync` is of `node:fs`):
  //   crash: ({ directory }, survivor) => {
  //     cpSync(directory, survivor.directory, { recursive: true });
  //     return openMyBackend({ directory: survivor.directory });
  //   },
  //
  // The same for a loss of power, where `power-loss` is claimed: write what was synced, and of the rest leave out as much
  // as you like, each time something else. It takes a layer of yours below the driver that knows what was synced:
  //   cutPower: ({ directory }, survivor) => {
  //     disk.copySyncedFiles(directory, survivor.directory);
  //     return openMyBackend({ directory: survivor.directory });
  //   },
  //
  // Processes that write are killed, and open the store by `reopen`. The command knows this module; vitest does not:
  //   module: import.meta.url,
  //
  // Damages what a closed store keeps of a resource, below the backend, so that it cannot be read:
  //   damage: { truncate: async ({ directory }, ref) => truncate(fileOf(directory, ref), 20) },
  //
  // Whether your backend calls `step` of what `open` gets before each single change: stores are then ended at each.
  //   steps: true,
  //
  // Makes the system below an open store fail for good, to see what the backend makes of it:
  //   fail: async ({ directory }) => void failing.add(directory), // and the driver's put throws a StoreFailedError
  //
  // Writes to the system itself, behind the back of a backend that claims `externalWrites`:
  //   outside: async ({ directory }) => ({ put: async (envelope) => …, remove: async (ref) => … }),
  //
  // Manifests of your own, beside the suite's: samplesFrom(new URL("./manifests", import.meta.url))
  //   samples: …,
  //
  // What you know to be wrong, with the reason. It is shown everywhere, and an entry that passes is a failure:
  //   knownFailures: { "CORE-072": "the database orders by UTF-16" },
});

export default subject;
