/** Random programs of several handles and a writer behind their backs, with trouble in between, against the history. */

import { createBackend, type StoreBackend, type WatchEvent } from "@engenho/sdk";
import fc, { type Scheduler } from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { body, ref } from "../support.ts";
import { SharedSystem, SystemDriver } from "./shared-system.ts";
import { type Call, lateFault, perform, type Told, unexplained, watchFault } from "./told.ts";

const name = fc.constantFrom("a", "b");
const payload = fc.constantFrom("1", "2");
const call = fc.record({
  verb: fc.constantFrom<Call["verb"][]>(
    ...(["apply", "apply", "apply", "create", "replace", "replace"] as const),
    ...(["delete", "deleteOver", "get", "get", "list"] as const),
  ),
  name,
  payload,
});
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant("write"), name, payload }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("remove"), name }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("compact") }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("both") }) },
);
const program = fc.record({
  clients: fc.array(fc.array(call, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 }),
  outside: fc.array(act, { maxLength: 6 }),
  /** Which steps of the drivers fail. */
  trouble: fc.infiniteStream(fc.nat(24)),
  hasSync: fc.boolean(),
  tellsPrevious: fc.boolean(),
  /** Whether the second handle is closed in the midst of it. */
  closes: fc.boolean(),
});
type Program = typeof program extends fc.Arbitrary<infer P> ? P : never;

afterEach(() => vi.unstubAllGlobals());

const isThorough = process.env["CI"] === "true";

test(
  "the history explains every answer and every watch",
  async () => {
    await fc.assert(
      fc.asyncProperty(program, fc.scheduler(), async (given, scheduler) => {
        vi.stubGlobal("setTimeout", pausesAreTurns(scheduler));
        try {
          await scheduler.waitFor(run(given, scheduler));
        } finally {
          vi.unstubAllGlobals();
        }
      }),
      { numRuns: isThorough ? 5_000 : 200 },
    );
  },
  isThorough ? 300_000 : 30_000,
);

/** A pause ends when it is its turn; what is a matter of patience never does. */
function pausesAreTurns(scheduler: Scheduler): unknown {
  return (end: () => void, ms: number): object => {
    if (ms < 5_000) void scheduler.schedule(Promise.resolve(), "pause").then(end);
    return {};
  };
}

async function run(given: Program, scheduler: Scheduler): Promise<void> {
  const system = new SharedSystem();
  const newDriver = (): SystemDriver => new SystemDriver(system, given);
  const drivers = [newDriver(), newDriver()] as const;
  const opened = (driver: SystemDriver): Promise<StoreBackend> =>
    createBackend(driver, { name: "test", feedTimeoutMs: 1e6 });
  const backends = await Promise.all([opened(drivers[0]), opened(drivers[1])]);
  const watches = await Promise.all(backends.map((backend) => follow(backend)));
  for (const driver of drivers) haveTrouble(driver, given, scheduler);
  const told: Told[][] = [];
  await Promise.all([
    ...given.clients.map(async (calls, index) => {
      const backend = backends[index % 2 === 0 ? 0 : 1];
      told[index] = await runClient(backend, system, calls, scheduler);
    }),
    runOutside(given, system, scheduler),
    given.closes ? closeInBetween(backends[1], drivers[1], scheduler) : undefined,
  ]);
  for (const driver of drivers) driver.at = () => {};
  await Promise.all(drivers.flatMap(({ underway }) => underway));
  for (const [index, { late }] of drivers.entries()) {
    const answers = told.flatMap((lines, client) => (client % 2 === index ? lines : []));
    const faults = late.flatMap((write) => lateFault(write, answers) ?? []);
    expect(given.hasSync ? faults : []).toEqual([]);
  }
  for (const lines of told) expect(faultsOf(lines, system, drivers)).toEqual([]);
  const open = backends.filter((backend) => backend.diagnostics().state === "open");
  expect(open).toHaveLength(given.closes ? 1 : 2);
  await Promise.all(open.map((backend) => settled(backend, system, scheduler)));
  for (const [index, watch] of watches.entries()) {
    await watch.close();
    const isComplete = open.some((backend) => backend === backends[index]);
    expect(watchFault(await watch.events, system, isComplete)).toBeUndefined();
    const resets = (await watch.events).filter(({ type }) => type === "reset").length;
    expect(resets).toBeLessThanOrEqual((drivers[index]?.loads ?? 0) - 1);
  }
  for (const backend of backends) await backend.close();
}

