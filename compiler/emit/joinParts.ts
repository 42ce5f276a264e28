/** Layers that take so little that a function for each is not worth it. */
import { preferredBytes } from "../kernels/cost.js";
import { isBrief } from "../kernels/group.js";
import { freeName } from "../load/identifiers.js";
import type { Body } from "./body.js";
import type { Statement as Line } from "./code.js";
import { namesIn } from "./declared.js";
import type { Names } from "./names.js";
import { objectsOf } from "./objects.js";
import type { Part } from "./parts.js";
import { renamed } from "./rename.js";

export interface JoinOptions {
  /** Names that functions are called unlike. */
  readonly names: Names;
  /** Constants, variables and arrays that one function may have. */
  readonly mostNames: number;
}

/**
 * Bodies of fewer functions. Parts that run one after the other in each body that has one of them are joined; what a
 * single body has stands in its own function. Only where a call for one example runs through so little that V8 would
 * optimise no part sooner than the whole.
 */
export function joinParts(
  bodies: readonly Body[],
  { names, mostNames }: JoinOptions,
): Body[] {
  const brief = bodies.filter((b) => isShort(b, mostNames));
  const users = usersOf(brief);
  const usedBy = (part: Part): readonly Body[] => users.get(part) ?? [];
  const nextOf = (part: Part, { parts }: Body): Part | undefined =>
    parts[parts.indexOf(part) + 1];
  const areLinked = (a: Part, b: Part): boolean =>
    usedBy(a).length === usedBy(b).length &&
    [a, b].every(
      (part) => new Set(usedBy(part)).size === usedBy(part).length,
    ) &&
    usedBy(a).every((body) => nextOf(a, body) === b);
  const shared = new Map<Part, Part>();
  return bodies.map((body) => {
    if (!brief.includes(body)) return body;
    const around = {
      taken: new Set<string>(),
      outer: new Set<string>(),
      given: givenTo(body.parts.map((p) => p.lines)),
    };
    const parts = runsOf(body.parts, areLinked).map((run): Part => {
      const [first] = run as [Part];
      if (usedBy(first).length === 1)
        return { ...together(run, first.name, around), inline: true };
      const made =
        shared.get(first) ??
        (run.length === 1 ? first : together(run, names.fresh(nameOf(run))));
      shared.set(first, made);
      return made;
    });
    return { ...body, parts };
  });
}

/** Whether all that a body does has room in one function, and leaves V8's interpreter as one. */
function isShort({ parts }: Body, mostNames: number): boolean {
  const sum = (of: (part: Part) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const ids = new Set(parts.flatMap(({ lines }) => [...namesOf(lines)]));
  return (
    parts.length > 1 &&
    isBrief(sum((p) => p.executed)) &&
    sum((p) => p.bytes) <= preferredBytes &&
    ids.size <= mostNames
  );
}

/** The bodies that run a part, one as often as it does so. */
function usersOf(bodies: readonly Body[]): ReadonlyMap<Part, readonly Body[]> {
  const users = new Map<Part, Body[]>();
  for (const body of bodies)
    for (const part of body.parts) {
      const own = users.get(part);
      if (own === undefined) users.set(part, [body]);
      else own.push(body);
    }
  return users;
}

/** Parts in order, as lists of those of which each is linked with the next. */
function runsOf(
  parts: readonly Part[],
  areLinked: (a: Part, b: Part) => boolean,
): Part[][] {
  const runs: Part[][] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    const end = last?.at(-1);
    if (last !== undefined && end !== undefined && areLinked(end, part))
      last.push(part);
    else runs.push([part]);
  }
  return runs;
}

/** The names in a function that parts are joined in. */
interface Around {
  /** Those that it declares so far. */
  readonly taken: Set<string>;
  /** Its constants and variables so far, but for those in blocks. */
  readonly outer: Set<string>;
  /** Arrays and functions that some part of it refers to. */
  readonly given: ReadonlySet<string>;
}

const givenTo = (all: readonly (readonly Line[])[]): Set<string> =>
  new Set(all.flatMap((lines) => [...objectsOf(lines)]));

/** Parts as one, each under its heading: what one declares is called unlike what another declares or is given. */
function together(
  run: readonly Part[],
  name: string,
  { taken, outer, given }: Around = {
    taken: new Set(),
    outer: new Set(),
    given: givenTo(run.map((part) => part.lines)),
  },
): Part {
  const all = new Set([...taken, ...given]);
  for (const { lines } of run) for (const id of namesIn(lines)) all.add(id);
  const lines = run.flatMap((part): Line[] => {
    const own = new Set(
      part.lines.flatMap((l) => (l.kind === "declare" ? [l.name] : [])),
    );
    // No name of a block hides one that is known around it.
    const clashes = namesIn(part.lines).filter(
      (id) => given.has(id) || outer.has(id) || (own.has(id) && taken.has(id)),
    );
    const names = new Map<string, string>();
    for (const id of clashes) {
      const free = freeName(id, (other) => all.has(other));
      all.add(free);
      names.set(id, free);
    }
    const now = renamed(part.lines, names);
    for (const id of own) outer.add(names.get(id) ?? id);
    for (const id of namesIn(now)) taken.add(id);
    return [
      { kind: "blank" },
      { kind: "comment", text: headingOf(part) },
      ...now,
    ];
  });
  return {
    name,
    doc: docOf(run),
    lines,
    kernels: run.flatMap((part) => part.kernels),
    bytes: run.reduce((sum, part) => sum + part.bytes, 0),
    executed: run.reduce((sum, part) => sum + part.executed, 0),
  };
}

/** What lines declare and what they refer to. */
const namesOf = (lines: readonly Line[]): Set<string> =>
  new Set([...namesIn(lines), ...objectsOf(lines)]);

const headingOf = ({ doc }: Part): string => doc.replace(/\.$/, "");

/** `forwardHiddenToLogit` */
function nameOf(run: readonly Part[]): string {
  const [first, last] = [run.at(0)?.name ?? "", run.at(-1)?.name ?? ""];
  return `${first}To${last.replace(/^(?:forward|backward|update)/, "")}`;
}

/** `Forward: hidden, tanh.` of `Forward: hidden.` and `Forward: tanh.` */
function docOf(run: readonly Part[]): string {
  const words = run.map(({ doc }) => /^(\w+): ([^]*)\.$/.exec(doc));
  const [phase] = words.map((match) => match?.[1]);
  return words.every((match) => match?.[1] === phase && phase !== undefined)
    ? `${phase ?? ""}: ${[...new Set(words.map((match) => match?.[2] ?? ""))].join(", ")}.`
    : run.map(({ doc }) => doc).join(" ");
}
