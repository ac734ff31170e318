/** This node's etcd: started, started again when it ends, and stopped. */

import { setTimeout as sleep } from "node:timers/promises";
import { etcdEnvironment } from "./etcd-program.ts";
import { type KeptProcess, startKept } from "./keeper.ts";
import type { LogFile } from "./log-file.ts";
import { adviceFor } from "./log-line.ts";

/** How a node's etcd is. */
export interface RaftMemberStatus {
  /** This node's id. */
  readonly nodeId: string;
  /** Where it listens for clients. */
  readonly clientUrl: string;
  /** What etcd says goes here. */
  readonly logFile: string;
  /** `restarting`: it has ended by itself and begins again, after ever longer pauses. */
  readonly state: "running" | "restarting" | "stopped";
  /** Its process; null if there is none. */
  readonly pid: number | null;
  /** How often it has ended by itself since the store was opened. */
  readonly restarts: number;
  /** How it ended last, and what it complained of; null if it has not. */
  readonly lastEnd: string | null;
}

/** After the first end, and at most; each pause is twice the one before. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 10_000];
/** One that has run for this long begins with the shortest pause again. */
const SOUND_MS = 10_000;

/** A member that is kept running until it is stopped. */
export class Member {
  readonly #node: Pick<RaftMemberStatus, "nodeId" | "clientUrl">;
  readonly #command: readonly string[];
  readonly #log: LogFile;
  readonly #stopping = new AbortController();
  #process: KeptProcess | undefined;
  #beganAt = 0;
  #logBegan = 0;
  #restarts = 0;
  #endsInARow = 0;
  #lastEnd: string | null = null;
  #advice: string | undefined;
  #life: Promise<void> | undefined;

  constructor(
    node: Pick<RaftMemberStatus, "nodeId" | "clientUrl">,
    command: readonly string[],
    log: LogFile,
  ) {
    this.#node = { nodeId: node.nodeId, clientUrl: node.clientUrl };
    this.#command = command;
    this.#log = log;
  }

  start(): void {
    this.#life ??= this.#live();
  }

  /** Resolves when its process has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#process?.stop();
    await this.#life;
  }

  get status(): RaftMemberStatus {
    return {
      ...this.#node,
      logFile: this.#log.path,
      state: this.#state(),
      pid: this.#process?.pid ?? null,
      restarts: this.#restarts,
      lastEnd: this.#lastEnd,
    };
  }

  /** How often it has ended, each time before it had run for long. */
  get endsInARow(): number {
    return this.#isSound() ? 0 : this.#endsInARow;
  }

  /** Whether it has ended in a way that another start does not mend. */
  get isHopeless(): boolean {
    return this.endsInARow > 0 && this.#advice !== undefined;
  }

  /** Why it may not be there, in one line; undefined while it runs as it should. */
  get trouble(): string | undefined {
    if (this.endsInARow === 0) return undefined;
    const times = this.#endsInARow === 1 ? "" : ` ${this.#endsInARow} times in a row`;
    const advice = this.#advice === undefined ? "" : `: ${this.#advice}`;
    return `this node's etcd has ended${times} (${this.#lastEnd})${advice}; its log is ${this.#log.path}`;
  }

  /** What the process that runs, or the last one, has said of what is wrong. */
  complaint(): Promise<string | undefined> {
    return this.#log.complaint(this.#logBegan);
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const end = await this.#runOnce();
      if (signal.aborted) return;
      this.#lastEnd = end;
      this.#restarts++;
      this.#endsInARow = this.#isSound() ? 1 : this.#endsInARow + 1;
      this.#beganAt = 0;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#endsInARow - 1), LONGEST_PAUSE_MS);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves with how it ended. */
  async #runOnce(): Promise<string> {
    try {
      this.#logBegan = await this.#log.begin();
      const logFile = this.#log.path;
      this.#process = await startKept(this.#command, { environment: etcdEnvironment(), logFile });
      this.#beganAt = performance.now();
      if (this.#stopping.signal.aborted) await this.#process.stop();
      const end = await this.#process.ended;
      this.#process = undefined;
      // A signal comes from outside: nothing that it had said before tells of it.
      const complaint = end.startsWith("SIG") ? undefined : await this.complaint();
      this.#advice = adviceFor(complaint);
      return complaint === undefined ? end : `${end}: ${complaint}`;
    } catch (error) {
      this.#advice = undefined;
      return error instanceof Error ? error.message : String(error);
    }
  }

  #isSound(): boolean {
    return this.#beganAt > 0 && performance.now() - this.#beganAt > SOUND_MS;
  }

  #state(): RaftMemberStatus["state"] {
    if (this.#process !== undefined) return "running";
    return this.#stopping.signal.aborted ? "stopped" : "restarting";
  }
}
