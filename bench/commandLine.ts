/** What the command line of the bench says. */
import { parseArgs } from "node:util";
import type { Options } from "./bench.js";
import { workloads, type Workload } from "./workloads/table.js";

/** What is asked for. */
export interface Request {
  readonly parts: readonly string[];
  readonly workloads: readonly Workload[];
  readonly options: Options;
  readonly form: "text" | "markdown" | "json";
}

const flagTypes = {
  help: { type: "boolean", short: "h", default: false },
  quick: { type: "boolean", default: false },
  alone: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  markdown: { type: "boolean", default: false },
  page: { type: "string" },
} as const;

const startsWith = (id: string) => (word: string) =>
  id.toLowerCase().startsWith(word.toLowerCase());

/**
 * What to run; a text where there is nothing to run: how the bench is used.
 *
 * @throws Error with one sentence for a word that is unknown.
 */
export function requestOf(
  words: readonly string[],
  parts: readonly string[],
): Request | string {
  const flags = Object.keys(flagTypes).map((flag) => `--${flag}`);
  refuseUnknown(
    words.filter((word) => word.startsWith("-") && word !== "-h"),
    flags,
    (word) => flags.includes(word.replace(/=.*/, "")),
  );
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: flagTypes,
  });
  if (values.help) return usage(parts);
  refuseUnknown(
    positionals,
    [...parts, ...workloads.map(({ id }) => id)],
    (word) =>
      parts.includes(word) || workloads.some(({ id }) => startsWith(id)(word)),
  );
  const everything = positionals.length === 0;
  return {
    parts: parts.filter((part) => everything || positionals.includes(part)),
    workloads: workloads.filter(
      ({ id }) => everything || positionals.some(startsWith(id)),
    ),
    options: values,
    form: values.json ? "json" : values.markdown ? "markdown" : "text",
  };
}

/** @throws Error that says what there is instead of words that are unknown. */
function refuseUnknown(
  words: readonly string[],
  expected: readonly string[],
  isKnown: (word: string) => boolean,
): void {
  const unknown = words.filter((word) => !isKnown(word));
  if (unknown.length > 0)
    throw new Error(
      `no ${unknown.join(", ")}, expected ${expected.join(", ")}`,
    );
}

const usage = (
  parts: readonly string[],
): string => `npm run bench -- [NAME ...] [options]

Measures all of it, or what is named: a part (${parts.join(", ")})
or what a workload's name begins with.

  --quick      few and short samples: to see that it works, not to quote
  --alone      gradc and nothing else; nothing is installed
  --markdown   the tables as Markdown
  --json       one object a part
  --page FILE  a page with plots besides
  -h, --help   this text

Workloads:
${workloads.map(({ id, title }) => `  ${id.padEnd(longest)}  ${title}`).join("\n")}`;

const longest = Math.max(...workloads.map(({ id }) => id.length));
