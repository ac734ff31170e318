/** What an author is told about a requirement beside its sentence. */

/** Why a requirement is there, and where to look when it fails. */
interface Guidance {
  /** What goes wrong for a user of a backend that breaks it: one sentence. */
  readonly why: string;
  /** Where an author looks first, where the message of a failure does not say it already. */
  readonly fix?: string;
}

/** The guidance of one chapter, by the ids of its requirements. */
export type ChapterGuidance = Readonly<Record<string, Guidance>>;
