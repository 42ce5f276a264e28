/**
 * Modules of every target, those that only predict and minified ones too, run unchanged where the engine makes no code of text
 * and its own objects are frozen, with the same bits.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompileOptions } from "../compiler/compile.js";
import type { Target } from "../compiler/emit/targets.js";
import { globalName } from "../compiler/emit/usage.js";
import { chromium } from "../engines/find.js";
import { startBrowser } from "../engines/hosts/browser.js";
import { filesBelow, serveSite } from "../engines/hosts/site.js";
import type { Model } from "../dsl/index.js";
import { run } from "./cliHarness.js";
import { models } from "./emitted/models.js";
import { frozen, trainable } from "./support/frozen.js";

const folder = mkdtempSync(join(tmpdir(), "gradc-strict-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const names = [
  ...["iris", "siamese", "normed", "whole"],
  ...["embedded", "manyToOne", "encoder"],
] as const;

/** How a file of a target is read: imported, required, or a script that makes a variable. */
const targets = {
  ts: "import",
  js: "import",
  cjs: "require",
  iife: "script",
  es5: "script",
} as const;
type Strict = keyof typeof targets;
const strict = Object.keys(targets) as Strict[];

/** What the compiler makes of a network: one that trains, or one that only predicts, with its weights as literals or in base64. */
const forms = ["plain", "minified", "frozen", "packed"] as const;
type Form = (typeof forms)[number];

const isWritten = (form: Form, target: Target): boolean =>
  form !== "minified" || target !== "ts";

const fileOf = (name: string, form: Form, target: Target): string =>
  `${name}.${form}.${target}.${target === "cjs" ? "cjs" : "js"}`;

const written = names.flatMap((name) =>
  forms.flatMap((form) =>
    strict
      .filter((target) => isWritten(form, target))
      .map((target) => ({ name, form, target })),
  ),
);

/** What is read of each file, in every engine alike: the outputs, and the state after some steps where it trains, as text. */
const training = `
export function trained({ create }, indices) {
  const net = create({ seed: 1, maxBatch: 3 });
  const trains = "trainStep" in net;
  let state = 7;
  const next = () => (state = (state * 48271) % 2147483647);
  for (const name of Object.keys(net.inputs).sort()) {
    const list = net.inputs[name];
    for (let i = 0; i < list.length; i++)
      list[i] = indices.includes(name) ? i % 2 : ((next() % 2001) - 1000) / 1024;
  }
  if (trains) for (let k = 0; k < 20; k++) net.trainStep(3);
  net.forward(3);
  const outputs = Object.values(net.outputs).map((list) => Array.from(list));
  const saved = trains ? Array.from(net.save()) : [];
  return [saved, outputs, net.tier ?? "js"].join(" ");
}
`;

/** Prints one line a file, and what the engine refuses. */
const inNode = `
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";
import { trained } from "./training.js";

const refused = (text, act) => {
  try {
    act();
  } catch (error) {
    console.log("refused", text, error.name);
  }
};
refused("code of text", () => new Function("return 1")());
refused("changed intrinsics", () => {
  Array.prototype.added = true;
  delete Array.prototype.added;
});
const read = {
  import: (file) => import("./" + file),
  require: createRequire(import.meta.url),
  script: (file, name) => {
    const text = readFileSync(file, "utf8");
    return runInThisContext("(() => {\\n" + text + "\\nreturn " + name + ";\\n})()");
  },
};
const files = JSON.parse(readFileSync("files.json", "utf8"));
for (const { file, how, variable, indices } of files) {
  const net = await read[how](how === "require" ? "./" + file : file, variable);
  console.log(file, trained(net, indices));
}
`;

/** The same in a page: scripts are elements, and a file for require stands in a function, as bundlers put it there. */
const inPage = `
import { trained } from "./training.js";

const results = [];
const script = (file) =>
  new Promise((done, fail) => {
    const element = document.createElement("script");
    element.src = file;
    element.onload = done;
    element.onerror = fail;
    document.head.append(element);
  });
const read = {
  import: (file) => import("./" + file),
  require: async (file) => {
    await script("wrapped/" + file);
    return globalThis.required;
  },
  script: async (file, name) => {
    await script(file);
    return globalThis[name];
  },
};
async function run() {
  const files = await (await fetch("files.json")).json();
  for (const { file, how, variable, indices } of files)
    results.push([file, trained(await read[how](file, variable), indices)]);
  return Object.fromEntries(results);
}
globalThis.results = run();
`;

interface Written {
  readonly text: string;
  /** Inputs that are classes. */
  readonly indices: readonly string[];
  /** What a script calls the module. */
  readonly variable: string;
}
const build = (name: string): Model => (models[name] as () => Model)();
/** What each network starts with. */
const starts = new Map<string, Float64Array>();

