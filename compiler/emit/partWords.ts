/** What a part of a function of the handle is called, and what is said of it. */
import type { Node } from "../../dsl/graph.js";
import type { Group } from "../kernels/group.js";
import type { Statement } from "../kernels/ir.js";
import { camelCase } from "../load/identifiers.js";
import type { Names } from "./names.js";
import { sectionHeading, type Sections } from "./sections.js";

const capital = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const statementsOf = ({ list }: Group): Statement[] =>
  list.flatMap((k) => [...k.statements]);

const hasLoss = (group: Group): boolean =>
  statementsOf(group).some((s) => s.targets.some((t) => t.space === "loss"));

/** `forwardHidden`: what is done, and for which layer; what belongs to no layer by what comes of it. */
export function partName(group: Group, names: Names, prefix: string): string {
  const { place } = group;
  const word = place === undefined ? "" : titleWord(place, names);
  if (word !== "") return `${place?.phase ?? ""}${word}`;
  if (place?.phase !== "forward") return prefix;
  if (hasLoss(group)) return `${prefix}Loss`;
  return `${prefix}${capital(resultOf(group, names))}`;
}

/** What the functions of several layers are called: after the first one and the last one. */
export function layersName(
  statements: readonly Statement[],
  names: Names,
  prefix: string,
): string {
  const words = [
    ...new Set(statements.map((s) => titleWord(s.value.place, names))),
  ].filter((word) => word !== "");
  const [first] = words;
  if (first === undefined) return prefix;
  const phase = statements[0]?.value.place.phase ?? "";
  const last = words.at(-1) ?? first;
  return `${phase}${first}${last === first ? "" : `To${last}`}`;
}

/** What such a function does. */
export function layersDoc(
  statements: readonly Statement[],
  sections: Sections,
): string {
  const phase = statements[0]?.value.place.phase ?? "";
  const text = sectionHeading(phase, sections.title(...statements), true);
  return `${text === "" ? capital(phase) : text}.`;
}

const titleWord = ({ call }: Node["place"], names: Names): string =>
  capital(
    camelCase(
      names
        .title(call)
        .replace(/[^A-Za-z0-9_$.]+(.?)/g, (_, c: string) => c.toUpperCase()),
    ),
  );

/** What the function of a group does: the layers in it, or the whole of which it is a part. */
export function partDoc(
  group: Group,
  sections: Sections,
  names: Names,
  prefix: string,
): string {
  const phase = group.place?.phase ?? "";
  const title = sections.title(...statementsOf(group));
  const text = sectionHeading(phase, title, true);
  if (text !== "") return `${text}.`;
  if (hasLoss(group)) return "The mean loss of the examples.";
  return phase === "forward"
    ? `Forward: ${resultOf(group, names)}, which is part of no layer.`
    : `${capital(prefix)}.`;
}

/** The last value that is made. */
function resultOf(group: Group, names: Names): string {
  const last = statementsOf(group).at(-1);
  return last === undefined ? "" : names.proposal(last.value);
}
