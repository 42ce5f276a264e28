/** The parts of the documents that gradc itself writes: `npm run docs` rewrites them, a test holds them fresh. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gradc, root } from "../cliHarness.js";
import { declarationsIn } from "./excerpts.js";
import { families, familyOf } from "./reference/families.js";
import { code, fenced, table } from "./reference/markdown.js";

/** The tutorial's numbers: what docs/seed.md is made with. */
export const seedArguments: readonly string[] = [
  ...["explain", "model.ts", "--set", "x=0.05,0.1", "y=0.01,0.99"],
  ...["w1=0.15", "w2=0.2", "w3=0.25", "w4=0.3"],
  ...["w5=0.4", "w6=0.45", "w7=0.5", "w8=0.55"],
];

export const read = (name: string): string =>
  readFileSync(join(root, name), "utf8");

/** Every document with its generated parts as they have to be. */
export async function freshDocuments(): Promise<Map<string, string>> {
  const blocks = await generatedBlocks();
  const filled = ["README.md", "ARCHITECTURE.md"].map(
    (name) => [name, fill(read(name), blocks)] as const,
  );
  return new Map([...filled, ["docs/seed.md", await run(seedArguments)]]);
}

const block = /(<!-- generated: (.+?) -->\n)[^]*?(<!-- end -->)/g;

/** Puts each block between its markers: `<!-- generated: name -->` and `<!-- end -->`. */
function fill(text: string, blocks: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    block,
    (_, open: string, name: string, end: string) => {
      const content = blocks.get(name) ?? excerpt(name);
      if (content === undefined) throw new Error(`no generated block ${name}`);
      return `${open}\n${content}\n\n${end}`;
    },
  );
}

/** `source PATH NAME ...`: declarations as they stand in a file. */
function excerpt(block: string): string | undefined {
  const [kind, path = "", ...names] = block.split(" ");
  return kind === "source"
    ? fenced("ts", declarationsIn(read(path), names))
    : undefined;
}

async function generatedBlocks(): Promise<Map<string, string>> {
  const module = read("generated/model.ts");
  const blocks = new Map([
    ["model.ts", fenced("ts", read("model.ts"))],
    ["backward", fenced("ts", functionOf(module, "backward"))],
    ["forward", fenced("ts", functionOf(module, "forward"))],
    ["step", fenced("ts", functionOf(module, "step"))],
    ["network", fenced("ts", blockOf(module, "interface Network {"))],
    ["language", languageTable()],
    ["missing", missing()],
  ]);
  const [graphs, before, after] = await Promise.all([
    Promise.all(passNames.map((pass) => graphAfter(pass, "model.ts"))),
    graphAfter("unname", "examples/iris.ts"),
    graphAfter("simplify again", "examples/iris.ts"),
  ]);
  blocks.set("iris before decompose", fenced("text", crossEntropyOf(before)));
  blocks.set("iris after decompose", fenced("text", crossEntropyOf(after)));
  passNames.forEach((pass, i) => {
    blocks.set(
      `graph after ${pass}`,
      graphs[i] === graphs[i - 1]
        ? "Nothing changes in this network."
        : fenced("text", graphs[i] ?? ""),
    );
  });
  return blocks;
}

const passNames = [
  "single",
  "adopt",
  "simplify",
  "share",
  "adopt again",
  "unname",
  "decompose",
  "share again",
  "simplify again",
  "lower",
];

/** The program that derives, in the form of one example. */
async function graphAfter(pass: string, model: string): Promise<string> {
  const args = ["compile", model, "--check", "--print-after", pass];
  const { stdout: printed } = await gradc(root, args);
  const found = printed
    .split("\n\n")
    .find((text) => text.startsWith("; backward, one example\n"));
  if (found === undefined) throw new Error(`no backward graph after ${pass}`);
  return found.slice(found.indexOf("\n") + 1);
}

/** The lines that belong to the loss. */
const crossEntropyOf = (graph: string): string =>
  graph
    .split("\n")
    .filter((line) => line.endsWith(" crossEntropy"))
    .join("\n");

/** What users of small networks look for, by the export that will bring it. */
const lookedFor: readonly (readonly [what: string, name: string])[] = [
  ["convolution", "conv2d"],
  ["transposed convolution", "convTranspose2d"],
  ["pooling", "maxPool2d"],
  ["up-sampling", "upsample2d"],
  ["recurrence", "lstm"],
  ["embedding", "embedding"],
  ["dropout", "dropout"],
  ["batchNorm with running statistics", "batchNorm"],
  ["multi-head attention", "multiHeadAttention"],
];

/** The sentence of what a model cannot import yet. */
function missing(): string {
  const exported = new Set(read("dsl/index.ts").match(/\w+/g));
  const lacking = lookedFor.flatMap(([what, name]) =>
    exported.has(name) ? [] : [what],
  );
  const last = lacking.at(-1);
  if (last === undefined) return "Every layer that is planned is there.";
  const rest = lacking.slice(0, -1).join(", ");
  const list = rest === "" ? last : `${rest} or ${last}`;
  return `There is no ${list} yet.`;
}

/** What a model can import, by the pages of the reference. */
function languageTable(): string {
  const exported = /export \{([^}]*)\} from "(.+?)";/g;
  const rows = new Map(families.map((family) => [family, [] as string[]]));
  for (const [, list = "", file = ""] of read("dsl/index.ts").matchAll(
    exported,
  )) {
    const names = list
      .split(",")
      .map((name) => name.trim())
      .filter((name) => /^[a-z]\w*$/.test(name));
    const path = file.replace(/^\.\//, "dsl/").replace(/\.js$/, ".ts");
    const family = familyOf(path);
    if (family !== undefined) rows.get(family)?.push(...names);
  }
  return table(
    ["", ""],
    [...rows]
      .filter(([, names]) => names.length > 0)
      .map(([{ title, page }, names]) => [
        `[${title}](docs/reference/${page}.md)`,
        names.sort().map(code).join(", "),
      ]),
  );
}

/** A function of a module, with its docstring. */
const functionOf = (module: string, name: string): string =>
  blockOf(module, `function ${name}(`);

function blockOf(module: string, head: string): string {
  const at = module.indexOf(`\nexport ${head}`);
  const start = module.lastIndexOf("\n\n", at) + 2;
  return module.slice(start, module.indexOf("\n}\n", at) + 2);
}

async function run(args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await gradc(root, args);
  if (status !== 0) throw new Error(`gradc ${args.join(" ")}: ${stderr}`);
  return stdout;
}
