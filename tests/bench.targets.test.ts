/** The benchmark's table of targets, of times that are made up. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { cContestants } from "../bench/c/contestants.js";
import type { Raced } from "../bench/measure/measure.js";
import type { Result } from "../bench/measure/race.js";
import { targetTable } from "../bench/report/targets.js";
import { workloads, type Task } from "../bench/workloads/table.js";

/** A time in ns, or why there is none, by contestant and type. */
type Times = Readonly<Record<string, number | string>>;

function raced(id: string, task: Task, times: Times): Raced {
  const workload = workloads.find((w) => w.id === id);
  if (workload === undefined) throw new Error(`no ${id}`);
  const results = Object.entries(times).map(([name, time]): Result => {
    const [, contestant = "", element] = /^(.*) (f32|f64)$/.exec(name) ?? [];
    return {
      workload: id,
      task,
      contestant,
      element: element === "f32" ? "f32" : "f64",
      runtime: "",
      ...(typeof time === "string"
        ? { absent: time }
        : { time: { median: time, min: time, max: time, samples: 1 } }),
    };
  });
  return { workload, results };
}

/** Rows by their first three entries, as the rest of them. */
const rowsOf = (...measured: readonly Raced[]) =>
  Object.fromEntries(
    targetTable(measured).rows.map((row) => [
      row.slice(0, 3).join(", "),
      row.slice(3),
    ]),
  );

const forward = { kind: "forward", batch: 1 } as const;
const step = { kind: "step", batch: 1 } as const;

