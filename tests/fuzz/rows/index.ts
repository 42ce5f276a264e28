/** The table of operators. */
import type { Operator } from "../operator.js";
import { arrangements } from "./arrangement.js";
import { attentions } from "./attention.js";
import { binaries } from "./binary.js";
import { chances } from "./chance.js";
import { classifications } from "./classification.js";
import { convolutions } from "./convolution.js";
import { customs } from "./custom.js";
import { elementwise } from "./elementwise.js";
import { lookups } from "./lookup.js";
import { loops } from "./loops.js";
import { losses } from "./losses.js";
import { matrices } from "./matrix.js";
import { movements } from "./movement.js";
import { normalizations } from "./normalization.js";
import { poolings } from "./pooling.js";
import { recurrents } from "./recurrent.js";
import { reductions } from "./reduce.js";
import { resamplings } from "./resampling.js";
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
  ...convolutions,
  ...poolings,
  ...resamplings,
  ...normalizations,
  ...chances,
  ...attentions,
  ...recurrents,
  ...loops,
  ...customs,
  ...losses,
  ...classifications,
];

const byName = new Map(operators.map((o) => [o.name, o]));

export function operatorOf(name: string): Operator {
  const found = byName.get(name);
  if (found === undefined) throw new Error(`no row for ${name}`);
  return found;
}
