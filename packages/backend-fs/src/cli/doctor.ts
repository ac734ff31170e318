/** `engenho-fs doctor`: looks at everything that can be the matter with a root, open elsewhere or not. */

import { type Answer, type Command, UsageError } from "./command.ts";
import { platformFindings } from "./platform-findings.ts";
import { storeFindings } from "./store-findings.ts";

/** What is wrong makes it 1; what was asked for and could not be found out makes it 2. */
export const doctor: Command = {
  name: "doctor",
  summary: "all of it: the directory, its profile if one is given, and the store in it",
  options: ["profile", "durability"],
  needsProfile: false,
  async run(request) {
    const { root, durability, profile } = request;
    if (profile !== undefined && durability !== undefined)
      throw new UsageError("the profile says which durability; leave out --durability");
    const all = [...(await platformFindings(request)), await storeFindings(root)];
    const problems = all.flatMap((findings) => findings.problems);
    const unknown = all.flatMap((findings) => findings.unknown);
    return {
      ...judge(problems.length, unknown.length, {
        heading: root,
        sections: all.flatMap(({ sections }) => sections),
      }),
      data: Object.assign(
        { root, healthy: problems.length === 0 && unknown.length === 0, problems, unknown },
        ...all.map(({ data }) => data),
      ) as object,
    };
  },
};

function judge(
  problems: number,
  unknown: number,
  lines: Omit<Answer["lines"], "verdict">,
): Pick<Answer, "status" | "lines"> {
  if (problems > 0) {
    const text = problems === 1 ? "1 problem" : `${problems} problems`;
    return { status: 1, lines: { ...lines, verdict: { text, mark: "bad" } } };
  }
  if (unknown > 0) {
    const text = "no problem was found, but not all could be looked at";
    return { status: 2, lines: { ...lines, verdict: { text, mark: "note" } } };
  }
  return { status: 0, lines: { ...lines, verdict: { text: "healthy", mark: "good" } } };
}
