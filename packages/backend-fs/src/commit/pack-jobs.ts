/** Makes jobs ready for another thread: the bytes of all their files in one buffer, which moves there; those of appends have theirs. */

import type { Job } from "./job.ts";

/** A view would take the whole buffer behind it along, which may be a snapshot of everything. */
export function packJobs(jobs: readonly Job[]): {
  readonly jobs: readonly Job[];
  readonly transfer: ArrayBuffer[];
} {
  const transfer: ArrayBuffer[] = [];
  let size = 0;
  for (const job of jobs) {
    if (job.phase === "create") for (const { bytes } of job.items) size += bytes.length;
    else if (job.phase === "append") for (const bytes of job.items) transfer.push(bytes.buffer);
  }
  if (size === 0) return { jobs, transfer };
  const buffer = new ArrayBuffer(size);
  let offset = 0;
  const place = (bytes: Uint8Array): Uint8Array => {
    const placed = new Uint8Array(buffer, offset, bytes.length);
    placed.set(bytes);
    offset += bytes.length;
    return placed;
  };
  const packed = jobs.map((job): Job => {
    if (job.phase !== "create") return job;
    return { ...job, items: job.items.map((file) => ({ ...file, bytes: place(file.bytes) })) };
  });
  return { jobs: packed, transfer: [...transfer, buffer] };
}
