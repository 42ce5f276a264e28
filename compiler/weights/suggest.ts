import type { Match } from "./match.js";
import type { Rule } from "./rename.js";

/** A layer: what its parameters' names start with, and their own names and shapes as one text. */
interface Layer {
  readonly prefix: string;
  readonly contents: string;
}

/**
 * Rules that would give all missing parameters the entries that are left over: layers of the same parameters and shapes, each in
 * its order. None where some parameter would still lack one.
 */
export function suggestedRules(
  missing: readonly Match[],
  unexpected: readonly Match[],
): readonly Rule[] {
  const left = layersOf(
    unexpected.map(({ entry }) => [entry?.name ?? "", entry?.shape ?? []]),
  );
  const rules = layersOf(
    missing.map(({ name, param }) => [name, param?.shape ?? []]),
  ).map(({ prefix, contents }) => {
    const at = left.findIndex((layer) => layer.contents === contents);
    const [layer] = at < 0 ? [] : left.splice(at, 1);
    return layer === undefined ? undefined : { from: layer.prefix, to: prefix };
  });
  const known = rules.filter((rule) => rule !== undefined);
  return known.length === rules.length ? known : [];
}

function layersOf(
  tensors: readonly (readonly [name: string, shape: readonly number[]])[],
): Layer[] {
  const layers = new Map<string, string[]>();
  for (const [name, shape] of tensors) {
    const dot = name.lastIndexOf(".");
    const prefix = dot < 0 ? name : name.slice(0, dot);
    const own = dot < 0 ? "" : name.slice(dot + 1);
    const contents = layers.get(prefix) ?? [];
    contents.push(`${own} ${JSON.stringify(shape)}`);
    layers.set(prefix, contents);
  }
  return [...layers].map(([prefix, contents]) => ({
    prefix,
    contents: contents.sort().join("\n"),
  }));
}
