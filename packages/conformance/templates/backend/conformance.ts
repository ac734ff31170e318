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
  // Opens what a sudden end of the process would leave at this instant: copies the store before it awaits anything.
  //   crash: ({ directory, makeDirectory }) => { const copy = makeDirectory(); … return openMyBackend({ directory: copy }); },
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
