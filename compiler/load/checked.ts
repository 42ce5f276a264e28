/** A type checker's message in the user's words. */
import { readFileSync } from "node:fs";
import { isOfOperator } from "../../dsl/context.js";
import { codeOf } from "../../dsl/shape/messages.js";
import { remedies } from "../../dsl/shape/remedies.js";
import {
  missingPart,
  modelParts,
  notRecord,
  unknownField,
} from "../../dsl/shape/model.js";
import type { Problem } from "../diagnostics.js";
import { isForeign } from "./thrown.js";

/** What a type checker says, as it says it. */
export interface RawCheck {
  /** An absolute path. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code: string;
  /** The message, then what it elaborates. */
  readonly lines: readonly string[];
}

/**
 * A sentence of gradc's catalogue is the type of the parameter that refuses the
 * argument; it is lifted out and takes its own code. Other messages keep
 * TypeScript's words and code.
 */
export function explainChecks(found: readonly RawCheck[]): Problem[] {
  const seen = new Set<string>();
  return found
    .map((check) => explainCheck(check))
    .filter(({ file, line, column, message }) => {
      const key = JSON.stringify([file, line, column, message]);
      return !seen.has(key) && seen.add(key);
    });
}

function explainCheck({ lines, code, ...place }: RawCheck): Problem {
  const text = lines.join(" ");
  const sentence = lift(text) ?? ofModel(text) ?? ofRecord(text, place);
  const endColumn = endOf(place);
  return {
    ...(sentence ?? { code, message: summary(lines) }),
    ...place,
    ...(endColumn !== undefined && { endColumn }),
    ...(/Cannot find module 'gradc'/.test(text) && {
      remedy: "npm install --save-dev gradc",
    }),
  };
}

/** A sentence of the catalogue, as it is said. */
interface Sentence {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Our sentence from `... parameter of type '"linear: expects ..."'.`, or of `Stepped<"scan: a step returns ...", Shape>`. */
function lift(text: string): Sentence | undefined {
  for (const [, quoted = ""] of text.matchAll(
    /['<]"((?:[^"\\]|\\.)+)"[',>]/g,
  )) {
    const message = unquote(quoted);
    const code = codeOf(message);
    if (code === undefined) continue;
    return { code, message, remedy: remedies[code] };
  }
  return undefined;
}

/**
 * The sentence for a model without one of its parts, or with what is none. It
 * has no place in the types: what stands for a missing property ends an
 * editor's completions.
 */
function ofModel(text: string): Sentence | undefined {
  if (!/'\{ readonly inputs: .* readonly optimizer: /.test(text))
    return undefined;
  const field =
    /Object literal may only specify known properties,.* '(\w+)' does not exist/.exec(
      text,
    )?.[1];
  if (field !== undefined) {
    const { code, message, remedy } = unknownField(field);
    return { code, message, remedy };
  }
  const names =
    /Property '(\w+)' is missing in type/.exec(text)?.[1] ??
    /is missing the following properties from type .*: ([\w, ]+)$/.exec(
      text,
    )?.[1];
  const found = names?.split(", ") ?? [];
  const part = modelParts.find((name) => found.includes(name));
  if (part === undefined) return undefined;
  const { code, message, remedy } = missingPart(part);
  return { code, message, remedy };
}

/** The sentence for inputs or outputs that are a list or a tensor, in the words of the run. */
function ofRecord(
  text: string,
  { file, line, column }: Pick<RawCheck, "file" | "line" | "column">,
): Sentence | undefined {
  const type =
    /^Type '(.*?)' is not assignable to type 'Readonly<Record<string, AnyTensor>>'/.exec(
      text,
    )?.[1];
  if (type === undefined || file === undefined || line === undefined)
    return undefined;
  const what = /\]$/.test(type)
    ? "an array"
    : /^(?:Index)?Tensor</.test(type)
      ? "a tensor"
      : undefined;
  const field = /^\w+/.exec(lineOf(file, line)?.slice((column ?? 1) - 1) ?? "");
  const error = what && field && notRecord(field[0], what);
  if (error === undefined || error === null) return undefined;
  const { code, message, remedy } = error;
  return { code, message, remedy };
}

function unquote(text: string): string {
  try {
    const parsed: unknown = JSON.parse(`"${text}"`);
    return typeof parsed === "string" ? parsed : text;
  } catch {
    return text;
  }
}

/** The first line, and the innermost reason when there is one. */
function summary(lines: readonly string[]): string {
  const [first = "", ...reasons] = lines.map((line) => line.trim());
  const reason = reasons.at(-1);
  return reason === undefined
    ? first
    : `${first.replace(/\.$/, "")}: ${reason}`;
}

/** The column after the expression that starts at a place, on its line. */
function endOf({
  file,
  line,
  column,
}: Pick<RawCheck, "file" | "line" | "column">): number | undefined {
  if (file === undefined || line === undefined || column === undefined)
    return undefined;
  const text = lineOf(file, line);
  if (text === undefined) return undefined;
  let depth = 0;
  let end = column - 1;
  for (; end < text.length; end++) {
    const character = text.charAt(end);
    if (depth === 0 && /[,:;)\]}]/.test(character)) break;
    if (/[([{]/.test(character)) depth += 1;
    if (/[)\]}]/.test(character)) depth -= 1;
    if (/["'`]/.test(character)) {
      const close = text.indexOf(character, end + 1);
      if (close === -1) break;
      end = close;
    } else if (depth === 0 && /\s/.test(character)) break;
  }
  return end > column - 1 ? end + 1 : undefined;
}

function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, "utf8").split("\n")[line - 1];
  } catch {
    return undefined;
  }
}

/**
 * What is wrong, in order of the text, where the model's run stopped at a mistake: a run stops at the first one, the
 * checker also says of shapes further down what follows from it. The checker knows the place of the argument, the language
 * the words: what the checker says in its own of the line where the run stopped is the same mistake.
 */
export function withoutConsequences(
  checks: readonly Problem[],
  stop: Problem,
): readonly Problem[] {
  const isBefore = (check: Problem): boolean =>
    check.file !== stop.file || (check.line ?? 0) < (stop.line ?? 0);
  const isOwn = (check: Problem): boolean => check.code.startsWith("GC");
  const before = checks.filter(isBefore);
  const after = checks.filter((check) => !isBefore(check));
  const first = after.find((check) => check.message === stop.message);
  const others = after.filter(
    (check) =>
      check !== first &&
      !isOwn(check) &&
      !(isOfOperator(stop.code) && ofOperator.test(check.message)),
  );
  if (first !== undefined) return [...before, first, ...others];
  const there = others.filter(
    (check) =>
      check.line === stop.line && (check.column ?? 0) >= (stop.column ?? 0),
  );
  const [same] = there;
  if (same === undefined) return [...before, stop, ...others];
  // A text of JavaScript's own says less than the checker's.
  if (isForeign(stop)) return [...before, ...others];
  const { line, column, endColumn } = same;
  const place = {
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(endColumn !== undefined && { endColumn }),
  };
  return [
    ...before,
    { ...stop, ...place },
    ...others.filter((check) => !there.includes(check)),
  ];
}

/** An operator of JavaScript made a number or a text of tensors: whatever takes it then is no mistake of its own. */
const ofOperator =
  /'(?:number|string|boolean)' is not assignable to .*'(?:AnyTensor|(?:Index)?Tensor<.*>)'/;
