/** What a part of a function of the handle is called, and what is said of it. */
import type { Node } from "../../dsl/graph.js";
import type { Statement } from "../kernels/ir.js";
import { camelCase } from "../load/identifiers.js";
import type { Names } from "./names.js";
import { sectionHeading, type Sections } from "./sections.js";

/** What a part does, and the layer that it is named after. */
export interface PartStatements {
  readonly place: Node["place"] | undefined;
  readonly statements: readonly Statement[];
}

const capital = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const hasLoss = ({ statements }: PartStatements): boolean =>
  statements.some((s) => s.targets.some((t) => t.space === "loss"));

/** `forwardHidden`: what is done, and for which layer; what belongs to no layer by what comes of it. */
export function partName(
  part: PartStatements,
  names: Names,
  prefix: string,
): string {
  const { place } = part;
  const word = place === undefined ? "" : titleWord(place, names);
  if (word !== "") return `${place?.phase ?? ""}${word}`;
  if (place?.phase !== "forward") return prefix;
  if (hasLoss(part)) return `${prefix}Loss`;
  return `${prefix}${capital(resultOf(part, names))}`;
}

/** `forwardHiddenToLogits`: the functions of several layers are called after the first one and the last one. */
export function layersName(
  part: PartStatements,
  names: Names,
  prefix: string,
): string {
  const words = [
    ...new Set(part.statements.map((s) => titleWord(s.value.place, names))),
  ].filter((word) => word !== "");
  const [first] = words;
  const last = words.at(-1);
  if (first === undefined) return partName(part, names, prefix);
  const to = first === last ? "" : `To${last ?? ""}`;
  return `${part.place?.phase ?? ""}${first}${to}`;
}

/** What the function of a part does: the layers in it, or the whole of which it is a part. */
export function partDoc(
  part: PartStatements,
  sections: Sections,
  names: Names,
  prefix: string,
): string {
  const phase = part.place?.phase ?? "";
  const title = sections.title(...part.statements);
  const text = sectionHeading(phase, title, true);
  if (text !== "") return `${text}.`;
  if (hasLoss(part)) return "The mean loss of the examples.";
  return phase === "forward"
    ? `Forward: ${resultOf(part, names)}, which is part of no layer.`
    : `${capital(prefix)}.`;
}

/** The last value that is made. */
function resultOf({ statements }: PartStatements, names: Names): string {
  const last = statements.at(-1);
  return last === undefined ? "" : names.proposal(last.value);
}

const titleWord = ({ call }: Node["place"], names: Names): string =>
  capital(
    camelCase(
      names
        .title(call)
        .replace(/[^A-Za-z0-9_$.]+(.?)/g, (_, c: string) => c.toUpperCase()),
    ),
  );
