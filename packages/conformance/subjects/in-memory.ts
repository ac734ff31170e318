/** The SDK's own backend under judgement: what every other one is compared with. */

import { createInMemoryBackend } from "@engenho/sdk";
import { samplesFrom } from "../src/harness/samples-from.ts";
import { defineSubject, type Subject } from "../src/harness/subject.ts";

const subject: Subject = defineSubject({
  name: "in-memory",
  open: () => createInMemoryBackend(),
  samples: samplesFrom(new URL("../../../examples/manifests", import.meta.url)),
});

export default subject;
