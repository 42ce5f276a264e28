import type { Model } from "../dsl/model.js";
import { nameModel, type FindSite } from "./load/name.js";

export interface ExplainOptions {
  readonly sourceName: string;
  readonly set: Readonly<Record<string, readonly number[]>>;
  readonly findSite: FindSite;
}

/** A page of formulas and numbers for one example. */
export function explainModel(model: Model, options: ExplainOptions): string {
  const named = nameModel(model, options.findSite);
  return `# ${options.sourceName}\n\n${String(named.params.length)} parameters\n`;
}