const compile = async (
  name: string,
  form: Form,
  target: Target,
): Promise<Written> => {
  const options: Partial<CompileOptions> = {
    target,
    verify: false,
    minify: form === "minified",
  };
  const compiled = async () => {
    if (form === "plain" || form === "minified")
      return (await trainable(build(name), options)).compiled;
    const pack = form === "packed" ? "base64" : "literals";
    const params = starts.get(name) as Float64Array;
    return frozen(build(name), params, { ...options, pack });
  };
  const { text, plan } = await compiled();
  const indices = plan.model.inputs.flatMap(({ op }) =>
    op.classes === undefined ? [] : [op.name],
  );
  const variable = globalName("net.ts", plan);
  if (target !== "ts" && target !== "wasm") return { text, indices, variable };
  const { code } = transformSync(text, { loader: "ts", target: "es2022" });
  return { text: code, indices, variable };
};

/** The results of each file by its name. */
type Results = Readonly<Record<string, string>>;

async function resultsOf(...flags: readonly string[]) {
  const ran = await run(process.execPath, [...flags, "main.js"], folder);
  const lines = ran.stdout.trim().split("\n");
  const isRefusal = (line: string): boolean => line.startsWith("refused ");
  const results: Results = Object.fromEntries(
    lines
      .filter((line) => !isRefusal(line))
      .map((line) => {
        const space = line.indexOf(" ");
        return [line.slice(0, space), line.slice(space + 1)];
      }),
  );
  return {
    status: ran.status,
    stderr: ran.stderr.replace(/^\(node:.*\n(?:\(Use .*\n)?/gm, ""),
    refused: lines.filter(isRefusal),
    results,
  };
}

let usual: Results = {};
beforeAll(async () => {
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "training.js"), training);
  writeFileSync(join(folder, "main.js"), inNode);
  writeFileSync(join(folder, "page.js"), inPage);
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><script type="module" src="page.js"></script>',
  );
  mkdirSync(join(folder, "wrapped"));
  for (const name of names) {
    const { module } = await trainable(build(name));
    starts.set(name, module.create({ seed: 5 }).params);
  }
  const files: object[] = [];
  for (const { name, form, target } of written) {
    const file = fileOf(name, form, target);
    const { text, ...given } = await compile(name, form, target);
    writeFileSync(join(folder, file), text);
    if (targets[target] === "require")
      writeFileSync(
        join(folder, "wrapped", file),
        `(() => {\nconst module = { exports: {} };\n${text}\nglobalThis.required = module.exports;\n})();\n`,
      );
    files.push({ file, how: targets[target], ...given });
  }
  writeFileSync(join(folder, "files.json"), JSON.stringify(files));
  const { results, ...rest } = await resultsOf();
  expect(rest).toEqual({ status: 0, stderr: "", refused: [] });
  usual = results;
}, 240_000);

it("every target gives the bits of the TypeScript, minified or not", () => {
  expect(Object.keys(usual)).toHaveLength(written.length);
  for (const { name, form, target } of written) {
    const truth = fileOf(name, form === "minified" ? "plain" : form, "ts");
    const file = fileOf(name, form, target);
    expect(usual[file] === usual[truth], file).toBe(true);
  }
});

it("weights in base64 predict what literals do", () => {
  for (const name of names)
    expect(usual[fileOf(name, "packed", "ts")]).toBe(
      usual[fileOf(name, "frozen", "ts")],
    );
});

describe("in Node, every target gives the same bits", () => {
  const noText = "--disallow-code-generation-from-strings";
  const frozen = "--frozen-intrinsics";
  const refusals = {
    [noText]: "refused code of text EvalError",
    [frozen]: "refused changed intrinsics TypeError",
  };

  it.each([[[noText]], [[frozen]], [[noText, frozen]]] as const)(
    "with %j",
    async (flags) => {
      expect(await resultsOf(...flags)).toEqual({
        status: 0,
        stderr: "",
        refused: flags.map((flag) => refusals[flag]),
        results: usual,
      });
    },
    240_000,
  );
});

it.skipIf(chromium() === undefined)(
  "in Chromium under script-src 'self', every target gives the same bits, wasm those of its JavaScript",
  async () => {
    const wasm = fileOf("iris", "plain", "wasm");
    const { text, indices } = await compile("iris", "plain", "wasm");
    writeFileSync(join(folder, wasm), text);
    const site = await serveSite(filesBelow(folder));
    const signal = AbortSignal.timeout(200_000);
    const browser = startBrowser(chromium() ?? "", signal);
    try {
      const page = await browser.open(site.url);
      expect(await page.evaluate("results")).toEqual(usual);
      expect(page.complaints).toEqual([]);
      expect(
        await page.evaluate(
          `Promise.all([import("./training.js"), import("./${wasm}")]).then(([{ trained }, net]) => trained(net, ${JSON.stringify(indices)}))`,
        ),
      ).toBe(usual[fileOf("iris", "plain", "ts")]);
    } finally {
      await browser.close();
      site.close();
    }
  },
  240_000,
);
