/** Lays out what commands say: sections of facts in columns, each with a mark that a colour goes with. */

import { visible } from "./visible.ts";

/** How something is: as it should be, worth a look, not as it should be, or only a fact. */
export type Mark = "good" | "note" | "bad" | "fact";

/** One line: what it is about, and what is to say of it. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly mark: Mark;
}

/** Facts under one heading. */
export interface Section {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** All that a command says. */
export interface Lines {
  readonly heading: string;
  readonly sections: readonly Section[];
  /** The last line. */
  readonly verdict: { readonly text: string; readonly mark: Mark };
}

/** Puts a colour or a weight on a text, or leaves it as it is. */
export type Paint = (style: "green" | "yellow" | "red" | "bold", text: string) => string;

const signs = { good: "✓", note: "!", bad: "✗", fact: " " } as const;
const colours = { good: "green", note: "yellow", bad: "red" } as const;

/** The lines as text, aligned over all sections. */
export function layOut({ heading, sections, verdict }: Lines, paint: Paint): readonly string[] {
  const titles = width(sections.map(({ title }) => title));
  const labels = width(sections.flatMap(({ facts }) => facts.map(({ label }) => label)));
  const coloured = (mark: Mark, text: string): string =>
    mark === "fact" ? text : paint(colours[mark], text);
  const line = ({ label, value, mark }: Fact): string => {
    const text = mark === "good" ? visible(value) : coloured(mark, visible(value));
    return `  ${label.padEnd(labels)}  ${coloured(mark, signs[mark])} ${text}`;
  };
  const body = sections.flatMap(({ title, facts }) => {
    const [first = "", ...others] = facts.map(line);
    const rest = others.map((text) => " ".repeat(titles) + text);
    return ["", paint("bold", title) + " ".repeat(titles - title.length) + first, ...rest];
  });
  const last = coloured(verdict.mark, `${signs[verdict.mark]} ${visible(verdict.text)}`);
  return [paint("bold", visible(heading)), ...body, "", last];
}

function width(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
