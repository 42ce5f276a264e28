/** The table of operators. */
import type { Operator } from "../operator.js";
import { arrangements } from "./arrangement.js";
import { binaries } from "./binary.js";
import { classifications } from "./classification.js";
import { elementwise } from "./elementwise.js";
import { lookups } from "./lookup.js";
import { losses } from "./losses.js";
import { matrices } from "./matrix.js";
import { movements } from "./movement.js";
import { normalizations } from "./normalization.js";
import { reductions } from "./reduce.js";
import { settings } from "./settings.js";

export const operators: readonly Operator[] = [
  ...elementwise,
  ...settings,
  ...binaries,
  ...reductions,
  ...movements,
  ...arrangements,
  ...lookups,
  ...matrices,
  ...normalizations,
  ...losses,
  ...classifications,
];

const byName = new Map(operators.map((o) => [o.name, o]));

export function operatorOf(name: string): Operator {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`no row for ${name}`);
  return found;
}
