/** The line that a successful compile ends with. */
import type { Uncompared } from "../check/example.js";
import { bytesText, countText, outputsText } from "./quantities.js";

/** What a person wants to know of a module before they read it. */
export interface Summary {
  readonly parameters: number;
  /** Those that are trained, where the model says which. */
  readonly trained?: number;
  /** Multiply-adds of one example: forward, backward. */
  readonly macs: number;
  readonly bytes: number;
  readonly gzip: number;
  /** Bytes that `create()` allocates. */
  readonly ram: number;
  /** Largest difference from central differences; absent with --no-verify, and where nothing was compared. */
  readonly worstGradientError?: number;
  /** Why nothing was compared; absent with --no-verify. */
  readonly uncompared?: Uncompared;
  /** Of a module that only predicts: how far outputs were from the trained network's, and on how many examples; absent with --no-verify. */
  readonly outputError?: number;
  readonly outputExamples?: number;
}

/** `generated/model.ts  8 parameters, 16 multiply-adds, 4.5 KB ...` */
export function successLine(
  path: string,
  summary: Summary,
  changed: boolean,
): string {
  const { parameters, trained, macs, bytes, gzip, ram } = summary;
  const part =
    trained === undefined ? "" : ` (${countText(trained)} of them trained)`;
  const facts = [
    ...(changed ? [] : ["unchanged"]),
    `${count(parameters, "parameter")}${part}`,
    count(macs, "multiply-add"),
    `${bytesText(bytes)} (${bytesText(gzip)} gzip)`,
    `${bytesText(ram)} RAM`,
    verified(summary),
  ];
  return `${path}  ${facts.join(", ")}`;
}

function verified(summary: Summary): string {
  const { worstGradientError, uncompared } = summary;
  if (uncompared !== undefined) return `verified, ${uncompared}`;
  if (worstGradientError !== undefined)
    return `gradients within ${worstGradientError.toExponential(1)} of central differences`;
  const { outputError, outputExamples = 1 } = summary;
  if (outputError === undefined) return "not verified";
  return outputError === 0
    ? "the bits of the trained network"
    : outputsText(outputError, outputExamples);
}

const count = (number: number, noun: string): string =>
  `${countText(number)} ${noun}${number === 1 ? "" : "s"}`;