/** With calls under way. What the driver held for its feed is freed before it is closed itself. */
async function closeInBetween(
  backend: StoreBackend,
  driver: SystemDriver,
  scheduler: Scheduler,
): Promise<void> {
  for (const step of ["soon", "later"]) await scheduler.schedule(Promise.resolve(), step);
  await backend.close();
  expect([driver.isClosed, driver.isFreed]).toEqual([true, true]);
}

/** Each client knows what it was told itself. */
async function runClient(
  backend: StoreBackend,
  system: SharedSystem,
  calls: readonly Call[],
  scheduler: Scheduler,
): Promise<Told[]> {
  const told: Told[] = [];
  const revisions = new Map<string, string>();
  for (const each of calls) {
    await scheduler.schedule(Promise.resolve(), "client");
    const isOver = each.verb === "replace" || each.verb === "deleteOver";
    const known = each.verb === "create" ? "absent" : isOver ? revisions.get(each.name) : undefined;
    const answer = await perform(backend, system, { ...each, ifRevision: known });
    if (answer.revision !== undefined) revisions.set(each.name, answer.revision);
    told.push(answer);
  }
  return told;
}

async function runOutside(
  { outside }: Program,
  system: SharedSystem,
  scheduler: Scheduler,
): Promise<void> {
  for (const each of outside) {
    await scheduler.schedule(Promise.resolve(), each.act);
    const first = ref("a");
    if ("payload" in each) system.put(ref(each.name), body(each.name, each.payload));
    else if ("name" in each) system.remove(ref(each.name));
    else if (each.act === "compact") system.compacted = system.head;
    else {
      const entry = { ref: first, envelope: body("a", "both"), revision: `s-${system.head + 1}` };
      system.transact([
        { ref: first, entry: entry as never },
        { ref: ref("b"), entry: undefined },
      ]);
    }
  }
}

/** Every step of a driver takes a turn, and some fail. */
function haveTrouble(driver: SystemDriver, { trouble }: Program, scheduler: Scheduler): void {
  driver.at = async (stage) => {
    await scheduler.schedule(Promise.resolve(), stage);
    if (trouble.next().value === 0) throw new Error(`trouble: ${stage}`);
  };
  driver.isSlow = () => trouble.next().value < 3;
}

/** What the answers leave unexplained. A client whose reads are its own writes sees those at least. */
function faultsOf(
  lines: readonly Told[],
  system: SharedSystem,
  drivers: readonly SystemDriver[],
): string[] {
  const hasSync = drivers.every(({ sync }) => sync !== undefined);
  const doubted = new Set(drivers.flatMap((driver) => [...driver.doubted]));
  let written = 0;
  return lines.flatMap((told) => {
    const seen = hasSync ? told.from : written;
    const isWrite = told.answer === "created" || told.answer === "replaced";
    if (isWrite) written = Number(told.revision?.slice("s-".length));
    return unexplained(told, system, { seen, isExact: hasSync, doubted }) ?? [];
  });
}

/** Resolves once a handle has come to where the system is, and shows what it has. */
async function settled(
  backend: StoreBackend,
  system: SharedSystem,
  scheduler: Scheduler,
): Promise<void> {
  const position = String(system.head);
  while ((backend.diagnostics()["feed"] as { position: string }).position !== position)
    await scheduler.schedule(Promise.resolve(), "settle");
  const { items } = await backend.list("Job", undefined, "native");
  const revisions = [...system.state.values()].map(({ revision }) => revision);
  expect(items.map(({ revision }) => revision).sort()).toEqual(revisions.sort());
}

/** Reads a watch as its events come. */
async function follow(
  backend: StoreBackend,
): Promise<{ readonly events: Promise<WatchEvent[]>; close(): Promise<void> }> {
  const watch = await backend.watch("Job", undefined, "native");
  const events = (async () => {
    const all: WatchEvent[] = [];
    for await (const event of watch) all.push(event);
    return all;
  })();
  return { events, close: () => watch.close() };
}
