/** Mutations of manifests that know their tokens. */

import type { Random } from "./random.ts";

/** What a format's texts are mutated with. */
export interface TextGrammar {
  /** Manifests that are read as they are. */
  readonly samples: readonly string[];
  /** What the format is made of, and what looks like it. */
  readonly tokens: readonly string[];
}

/** Soup of tokens, or a sample with up to four changes. */
export function mutateText(random: Random, { samples, tokens }: TextGrammar): string {
  const soup = (most: number): string =>
    random.list(1 + random.below(most), () => random.pick(tokens)).join("");
  if (random.chance(0.1)) return soup(30);
  let text = random.pick(samples);
  for (let left = random.pick([0, 1, 1, 1, 2, 2, 3, 4]); left > 0; left--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(30));
    const [before, middle, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
    switch (random.below(8)) {
      case 0:
        text = before + after;
        break;
      case 1:
        text = before + middle.repeat(random.pick([2, 3, 10])) + after;
        break;
      case 2:
        text = before + soup(3).repeat(random.pick([1, 1, 1, 1, 2, 140])) + middle + after;
        break;
      case 3: {
        const other = random.pick(samples);
        text = before + other.slice(random.below(other.length));
        break;
      }
      case 4: {
        const lines = text.split("\n");
        const [line = ""] = lines.splice(random.below(lines.length), 1);
        lines.splice(
          random.below(lines.length + 1),
          0,
          line,
          ...(random.chance(0.3) ? [line] : []),
        );
        text = lines.join("\n");
        break;
      }
      default:
        text = before + soup(2) + (random.chance(0.5) ? middle : "") + after;
    }
  }
  return text;
}
