/** Makes jobs ready for another thread: the bytes of all their files in one buffer, and all else in one text. */

import type { AppendJob, CreateJob, Job, NewFile, PrepareJob, PublishJob } from "./job.ts";

/** Jobs on their way to a thread. The buffer moves there. */
export interface PackedJobs {
  /** As JSON, in which bytes are how many they are: they follow each other in the buffer. */
  readonly jobs: string;
  readonly bytes: ArrayBuffer;
}

/**
 * A message of many objects costs both threads several times what their text does. Of bytes, a view would take the whole
 * buffer behind it along, which may be a snapshot of everything.
 */
export function packJobs(jobs: readonly Job[]): PackedJobs {
  const parts: Uint8Array[] = [];
  const sized = (bytes: Uint8Array): number => {
    parts.push(bytes);
    return bytes.length;
  };
  const text = JSON.stringify(
    jobs.map((job) => {
      if (job.phase === "append") return { ...job, items: job.items.map(sized) };
      if (job.phase !== "create") return job;
      return { ...job, items: job.items.map((file) => ({ ...file, bytes: sized(file.bytes) })) };
    }),
  );
  const packed = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    packed.set(part, offset);
    offset += part.length;
  }
  return { jobs: text, bytes: packed.buffer };
}

/** The jobs as they were, their bytes views of the buffer. */
export function unpackJobs({ jobs, bytes }: PackedJobs): readonly Job[] {
  let offset = 0;
  const next = (length: number): Uint8Array => {
    offset += length;
    return new Uint8Array(bytes, offset - length, length);
  };
  return (JSON.parse(jobs) as SizedJob[]).map((job): Job => {
    if (job.phase === "append") return { ...job, items: job.items.map(next) };
    if (job.phase !== "create") return job;
    return { ...job, items: job.items.map((file) => ({ ...file, bytes: next(file.bytes) })) };
  });
}

/** A job with the length of its bytes in their place. */
type SizedJob =
  | PrepareJob
  | PublishJob
  | (Omit<CreateJob, "items"> & {
      readonly items: readonly (Omit<NewFile, "bytes"> & { readonly bytes: number })[];
    })
  | (Omit<AppendJob, "items"> & { readonly items: readonly number[] });