describe("targets of the benchmark", () => {
  test("have as many entries as columns, and one for C as wide", () => {
    const { columns, rows } = targetTable(
      ["W1", "W6-MLP"].map((id) =>
        raced(id, step, { "gradc wasm f32": 1, "C gcc f32": 1 }),
      ),
    );
    expect(columns[5]).toBe("to C as wide");
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  test("are missed for the width of vectors alone where C of 128 bits is as slow", () => {
    const row = rowsOf(
      raced("W6-GRU", forward, {
        "gradc wasm f32": 1200,
        "C gcc f32": 600,
        "C gcc, 128 bits f32": 1000,
        "C gcc, 128 bits f64": 10,
      }),
    )["W6-GRU forward, wasm f32, C gcc f32"];
    expect(row).toEqual([
      "<= 1.40x",
      "2.00x",
      "1.20x (128 bits)",
      "missed: 1.43x too slow",
      "width: met beside C with vectors of 128 bits",
    ]);
  });

  test("say how far the width of vectors goes where it is a part", () => {
    const row = rowsOf(
      raced("W6-GRU", forward, {
        "gradc wasm f32": 1200,
        "C gcc f32": 400,
        "C gcc, 128 bits f32": 600,
      }),
    )["W6-GRU forward, wasm f32, C gcc f32"];
    expect(row?.slice(1, 4)).toEqual([
      "3.00x",
      "2.00x (128 bits)",
      "missed: 2.14x too slow",
    ]);
    expect(row?.[4]).toMatch(
      /^width: C of gcc takes 1\.50x as long with vectors of 128 bits(; |$)/,
    );
  });

  test("do not call width what another compiler or a library gains", () => {
    const times = { "C gcc f32": 400, "C gcc, 128 bits f32": 400 };
    const batch = { kind: "forward", batch: 32 } as const;
    const gemm = rowsOf(
      raced("gemm", batch, {
        ...times,
        "gradc wasm f32": 200,
        "C OpenBLAS f32": 100,
      }),
    )["gemm forward, batch 32, wasm f32, C OpenBLAS f32"];
    expect(gemm?.slice(1, 4)).toEqual([
      "2.00x",
      "0.50x (128 bits)",
      "missed: 1.20x too slow",
    ]);
    expect(gemm?.[4]).not.toMatch(/width/);
    const gru = rowsOf(
      raced("W6-GRU", forward, {
        "C gcc f32": 300,
        "C gcc, 128 bits f32": 400,
        "gradc wasm f32": 420,
        "C clang f32": 100,
      }),
    )["W6-GRU forward, wasm f32, C clang f32"];
    expect(gru?.[4]).toMatch(/^width: C of gcc takes 1\.33x as long/);
  });

  test("say nothing of width where C gains nothing by it", () => {
    const row = rowsOf(
      raced("W1", step, {
        "gradc wasm f32": 200,
        "C gcc f32": 102,
        "C gcc, 128 bits f32": 100,
      }),
    )["W1 step, wasm f32, C gcc, 128 bits f32"];
    expect(row?.slice(0, 3)).toEqual(["<= 1.00x", "2.00x", "2.00x (128 bits)"]);
    expect(row?.[4]).not.toMatch(/width|128/);
  });

  test("compare JavaScript with C that has no vectors", () => {
    const row = rowsOf(
      raced("W2", step, {
        "gradc f64": 500,
        "C gcc f64": 100,
        "C gcc, no vectors f64": 300,
        "C gcc, no vectors f32": 1,
      }),
    )["W2 step, javascript f64, C gcc f64"];
    expect(row).toEqual([
      "<= 2.00x",
      "5.00x",
      "1.67x (no vectors)",
      "missed: 2.50x too slow",
      "width: met beside C without vectors",
    ]);
  });

  test("name why there is no C as wide", () => {
    const why = "gcc has no -mprefer-vector-width=128 here";
    const rows = (times: Times) =>
      rowsOf(
        raced("W6-GRU", forward, {
          "gradc wasm f32": 1200,
          "C gcc f32": 600,
          ...times,
        }),
      )["W6-GRU forward, wasm f32, C gcc f32"]?.[2];
    expect(rows({ "C gcc, 128 bits f32": why })).toBe(`not measured: ${why}`);
    expect(rows({})).toBe("not measured: C gcc, 128 bits did not take part");
  });

  test("beside libraries say where C as wide misses them too", () => {
    const reason = (narrow: number) =>
      rowsOf(
        raced("W6-GRU", forward, {
          "gradc wasm f32": 1200,
          "C gcc, 128 bits f32": narrow,
          "onnxruntime-node f32": 25_000,
        }),
      )["W6-GRU forward, wasm f32, onnxruntime-node f32"]?.slice(2);
    const missed = ["-", "missed: 1.20x too slow"];
    expect(reason(1001)?.slice(0, 2)).toEqual(missed);
    expect(reason(1001)?.[2]).toMatch(
      /^C with vectors of 128 bits misses it too/,
    );
    expect(reason(999)?.[2]).not.toMatch(/128/);
  });

  test("of other sizes are compared at equal width too", () => {
    const row = rowsOf(
      raced("W1", step, {
        "gradc wasm f32": 100,
        "C gcc f32": 50,
        "C gcc, 128 bits f32": 100,
      }),
      raced("other-W1", step, {
        "gradc wasm f32": 300,
        "C gcc f32": 100,
        "C gcc, 128 bits f32": 250,
      }),
    )["other-W1 step, wasm f32, C, less W1"];
    expect(row).toEqual([
      "<= 2.60x",
      "3.00x",
      "1.20x (128 bits)",
      "missed: 1.15x too slow",
      "width: met beside C with vectors of 128 bits",
    ]);
  });
});

describe.skipIf(process.platform === "win32")("programs of C", () => {
  const { PATH } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "gradc-bench-"));
  afterEach(() => {
    process.env["PATH"] = PATH;
    rmSync(folder, { recursive: true, force: true });
  });

  test("are absent by name where the compiler has no such option", () => {
    const gcc = join(folder, "gcc");
    writeFileSync(
      gcc,
      `#!/bin/sh
case "$*" in
  *-mprefer-vector-width=128*)
    echo "gcc: error: unrecognized command-line option '-mprefer-vector-width=128'" >&2
    exit 1 ;;
esac
`,
    );
    chmodSync(gcc, 0o755);
    process.env["PATH"] = `${folder}${delimiter}${PATH ?? ""}`;
    const [workload] = workloads;
    if (workload === undefined) throw new Error("no workloads");
    const files = { parameters: "", input: "", target: "" };
    const absent = Object.fromEntries(
      cContestants()
        .filter(({ name }) => name.startsWith("C gcc"))
        .map((contestant) => {
          const { name, element } = contestant;
          const prepared = contestant.prepare({ folder, workload, files });
          return [
            `${name} ${element}`,
            "absent" in prepared ? prepared.absent : "",
          ];
        }),
    );
    const why = "gcc has no -mprefer-vector-width=128 here";
    expect(absent).toEqual({
      "C gcc f64": "",
      "C gcc f32": "",
      "C gcc, 128 bits f64": why,
      "C gcc, 128 bits f32": why,
      "C gcc, no vectors f64": "",
      "C gcc, no vectors f32": "",
    });
  });
});
