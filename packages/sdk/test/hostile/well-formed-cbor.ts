/** Whether bytes are one well-formed CBOR item: RFC 8949, appendix C, as it stands there. */

const malformed = -1;
const brokenOff = 99;

/** Looks at the structure only: what texts hold, which keys are equal and what tags mean is validity. */
export function isWellFormedCbor(bytes: Uint8Array): boolean {
  let at = 0;

  /** The item's major type; `brokenOff` for a break where one may stand. */
  function wellFormed(mayBreak: boolean): number {
    if (at >= bytes.length) return malformed;
    const initial = bytes[at++] ?? 0;
    const major = initial >> 5;
    const info = initial & 31;
    let value = info;
    if (info >= 24 && info <= 27) {
      const size = 1 << (info - 24);
      if (at + size > bytes.length) return malformed;
      value = 0;
      for (let i = 0; i < size; i++) value = value * 256 + (bytes[at++] ?? 0);
    } else if (info >= 28 && info <= 30) return malformed;
    else if (info === 31) return indefinite(major, mayBreak);
    if (major === 2 || major === 3) {
      at += value;
      if (at > bytes.length) return malformed;
    } else if (major === 4 || major === 5) {
      for (let left = major === 5 ? 2 * value : value; left > 0; left--)
        if (wellFormed(false) === malformed) return malformed;
    } else if (major === 6) return wellFormed(false) === malformed ? malformed : major;
    else if (major === 7 && info === 24 && value < 32) return malformed;
    return major;
  }

  function indefinite(major: number, mayBreak: boolean): number {
    if (major === 7) return mayBreak ? brokenOff : malformed;
    if (major < 2 || major > 5) return malformed;
    for (let count = 0; ; count++) {
      const start = bytes[at] ?? 0;
      const item = wellFormed(true);
      if (item === brokenOff) return major === 5 && count % 2 === 1 ? malformed : major;
      if (item === malformed) return malformed;
      if (major < 4 && (item !== major || (start & 31) === 31)) return malformed;
    }
  }

  return wellFormed(false) !== malformed && at === bytes.length;
}
