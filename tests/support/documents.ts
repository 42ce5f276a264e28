/** The parts of the documents that gradc itself writes: `npm run docs` rewrites them, a test holds them fresh. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gradc, root } from "../cliHarness.js";

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
      const content = blocks.get(name);
      if (content === undefined) throw new Error(`no generated block ${name}`);
      return `${open}\n${content}\n\n${end}`;
    },
  );
}

const fenced = (language: string, text: string): string =>
  ["```" + language, text.trimEnd(), "```"].join("\n");

async function generatedBlocks(): Promise<Map<string, string>> {
  const module = read("generated/model.ts");
  const blocks = new Map([
    ["model.ts", fenced("ts", read("model.ts"))],
    ["backward", fenced("ts", functionOf(module, "backward"))],
    ["forward", fenced("ts", functionOf(module, "forward"))],
    ["step", fenced("ts", functionOf(module, "step"))],
    ["network", fenced("ts", blockOf(module, "interface Network {"))],
    ["language", languageTable()],
  ]);
  let before = "";
  for (const pass of passNames) {
    const printed = await run([
      ...["compile", "model.ts", "--check", "--print-after", pass],
    ]);
    const graph = backwardOf(printed);
    blocks.set(
      `graph after ${pass}`,
      graph === before
        ? "Nothing changes in this network."
        : fenced("text", graph),
    );
    before = graph;
  }
  return blocks;
}

const passNames = [
  "single",
  "adopt",
  "simplify",
  "share",
  "unname",
  "decompose",
  "share again",
  "simplify again",
  "lower",
];

/** The program that derives, in the form of one example. */
function backwardOf(printed: string): string {
  const found = printed
    .split("\n\n")
    .find((text) => text.startsWith("; backward, one example\n"));
  if (found === undefined) throw new Error("no graph of the backward program");
  return found.slice(found.indexOf("\n") + 1);
}

/** What a model can import, by the folders of dsl/. */
const topics: readonly (readonly [title: string, files: RegExp])[] = [
  ["declarations", /^\.\/(context|declare|model)\.js$/],
  ["layers", /^\.\/layers\/(linear|layerNorm)\.js$/],
  ["activations", /^\.\/layers\//],
  ["losses", /^\.\/losses\//],
  ["optimizers", /^\.\/optimizers\/(?!schedules|clipping)/],
  ["schedules, clipping", /^\.\/optimizers\//],
  ["initializers", /^\.\/initializers\.js$/],
  ["functions", /^\.\/ops\/(arithmetic|elementary|compare|gradient)\.js$/],
  ["reductions, softmax", /^\.\/ops\/(reduce|batch|softmax)\.js$/],
  ["shapes, matrices", /^\.\/ops\//],
];

function languageTable(): string {
  const exported = /export \{([^}]*)\} from "(.+?)";/g;
  const rows = new Map(topics.map(([title]) => [title, [] as string[]]));
  for (const [, list = "", file = ""] of read("dsl/index.ts").matchAll(
    exported,
  )) {
    const names = list
      .split(",")
      .map((name) => name.trim())
      .filter((name) => /^[a-z]\w*$/.test(name));
    const topic = topics.find(([, files]) => files.test(file));
    rows.get(topic?.[0] ?? "")?.push(...names);
  }
  return [
    "| | |",
    "| --- | --- |",
    ...[...rows].map(([title, names]) => {
      const shown = names.sort().map((name) => `\`${name}\``);
      return `| ${title} | ${shown.join(", ")} |`;
    }),
  ].join("\n");
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
