import { bytesText, countText } from "../command/quantities.js";
import { aligned } from "./aligned.js";
import type { Report } from "./report.js";
import type { Savings, TrainingCost } from "./savings.js";

/** A report as text: a line for each kernel, under its function. */
export function reportText(report: Report): string {
  const { examples, methods, memory, savings } = report;
  const isMeasured = methods.some(({ kernels }) =>
    kernels.some((k) => k.measuredMicroseconds !== undefined),
  );
  const head = [
    "",
    "form",
    "tile",
    "loops",
    "multiply-adds",
    "bytes",
    "estimated",
    ...(isMeasured ? ["measured"] : []),
  ];
  const of = examples === 1 ? "1 example" : `${String(examples)} examples`;
  const tables = methods.map(({ method, kernels }) => {
    const rows: string[][] = [[`${method}, ${of}`, ...head.slice(1)]];
    let current = "";
    for (const k of kernels) {
      if (k.function !== current) rows.push([k.function]);
      current = k.function;
      rows.push([
        `  ${shortened(k.makes)}`,
        k.form,
        k.tile.join(", "),
        loopsText(k.loops, k.sum),
        countText(k.multiplyAdds),
        sizeText(k.bytes),
        timeText(k.estimatedMicroseconds),
        ...(k.measuredMicroseconds === undefined
          ? []
          : [timeText(k.measuredMicroseconds)]),
      ]);
    }
    const sum = (of: (k: (typeof kernels)[number]) => number): number =>
      kernels.reduce((total, k) => total + of(k), 0);
    rows.push([
      "all",
      "",
      "",
      "",
      countText(sum((k) => k.multiplyAdds)),
      sizeText(sum((k) => k.bytes)),
      timeText(sum((k) => k.estimatedMicroseconds)),
      ...(isMeasured
        ? [timeText(sum((k) => k.measuredMicroseconds ?? 0))]
        : []),
    ]);
    return aligned(rows, (i) => i >= 4);
  });
  return [
    ...tables,
    memoryText(memory),
    ...(savings === undefined ? [] : [savingsText(savings, of)]),
  ].join("\n\n");
}

/** `n x 16, sum of 784` */
function loopsText(loops: readonly string[], sum: readonly string[]): string {
  const around = loops.join(" x ");
  if (sum.length === 0) return around;
  const over = `sum of ${sum.join(" x ")}`;
  return around === "" ? over : `${around}, ${over}`;
}

const most = 3;
const shortened = (names: readonly string[]): string =>
  names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")}, ${String(names.length - most)} more`;

const sizeText = (bytes: number): string =>
  bytes < 1000 ? `${String(bytes)} B` : bytesText(bytes);

/** Less is within the error of the clock. */
const leastTime = 0.05;

function timeText(microseconds: number): string {
  if (microseconds < leastTime) return `< ${String(leastTime)} us`;
  return microseconds < 1000
    ? `${microseconds.toPrecision(3)} us`
    : `${(microseconds / 1000).toPrecision(3)} ms`;
}

function memoryText({
  total,
  values,
  largestLiveSet,
}: Report["memory"]): string {
  const ratio = largestLiveSet === 0 ? 1 : values / largestLiveSet;
  return (
    `memory with room for one example: ${sizeText(total)}, of them ${sizeText(values)} for values;\n` +
    `the largest set of values needed at one time takes ${sizeText(largestLiveSet)} (${ratio.toFixed(2)} times that)`
  );
}

/** What is trained beside all that could be: a line for each kind of cost. */
function savingsText(
  { parameters, part, whole }: Savings,
  examples: string,
): string {
  const row = (
    what: string,
    text: (n: number) => string,
    of: (cost: TrainingCost) => number,
  ): string[] => {
    const saved = of(whole) === 0 ? 0 : 1 - of(part) / of(whole);
    return [
      what,
      text(of(whole)),
      text(of(part)),
      `${(100 * saved).toFixed(0)} %`,
    ];
  };
  const rows = [
    [`trained of ${countText(parameters)} parameters`, "all", "these", "saved"],
    row("parameters with a gradient", countText, (c) => c.trained),
    row(
      `multiply-adds of backward, ${examples}`,
      countText,
      (c) => c.multiplyAdds,
    ),
    row("gradients", sizeText, (c) => c.gradientBytes),
    row("optimizer's state", sizeText, (c) => c.stateBytes),
    row("values", sizeText, (c) => c.valueBytes),
    row("memory", sizeText, (c) => c.memoryBytes),
  ];
  return aligned(rows, (i) => i > 0);
}
