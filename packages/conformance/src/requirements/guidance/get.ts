/** CORE-060 to 069: get. */

import type { ChapterGuidance } from "./guidance.ts";

export const getGuidance: ChapterGuidance = {
  "CORE-060": {
    why: 'Controllers take `not_found` for "create it", and any other code for trouble.',
    fix: 'Map only the system\'s own "not there" to `not_found`; a refused permission or a timeout is something else.',
  },
  "CORE-061": {
    why: "This is the least that a store is for: manifests as people write them come back.",
    fix: "Compare the sample that the message names with what your system returns for it.",
  },
  "CORE-062": {
    why: "A number that is rounded or a text that turns into a boolean on its way changes what runs.",
    fix: "Use the SDK's `transcode`; `JSON.parse` rounds integers above 2^53, and YAML 1.1 reads `on` as true.",
  },
  "CORE-063": {
    why: "A caller parses what it asked for, and fails far away on anything else.",
    fix: "Reject with `unsupported_format` and the reason where there is no translation; do not return the stored body.",
  },
  "CORE-064": {
    why: "The envelope is how resources travel between backends, and it must say by itself what it is.",
    fix: "Store the envelope, or build it from the full reference, the format and the bytes as they were applied.",
  },
  "CORE-065": {
    why: "Other implementations keep keys of their own in envelopes, and check bytes that they have written.",
    fix: "Store a native body as it came; decode it for checks only, and do not encode it anew.",
  },
  "CORE-066": {
    why: "Envelopes of older writers carry no format, and their manifests should still be readable.",
    fix: "Use the SDK's `detectFormat` when reading, and write nothing of what it finds into the envelope.",
  },
  "CORE-067": {
    why: "A body that only looks like a manifest, or is another resource's, would be shown as this one's.",
    fix: "Compare the reference of the detected manifest with the envelope's before rendering it.",
  },
  "CORE-068": {
    why: "An envelope that readers understand differently is two resources in one.",
    fix: "Decode with the SDK's `decodeEnvelope`; general CBOR libraries take duplicate keys, tags and trailing bytes.",
  },
  "CORE-069": {
    why: "Jobs are written and reviewed by people, whose comments and layout carry meaning.",
    fix: "Keep the bytes; do not trim, strip the byte order mark, change line ends or format.",
  },
};
