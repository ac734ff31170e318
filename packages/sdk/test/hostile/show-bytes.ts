/** Bytes as a person can look at them and paste them into a test. */

/** Text as a string literal where it is text, else as hexadecimal digits; cut where it is long. */
export function showBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.subarray(0, 2_000));
  const text = buffer.toString("utf8");
  const isText = Buffer.from(text).equals(buffer) && !/[^\P{Cc}\t\r\n]/u.test(text);
  const shown = isText ? JSON.stringify(text) : `hex ${buffer.toString("hex")}`;
  return bytes.length > buffer.length ? `${shown}… (${bytes.length} bytes)` : shown;
}
