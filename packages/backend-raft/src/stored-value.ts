/**
 * What a resource's key holds: one byte for the layout (1), sixteen that name the write, and the envelope. By the name of
 * the write its author knows it again when it has not heard what became of it.
 */

/** A name that no other write has. */
export type OperationId = Uint8Array;

const VERSION = 1;
const version: Uint8Array = Uint8Array.of(VERSION);
const ID_BYTES = 16;
const HEADER_BYTES = 1 + ID_BYTES;

/** Bytes of a name that count; the others are those of no other process. Asking for random ones each time takes longer. */
const COUNT_BYTES = 6;
const random: Uint8Array = crypto.getRandomValues(new Uint8Array(ID_BYTES));
let count = 0;

export function newOperationId(): OperationId {
  const id = random.slice();
  let rest = count++;
  for (let i = 0; i < COUNT_BYTES; i++) {
    id[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return id;
}

/** The value, in pieces. */
export function writeValue(operation: OperationId, envelope: Uint8Array): readonly Uint8Array[] {
  return [version, operation, envelope];
}

/** The envelope, as a view; undefined for a value that {@link writeValue} does not write. */
export function envelopeIn(value: Uint8Array): Uint8Array | undefined {
  if (value[0] !== VERSION || value.length < HEADER_BYTES) return undefined;
  return value.subarray(HEADER_BYTES);
}

/** Whether this write is the one that put the value there. */
export function isBy(operation: OperationId, value: Uint8Array): boolean {
  return value.length >= HEADER_BYTES && operation.every((byte, i) => value[i + 1] === byte);
}
