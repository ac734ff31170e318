/** What the child writes while the system fails it, and where it says what it was told. */

/** An apply; without a text, a delete; without a name, the restore. */
export interface ScriptStep {
  readonly name?: string;
  readonly text?: string;
}

/** The steps of a line at once, one line after another. The restore leaves `a` with the text `restored` and nothing else. */
export const scriptSteps: readonly (readonly ScriptStep[])[] = [
  [{ name: "a", text: "1" }],
  [{ name: "a", text: "2" }],
  [
    { name: "b", text: "1" },
    { name: "c", text: "1" },
    { name: "d", text: "1" },
  ],
  [{ name: "b" }],
  [{}],
  [{ name: "e", text: "1" }],
];

export function logFile(root: string): string {
  return `${root}.log`;
}

export function snapshotFile(root: string): string {
  return `${root}.snapshot`;
}
