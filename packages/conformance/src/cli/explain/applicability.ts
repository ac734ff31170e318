/** Says for which backends a requirement holds, by trying it on backends with every kind of claims. */

import type { Requirement } from "../../requirements/requirement.ts";
import { ableSetup, type Change, changes, kindChanges, type Setup } from "./claim-changes.ts";

/**
 * A clause to follow "applies": "to every backend", "where `verbs` has `watch`, and `resume` is `true`".
 *
 * `appliesTo` is a function, and what it looks at is found as a person would: take away one claim of a backend
 * that can everything, or two or three, and see whether it still holds.
 */
export function applicability(requirement: Requirement): string {
  const found = whereItApplies(requirement);
  const [first] = found;
  if (first === undefined) return "to no backend that can be";
  // Ways to apply that as few changes lead to are alternatives: any of them will do.
  const touched = new Set(found.flat().map(({ claim }) => claim));
  const own =
    first.length === 0 ? [] : [or(found.map((made) => and(made.map(({ says }) => says))))];
  const others = conditions(requirement, changed(ableSetup, first), (claim) => !touched.has(claim));
  const clauses = [...own, ...others];
  return clauses.length === 0 ? "to every backend" : `where ${and(clauses)}`;
}

/** The fewest changes to a backend that can everything after which it applies: none at best. */
function whereItApplies(requirement: Requirement): readonly (readonly Change[])[] {
  if (applies(requirement, ableSetup)) return [[]];
  for (const [from, size] of [
    [changes, 1],
    [changes, 2],
    [kindChanges, 1],
  ] as const) {
    const ways = combinations(from, size).filter((made) =>
      applies(requirement, changed(ableSetup, made)),
    );
    if (ways.length > 0) return ways;
  }
  return [];
}

/** What must be so, given that it applies to this setup: one text for each condition. */
function conditions(
  requirement: Requirement,
  setup: Setup,
  isOpen: (claim: string) => boolean,
): readonly string[] {
  const open = changes.filter(({ claim }) => isOpen(claim));
  const breaks = (made: readonly Change[]): boolean => !applies(requirement, changed(setup, made));
  const breaking = open.filter((change) => breaks([change]));
  const needed = new Set(breaking.map(({ claim }) => claim));
  const texts = [...needed].map((claim) => valuesLeft(open, breaking, claim));
  // Of several claims any may be what makes it apply: only without all of them it does not.
  const harmless = open.filter(({ claim }) => !needed.has(claim));
  const together = [2, 3].flatMap((size) => combinations(harmless, size).filter(breaks));
  const minimal = together.filter(
    (made) =>
      !together.some((other) => other.length < made.length && other.every((c) => made.includes(c))),
  );
  return [...texts, ...minimal.map((made) => or(made.map(({ otherwise }) => otherwise)))];
}

/** What a claim may be, if some of its values break it. */
function valuesLeft(open: readonly Change[], breaking: readonly Change[], claim: string): string {
  const others = open.filter((change) => change.claim === claim);
  const broken = others.filter((change) => breaking.includes(change));
  const [only] = broken;
  if (only !== undefined && broken.length === 1 && others.length > 1)
    return only.says.replace(" is ", " is not ");
  const left = others.filter((change) => !breaking.includes(change));
  return or([
    ...others.slice(0, 1).map(({ otherwise }) => otherwise),
    ...left.map(({ says }) => says),
  ]);
}

/** "`durability` is `none` or `process`": what the texts have in common is said once. */
function or(texts: readonly string[]): string {
  const [first = "", ...others] = new Set(texts);
  const subject = first.slice(0, first.lastIndexOf(" ") + 1);
  const rest = others.map((text) => (text.startsWith(subject) ? text.slice(subject.length) : text));
  return [first, ...rest].join(" or ");
}

function and(texts: readonly string[]): string {
  return [texts.slice(0, -1).join(", "), ...texts.slice(-1)]
    .filter((text) => text !== "")
    .join(" and ");
}

function applies({ appliesTo }: Requirement, { capabilities, subject }: Setup): boolean {
  return appliesTo?.(capabilities, subject) ?? true;
}

function changed(setup: Setup, made: readonly Change[]): Setup {
  return made.reduce<Setup>((before, { make }) => make(before), setup);
}

/** Every choice of `size` changes of different claims. */
function combinations(from: readonly Change[], size: number): readonly (readonly Change[])[] {
  if (size === 0) return [[]];
  return from.flatMap((first, index) =>
    combinations(
      from.slice(index + 1).filter(({ claim }) => claim !== first.claim),
      size - 1,
    ).map((rest) => [first, ...rest]),
  );
}
