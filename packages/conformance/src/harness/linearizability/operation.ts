/** What a history is made of: calls of concurrent clients and what came back. */

/** What a client asked for. Bodies and revisions are compared for equality only. */
export type OperationInput =
  | {
      /** Create or replace. */
      readonly verb: "apply";
      /** What was applied: the bytes as text, a hash, whatever tells one from another. */
      readonly body: string;
      /** The precondition: a revision or `absent`. Default: none. */
      readonly ifRevision?: string | undefined;
    }
  | {
      /** Any read that shows this resource. */
      readonly verb: "get";
    }
  | {
      /** Remove. */
      readonly verb: "delete";
      /** The precondition: a revision. Default: none. */
      readonly ifRevision?: string | undefined;
    };

/** What the client was told. */
export type OperationResult =
  | {
      /** What an apply did. */
      readonly type: "created" | "replaced" | "unchanged";
      /** What the resource has since then. */
      readonly revision: string;
    }
  | {
      /** The resource is there. */
      readonly type: "found";
      /** What it holds. */
      readonly body: string;
      /** Its revision; left out by reads that show none (a snapshot). */
      readonly revision?: string | undefined;
    }
  | {
      /**
       * `refused`: nothing was changed and nothing was learnt, as after an abort with outcome `none`; `unknown`: it
       * may have happened.
       */
      readonly type: "deleted" | "not_found" | "conflict" | "refused" | "unknown";
    };

/** One call of one client. */
export interface Operation {
  /** Who called: any number. */
  readonly client: number;
  /** What it was about; each resource is judged by itself. */
  readonly resource: string;
  /** What was asked. */
  readonly input: OperationInput;
  /** What came back. */
  readonly result: OperationResult;
  /** When it was called: a position among all calls and returns of the history. */
  readonly call: number;
  /**
   * When it had returned; equal positions are at the same time. For a write whose outcome is unknown: the last moment at
   * which it can have taken effect, `Infinity` where nothing is promised. It may also never have.
   */
  readonly return: number;
}

/** Whether it may have happened or not, as far as anybody knows. */
export function isOptional({ result }: Operation): boolean {
  return result.type === "unknown";
}

/** Whether it tells nothing and changes nothing: a refusal, or a read that failed. */
export function isVoid({ input, result }: Operation): boolean {
  return result.type === "refused" || (result.type === "unknown" && input.verb === "get");
}

/** Whether it changed the resource, or may have. */
export function isChange({ result }: Operation): boolean {
  return ["created", "replaced", "deleted", "unknown"].includes(result.type);
}

/** The order in which operations are looked at and shown: by their calls. */
export function byCall(a: Operation, b: Operation): number {
  return a.call - b.call || a.return - b.return || a.client - b.client;
}

/** The same call as if nobody knew what became of it. */
export function withoutResult(operation: Operation): Operation {
  return { ...operation, result: { type: "unknown" } };
}

/** The revisions that the resource had at the moment of the operation, before it or after it. */
export function revisionsSeen({ input, result }: Operation): readonly string[] {
  const shown = "revision" in result && result.revision !== undefined ? [result.revision] : [];
  const failed = ["conflict", "not_found", "refused"].includes(result.type);
  if (input.verb === "get" || failed || input.ifRevision === undefined) return shown;
  return input.ifRevision === "absent" ? shown : [...shown, input.ifRevision];
}
