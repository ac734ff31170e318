/** A manifest to write: no test framework here, child processes use it too. */

/** A Pod in YAML; the note tells versions apart. */
export function podManifest(name: string, note: string = ""): Uint8Array {
  const metadata = `{name: ${JSON.stringify(name)}, namespace: default}`;
  return new TextEncoder().encode(
    `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nnote: ${JSON.stringify(note)}\n`,
  );
}
