import { bytesText, countText } from "../command/quantities.js";
import { aligned } from "./aligned.js";
import type { Report } from "./report.js";

/** A report as text: a line for each kernel, under its function. */
export function reportText({ examples, methods, memory }: Report): string {
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
  return [...tables, memoryText(memory)].join("\n\n");
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
