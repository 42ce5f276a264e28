/** Calls found by the stacks of a running model, and their names. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "./cliHarness.js";
import { probed } from "./probeHarness.js";

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.mjs")]);
}, 60_000);

/** Each call names itself: `probe(expected)`, `probe(expected, caller's)`. */
const model = `
import { probe, made, type Probe } from "probe";
interface Unused { readonly a: number }
enum Size { Small, Large }

export const hidden: Probe = probe("hidden");
const net = { a: probe("net.a"), b: made.deep
  .again("net.b"), c: { d: probe<Probe>("net.c.d") } };
const layers = [probe("layers.0"), made.probe("layers.1")] as const;
const text = "\u{1f600}", after = probe("after");
	const tab = probe("tab"), größe = probe("größe");
const [q, [k]] = [probe("q"), [probe("k")]];
const kept = probe("kept")!, cast = (probe)("cast"), maybe = probe?.("maybe");
const curried = made.curry("curried")("curried");
const called = layers[0].call("called"), byKey = made["probe"]("byKey");
const instance = new made.Probe("instance");
const awaited = await made.later("awaited");
const inner = made.probe("inner", probe("probe"));
function block(name: string, caller: string): Probe {
  const own = probe("own", caller);
  return probe("probe", caller);
}
const outer = block("x", "outer");
const many = [1, 2].map(() => probe("probe", "many"));
const list = [(x: Probe) => x];
const element = list[0](probe("probe"));
void [net, layers, text, after, tab, größe, q, k, kept, cast, maybe, curried];
void [called, byKey, instance, awaited, inner, outer, many, element];
void Size.Large;
`;

const functions = `
import { probe, type Probe } from "probe";
function block(name: string): Probe {
  const inner = probe(name + ".inner");
  return probe(name);
}
const first = block("first");
const net = { second: block("net.second") };
const layers = [0, 1, 2].map((n) => {
  const a = probe("layers." + String(n) + ".a");
  return probe("layers." + String(n));
});
class Net { w = probe("net2.w"); }
const net2 = new Net();
let h = probe("h");
for (const _ of layers) h = probe("h");
export const made = [probe("made.0"), block("made.1")];
probe();
void [first, net, net2, h];
`;

describe("a running model", () => {
  test("every call is found at the place that its stack shows", () => {
    const seen = probed(model);
    expect(seen.length).toBeGreaterThan(25);
    const calls = seen.map(({ expected, calls }) =>
      calls.slice(0, expected.length),
    );
    expect(calls).toEqual(seen.map(({ expected }) => expected));
  });

  test("siteFinder() names calls by the user's own functions around them", () => {
    const seen = probed(functions);
    expect(seen.map(({ name }) => name)).toEqual(
      seen.map(({ expected }) => expected[0]),
    );
  });
});
