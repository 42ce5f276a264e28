/** By what modules, and what they save, are known. */
import { createHash } from "node:crypto";
import type { Derived } from "./emit/fields.js";

/** The first 8 hexadecimal digits of a text's SHA-256. */
export const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 8);

/**
 * By what load() knows bytes that save() wrote: names and shapes of the parameters and of what the optimizer keeps. Models
 * over the same ones take each other's weights, such as a network over a sequence and the same over one step.
 */
export const savedId = ({ model, programs }: Derived): number => {
  const text = JSON.stringify([
    model.params.map((p) => [p.op.name, p.shape, p.op.trainable !== false]),
    programs.states.map((s) => [s.name, s.size]),
  ]);
  return parseInt(shortHash(text), 16);
};
