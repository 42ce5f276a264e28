/** docs/reference/: read off the records of the language, and written by `npm run docs`. */
import { kinds } from "../../../dsl/settings.js";
import { root } from "../../cliHarness.js";
import { read } from "../documents.js";
import { commandErrors, compilerFiles, errorsOf } from "./errors.js";
import { runExamples, type Shown } from "./examples.js";
import { families, familyOf } from "./families.js";
import { membersOf, shapesNamed } from "./names.js";
import { domainsOf, optionsOf } from "./options.js";
import {
  errorsPage,
  familyPage,
  indexPage,
  primitivesPage,
  type Described,
} from "./pages.js";
import { problemsOf } from "./problems.js";
import { factReader } from "./reach.js";
import { signatureOf } from "./signature.js";
import { entriesOf, readLanguage } from "./surface.js";

export interface Reference {
  /** Pages by path. */
  readonly pages: ReadonlyMap<string, string>;
  /** What docstrings owe. */
  readonly problems: readonly string[];
}

/** Codes that every function may end with: the index page has them once. */
const common = /^GC(?:1110|2001|2002|2008|2009|2010)$/;

export async function makeReference(): Promise<Reference> {
  const index = readLanguage();
  const entries = entriesOf(index);
  const factsOf = factReader(index);
  const texts = new Map(
    Object.entries(kinds).map(([k, { text }]) => [k, text]),
  );
  const compiler = compilerFiles(root);
  const catalogue = errorsOf(index, compiler);
  const shown = await runExamples(entries);
  const kinks = kinkRows();
  const functions = entries.filter(({ kind }) => kind === "function");
  const described = await Promise.all(
    functions.map(async (entry): Promise<Described> => {
      const facts = factsOf(entry);
      return {
        entry,
        signature: await signatureOf(entry),
        options: optionsOf(entry, facts, texts),
        domains: domainsOf(entry, facts, texts),
        errors: catalogue.filter(
          ({ key, code }) =>
            (facts.errors.has(key) || facts.errors.has(code)) &&
            !common.test(code),
        ),
        shown: shown.get(entry.name),
        kinks: kinks.filter(([call]) => call.startsWith(`${entry.name}(`)),
        members: membersOf(entry),
      };
    }),
  );
  const problems = [
    ...described.flatMap((d) =>
      problemsOf(d.entry, d.options, primitivesOf(d.shown)),
    ),
    ...entries
      .filter(({ kind }) => kind !== "function")
      .flatMap((entry) => problemsOf(entry, [], [])),
  ];
  const pages = new Map<string, string>();
  const names = new Map<(typeof families)[number], readonly string[]>();
  for (const family of families) {
    const own = described
      .filter(({ entry }) => familyOf(entry.file) === family)
      .sort((a, b) => (a.entry.name < b.entry.name ? -1 : 1));
    if (own.length === 0) continue;
    const types = entries.filter(
      (e) => e.kind !== "function" && familyOf(e.file) === family,
    );
    pages.set(
      `docs/reference/${family.page}.md`,
      await familyPage(family, own, types),
    );
    names.set(
      family,
      own.map(({ entry }) => entry.name),
    );
  }
  const shapes = shapesNamed(
    index,
    described.map(({ signature }) => signature),
  );
  pages.set("docs/reference/primitives.md", primitivesPage());
  pages.set(
    "docs/reference/errors.md",
    errorsPage(catalogue, commandErrors(compiler)),
  );
  pages.set("docs/reference/README.md", indexPage(names, shapes));
  return { pages, problems };
}

const primitivesOf = (shown: Shown | undefined): readonly string[] =>
  shown?.primitives ?? [];

/** The rows of the first table of docs/kinks.md: one number at one place. */
const kinkRows = (): (readonly [string, string, string])[] =>
  read("docs/kinks.md")
    .split("\n")
    .flatMap((line) => {
      const row = /^\| `(.+)` \| (x = \S+) \| (\S+) \|$/.exec(line);
      return row === null
        ? []
        : [[row[1] ?? "", row[2] ?? "", row[3] ?? ""] as const];
    });
