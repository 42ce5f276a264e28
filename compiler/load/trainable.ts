/** Which parameters a model trains. */
import { CompileTimeError, ofModel } from "../../dsl/errors.js";
import { isLeaf, type Call, type Leaf, type Node } from "../../dsl/graph.js";
import type { Model } from "../../dsl/model.js";
import type { Trainable } from "../../dsl/shape/rules.js";
import { asNode } from "../../dsl/tensor.js";
import { isNamed } from "./pattern.js";

/** A parameter, and what it is called. */
export interface NamedLeaf {
  readonly op: Leaf;
  readonly name: string;
}

/**
 * The parameters that are trained: those that are not frozen and, where the model says which, among them.
 *
 * @throws ModelMistake for what means no parameter, or none that could be trained.
 */
export function trainedOf(
  { trainable, site }: Pick<Model, "trainable" | "site">,
  params: readonly NamedLeaf[],
): ReadonlySet<Leaf> {
  const free = params.filter(({ op }) => op.trainable !== false);
  if (trainable === undefined) return new Set(free.map(({ op }) => op));
  return ofModel(
    site,
    () => new Set(trainable.flatMap((meant) => membersOf(meant, params, free))),
  );
}

function membersOf(
  meant: Trainable,
  params: readonly NamedLeaf[],
  free: readonly NamedLeaf[],
): Leaf[] {
  const isMeant = memberTest(meant);
  const found = params.filter(isMeant);
  if (found.length === 0)
    throw new CompileTimeError(
      "GC1109",
      `model: trainable has ${textOf(meant)}, which is no parameter and no layer with parameters, expected one of ${shortList(free)}`,
      "name a parameter, a layer or a scope, or write * for any characters: *.bias",
    );
  const members = found.filter((p) => free.includes(p));
  if (members.length === 0)
    throw new CompileTimeError(
      "GC1119",
      `model: trainable has ${textOf(meant)}, and ${found.map((p) => p.name).join(", ")} ${found.length === 1 ? "is" : "are"} frozen, expected one of ${shortList(free)}`,
      "take out frozen: true; running statistics are never trained",
    );
  return members.map(({ op }) => op);
}

/** Whether a parameter is what is meant: by its name, by its value, or as a part of the layer that returned a value. */
function memberTest(meant: Trainable): (p: NamedLeaf) => boolean {
  if (typeof meant === "string") return ({ name }) => isNamed(name, meant);
  const node = asNode(meant);
  if (isLeaf(node)) return ({ op }) => op === node.op;
  const layer = layerOf(node);
  return ({ op }) => op.call !== undefined && op.call === layer;
}

/** The layer that returned a value. */
const layerOf = ({ place: { call } }: Node): Call | undefined =>
  call?.owner ?? call;

function textOf(meant: Trainable): string {
  if (typeof meant === "string") return JSON.stringify(meant);
  const node = asNode(meant);
  if (isLeaf(node)) return `${node.op.space} "${node.op.name}"`;
  const layer = layerOf(node);
  return layer === undefined ? "a tensor" : `what ${layer.callee}() returned`;
}

const most = 8;

function shortList(params: readonly NamedLeaf[]): string {
  const names = params.map((p) => p.name);
  return names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")} and ${String(names.length - most)} more`;
}
