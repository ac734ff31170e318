/** More resources than any usual page or batch takes: what is cut at 500, 1,000 or 1,024 shows. */

import { encodeSnapshot, type Capabilities, type StoreBackend } from "@engenho/sdk";
import { restores } from "./snapshot/must.ts";
import { applyAtOnce, Fixtures, type Manifest } from "../harness/fixtures.ts";
import { snapshotEntry } from "../harness/snapshot-entry.ts";

/** So many small resources of one kind and namespace, in list order. */
export function manyManifests(capabilities: Capabilities, count: number): readonly Manifest[] {
  const fixtures = new Fixtures(capabilities);
  return Array.from({ length: count }, (_, index) =>
    fixtures.manifest({ name: `many-${String(index).padStart(4, "0")}`, value: index }),
  );
}

/** Puts 1,100 of them into an empty store, by a restore where there is one: that is quicker. */
export async function fillStore(backend: StoreBackend): Promise<readonly Manifest[]> {
  const manifests = manyManifests(backend.capabilities, 1_100);
  if (restores(backend.capabilities))
    await backend.restore(encodeSnapshot(manifests.map(snapshotEntry)));
  else await applyAtOnce(backend, manifests);
  return manifests;
}
