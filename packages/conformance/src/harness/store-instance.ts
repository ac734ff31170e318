/** One store of a subject: its open backend, and every other way in and out of it. */

import type { ResourceRef, StoreBackend } from "@engenho/sdk";
import { CannotRunError } from "./cannot-run-error.ts";
import type { Instance, Killed, StepListener } from "./check-context.ts";
import { errorLine } from "./error-line.ts";
import { killProcess } from "./kill/kill-process.ts";
import { runScript, type Script } from "./kill/script.ts";
import { isSkip, SkipSignal } from "./skip-signal.ts";
import type { Damage, OutsideWriter, StoreContext, Subject } from "./subject.ts";
import { moduleOf } from "./subject-module.ts";
import { throughHandle } from "./through-handle.ts";

/** What an instance asks of those who keep track of everything that is open. */
export interface InstanceKeeper {
  readonly subject: Subject;
  /** Opens a backend that is closed when the requirement ends. */
  track(open: () => Promise<StoreBackend>): Promise<StoreBackend>;
  /** Leaves the closing of a backend to others. */
  forget(backend: StoreBackend): void;
  /** Opens an instance in a place of its own. */
  openInstance(
    open: (context: StoreContext) => Promise<StoreBackend>,
    onStep: StepListener | undefined,
  ): Promise<Instance>;
  /** Does what the end of the requirement aborts and waits for. */
  whileOpen<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Removes the place of an instance. */
  removeDirectory(directory: string): Promise<void>;
}

type Way = "open" | "reopen" | "crash" | "cutPower";

/** A store in its place, as checks get it. */
export class StoreInstance implements Instance {
  readonly #keeper: InstanceKeeper;
  readonly #context: StoreContext;
  #backend: StoreBackend | undefined;

  constructor(keeper: InstanceKeeper, directory: string, seed: number, onStep?: StepListener) {
    this.#keeper = keeper;
    this.#context = { directory, seed, step: (kind = "change") => onStep?.(this, kind) };
  }

  /** The first opening; nothing else but `left` works before it. */
  async open(open: (context: StoreContext) => Promise<StoreBackend>): Promise<this> {
    this.#backend = await this.#keeper.track(() => open(this.#context));
    return this;
  }

  get backend(): StoreBackend {
    if (this.#backend === undefined) throw new Error("the store is not open yet");
    return this.#backend;
  }

  async reopen(): Promise<StoreBackend> {
    return await this.#replace("reopen");
  }

  async openAnew(): Promise<StoreBackend> {
    return await this.#replace(this.#keeper.subject.reopen === undefined ? "open" : "reopen");
  }

  async openAgain(): Promise<StoreBackend> {
    const reopen = this.#reopening();
    return await this.#keeper.track(() => reopen(this.#context));
  }

  async crash(): Promise<StoreBackend> {
    return (await this.left("crash")).backend;
  }

  async cutPower(): Promise<StoreBackend> {
    return (await this.left("cutPower")).backend;
  }

  async left(by: "crash" | "cutPower", onStep?: StepListener): Promise<Instance> {
    const end = this.#ending(by);
    return await named(
      by,
      this.#keeper.openInstance((survivor) => end(this.#context, survivor), onStep),
    );
  }

  async killed(script: Script): Promise<Killed> {
    const { subject } = this.#keeper;
    const module = moduleOf(subject);
    if (module === undefined || subject.reopen === undefined) return await this.#endHere(script);
    await this.backend.close();
    const acknowledged = await this.#keeper.whileOpen((signal) =>
      killProcess(module, this.#context, script, signal),
    );
    return { acknowledged, open: () => this.reopen().then(() => this) };
  }

  async fail(): Promise<void> {
    const { subject } = this.#keeper;
    if (subject.fail === undefined) throw new SkipSignal("the subject has no fail()");
    await subject.fail(this.#context);
  }

  async outside(): Promise<OutsideWriter> {
    const { subject } = this.#keeper;
    if (subject.outside !== undefined) return await subject.outside(this.#context);
    if (this.backend.capabilities.sharing === "shared")
      return throughHandle(await this.openAgain());
    throw new SkipSignal("nobody else can write: the subject has no outside()");
  }

  async damage(way: Exclude<keyof Damage, "outdate">, ref: ResourceRef): Promise<void> {
    await this.#damaged(way, (damage) => damage[way]?.(this.#context, ref));
  }

  async outdate(): Promise<void> {
    await this.#damaged("outdate", (damage) => damage.outdate?.(this.#context));
  }

  async discard(): Promise<void> {
    const { backend } = this;
    await backend.close();
    this.#keeper.forget(backend);
    await this.#keeper.removeDirectory(this.#context.directory);
  }

  async #replace(way: "open" | "reopen"): Promise<StoreBackend> {
    const { subject } = this.#keeper;
    const open = way === "open" ? subject.open.bind(subject) : this.#reopening();
    await this.backend.close();
    this.#keeper.forget(this.backend);
    const opening = this.#keeper.track(() => open(this.#context));
    this.#backend = await named(way, opening);
    return this.#backend;
  }

  /** A sudden end of this process, as far as the subject can show it. */
  async #endHere(script: Script): Promise<Killed> {
    this.#ending("crash"); // a skip, if there is none
    const answers = script.clients.map(() => 0);
    let end:
      | { readonly acknowledged: readonly number[]; readonly left: Promise<Instance> }
      | undefined;
    const onAnswer = (client: number): void => void (answers[client] = (answers[client] ?? 0) + 1);
    const onEnd = (): void => {
      end = { acknowledged: [...answers], left: this.left("crash") };
      end.left.catch(() => {}); // whoever opens it is told
    };
    await runScript(this.backend, script, onAnswer, onEnd);
    if (end === undefined) throw new Error("the script was over before its end came");
    const { acknowledged, left } = end;
    return { acknowledged, open: () => left };
  }

  async #damaged(
    way: keyof Damage,
    act: (damage: Damage) => Promise<void> | undefined,
  ): Promise<void> {
    const { damage } = this.#keeper.subject;
    if (damage === undefined) throw new SkipSignal("the subject has no damage");
    this.#reopening();
    await this.backend.close();
    const done = act(damage);
    if (done === undefined) throw new SkipSignal(`the subject's damage has no ${way}()`);
    await done;
  }

  #reopening(): Subject["open"] {
    const { subject } = this.#keeper;
    if (subject.reopen === undefined) throw new SkipSignal("the subject has no reopen()");
    return subject.reopen.bind(subject);
  }

  #ending(by: "crash" | "cutPower"): NonNullable<Subject["crash"]> {
    const { subject } = this.#keeper;
    const end = subject[by];
    if (end === undefined) throw new SkipSignal(`the subject has no ${by}()`);
    return end.bind(subject);
  }
}

/** Says which of the subject's functions has failed; a skip and a wrong result say so themselves. */
async function named<T>(way: Way, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (cause) {
    if (isSkip(cause) || cause instanceof CannotRunError) throw cause;
    throw new Error(`${way}() failed: ${errorLine(cause)}`, { cause });
  }
}
