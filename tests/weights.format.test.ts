/** The safetensors format: what is read, to the last bit, and what is refused, each with one sentence. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CompileError } from "../compiler/diagnostics.js";
import { faultOf } from "../compiler/weights/fault.js";
import {
  readSafetensors,
  safetensorsBytes,
  type Safetensors,
} from "../compiler/weights/safetensors.js";
import { sourceOf, withFile } from "../compiler/weights/source.js";
import { Random } from "./support/random.js";
import { fileOf, tensorText } from "./weights/file.js";

const fault = faultOf("/weights.safetensors");
const read = (bytes: Uint8Array): Safetensors =>
  readSafetensors(sourceOf(bytes), fault);

/** Code and sentence of what is refused. */
function refusal(use: () => unknown): string {
  try {
    use();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    expect(error.diagnostics).toHaveLength(1);
    return `${error.code} ${error.message}`;
  }
  return "nothing";
}

const firstValues = (bytes: Uint8Array): readonly number[] => {
  const file = read(bytes);
  const [entry] = file.entries;
  return entry === undefined ? [] : Array.from(file.values(entry));
};

describe("what is written is read again", () => {
  const tensors = [
    {
      name: "a.weight",
      shape: [2, 2],
      values: Float64Array.of(1, -0, 1 / 3, 5e-324),
    },
    { name: "__proto__", shape: [], values: Float64Array.of(Math.PI) },
    { name: "empty", shape: [0, 3], values: Float64Array.of() },
  ];
  const file = read(safetensorsBytes(tensors));

  test("names, shapes and bits", () => {
    expect(
      file.entries.map((entry) => ({
        name: entry.name,
        shape: entry.shape,
        values: file.values(entry),
      })),
    ).toEqual(tensors);
    expect([...file.metadata]).toEqual([
      ["format", "pt"],
      ["producer", "gradc"],
    ]);
  });

  test("its numbers lie at multiples of eight", () => {
    const bytes = safetensorsBytes(tensors);
    const length = new DataView(bytes.buffer).getBigUint64(0, true);
    expect(Number(length) % 8).toBe(0);
    expect(bytes.length).toBe(8 + Number(length) + 5 * 8);
  });
});

describe("dtypes are widened exactly", () => {
  const bits = (dtype: string, width: number, words: readonly number[]) => {
    const data = new Uint8Array(width * words.length);
    const view = new DataView(data.buffer);
    words.forEach((word, i) => {
      if (width === 2) view.setUint16(2 * i, word, true);
      else view.setUint32(4 * i, word, true);
    });
    return firstValues(
      fileOf(
        `{${tensorText("t", dtype, [words.length], 0, data.length)}}`,
        data,
      ),
    );
  };

  test("F16: zeros, subnormals, the largest, infinities and NaN", () => {
    const words = [
      ...[0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3555],
      ...[0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x7e01],
    ];
    expect(bits("F16", 2, words)).toEqual([
      ...[0, -0, 2 ** -24, -1023 * 2 ** -24, 2 ** -14, 0.333251953125],
      ...[1, -2, 65504, Infinity, -Infinity, NaN],
    ]);
  });

  test("BF16: the upper half of F32", () => {
    const words = [0x3f80, 0xc040, 0x0001, 0x8000, 0x7f80, 0x7fc0, 0x3eab];
    expect(bits("BF16", 2, words)).toEqual([
      ...[1, -3, 2 ** -133, -0, Infinity, NaN, 0.333984375],
    ]);
  });

  test("F32", () => {
    expect(bits("F32", 4, [0x3f800000, 0x3eaaaaab, 1])).toEqual([
      ...[1, Math.fround(1 / 3), 2 ** -149],
    ]);
  });

  test("tensors may lie anywhere, in any order", () => {
    // One byte first: what follows is aligned to nothing.
    const data = new Uint8Array(13);
    new DataView(data.buffer).setFloat64(1, 0.1, true);
    new DataView(data.buffer).setFloat32(9, 0.5, true);
    const header = [
      tensorText("c", "F32", [1], 9, 13),
      tensorText("b", "F64", [], 1, 9),
      tensorText("a", "BOOL", [1], 0, 1),
    ].join(",");
    const file = read(fileOf(`{${header}}   `, data));
    const values = file.entries.map((entry) => Array.from(file.values(entry)));
    expect(values).toEqual([[0.5], [0.1], []]);
  });
});

describe("what is no safetensors file is refused", () => {
  const eight = new Uint8Array(8);
  const t = (more = "") => tensorText("t", "F64", [1], 0, 8) + more;
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    [
      "nothing",
      new Uint8Array(),
      "GC1502 the file is no safetensors: it has 0 bytes, expected 8 with the length of its header and more",
    ],
    [
      "a header longer than the file",
      fileOf("{}", eight, 99n),
      "GC1502 the file is no safetensors, or cut off: its header is said to have 99 bytes, the file has 10 after its length",
    ],
    [
      "the longest length",
      fileOf("{}", eight, 2n ** 64n - 1n),
      "GC1502 the file is no safetensors, or cut off: its header is said to have 18446744073709551615 bytes, the file has 10 after its length",
    ],
    [
      "an empty header",
      fileOf("", new Uint8Array()),
      'GC1503 the header starts with "", expected "{"',
    ],
    [
      "space before the header",
      fileOf(" {}", new Uint8Array()),
      'GC1503 the header starts with " ", expected "{"',
    ],
    [
      "bytes that are no text",
      fileOf("", Uint8Array.of(0x7b, 0xff), 2n),
      "GC1503 the header is not UTF-8",
    ],
    [
      "a byte order mark",
      fileOf("\ufeff{}", new Uint8Array()),
      'GC1503 the header starts with "\ufeff", expected "{"',
    ],
    [
      "a header that ends",
      fileOf(`{${t()}`, eight),
      'GC1503 the header has its end at character 53, expected "}"',
    ],
    [
      "a name that ends",
      fileOf('{"t', eight),
      'GC1503 the header has "\\"" at character 1, expected a name',
    ],
    [
      "a wrong escape",
      fileOf('{"\\x":1}', eight),
      'GC1503 the header has "\\"" at character 1, expected a name',
    ],
    [
      "more after the header",
      fileOf(`{${t()}}{}`, eight),
      'GC1503 the header has "{" at character 54, expected its end',
    ],
    [
      "a comma too many",
      fileOf(`{${t(",")}}`, eight),
      'GC1503 the header has "}" at character 54, expected a name',
    ],
    [
      "a name twice",
      fileOf(
        `{${t()},${tensorText("t", "F64", [1], 8, 16)}}`,
        new Uint8Array(16),
      ),
      'GC1503 the header has "t" twice, expected each name once',
    ],
    [
      "a name twice, once escaped",
      fileOf(`{${t()},"\\u0074":{}}`, eight),
      'GC1503 the header has "t" twice, expected each name once',
    ],
    [
      "a field twice",
      fileOf('{"t":{"dtype":"F64","dtype":"F64"}}', eight),
      'GC1503 the header has "dtype" twice, expected each name once',
    ],
    [
      "metadata twice",
      fileOf('{"__metadata__":{},"__metadata__":{}}', new Uint8Array()),
      'GC1503 the header has "__metadata__" twice, expected each name once',
    ],
    [
      "metadata that is no text",
      fileOf('{"__metadata__":{"a":1}}', new Uint8Array()),
      'GC1503 the header has "1" at character 21, expected a text of __metadata__',
    ],
    [
      "an entry that is no object",
      fileOf('{"t":[]}', eight),
      'GC1503 the header has "[" at character 5, expected "{"',
    ],
    [
      "a list instead of an object",
      fileOf("[]", eight),
      'GC1503 the header starts with "[", expected "{"',
    ],
    [
      "a dtype that is a number",
      fileOf('{"t":{"dtype":1}}', eight),
      'GC1503 the header has "1" at character 14, expected a dtype',
    ],
    [
      "a negative dimension",
      fileOf('{"t":{"shape":[-1]}}', eight),
      'GC1503 the header has "-" at character 15, expected a dimension',
    ],
    [
      "half a dimension",
      fileOf('{"t":{"shape":[1.5]}}', eight),
      'GC1503 the header has "1" at character 15, expected a dimension',
    ],
    [
      "a dimension of 2^53",
      fileOf('{"t":{"shape":[9007199254740992]}}', eight),
      'GC1503 the header has "9" at character 15, expected a dimension',
    ],
    [
      "an offset as text",
      fileOf('{"t":{"data_offsets":["0",8]}}', eight),
      'GC1503 the header has "\\"" at character 22, expected an offset',
    ],
    [
      "an unknown field",
      fileOf('{"t":{"__proto__":1}}', eight),
      'GC1504 the entry "t" has "__proto__", expected only dtype, shape and data_offsets',
    ],
    [
      "no shape",
      fileOf('{"t":{"dtype":"F64","data_offsets":[0,8]}}', eight),
      'GC1504 the entry "t" is incomplete, expected dtype, shape and two data_offsets',
    ],
    [
      "three offsets",
      fileOf('{"t":{"dtype":"F64","shape":[1],"data_offsets":[0,8,8]}}', eight),
      'GC1504 the entry "t" is incomplete, expected dtype, shape and two data_offsets',
    ],
    [
      "an unknown dtype",
      fileOf(`{${tensorText("t", "constructor", [1], 0, 8)}}`, eight),
      'GC1504 the entry "t" has the dtype "constructor", expected one of F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, C64, BOOL, U8, I8, U16, I16, U32, I32, U64, I64',
    ],
    [
      "fewer bytes than the shape",
      fileOf(`{${tensorText("t", "F64", [2], 0, 8)}}`, eight),
      'GC1504 the entry "t" lies from byte 0 to 8, expected the 16 bytes of its shape and dtype',
    ],
    [
      "more bytes than the shape",
      fileOf(`{${tensorText("t", "F16", [2], 0, 8)}}`, eight),
      'GC1504 the entry "t" lies from byte 0 to 8, expected the 4 bytes of its shape and dtype',
    ],
    [
      "an end before the start",
      fileOf(`{${tensorText("t", "F64", [0], 8, 0)}}`, eight),
      'GC1504 the entry "t" lies from byte 8 to 0, expected the 0 bytes of its shape and dtype',
    ],
    [
      "a shape beyond counting",
      fileOf(
        `{${tensorText("t", "F64", Array<number>(30).fill(2 ** 50), 0, 8)}}`,
        eight,
      ),
      'GC1504 the entry "t" lies from byte 0 to 8, expected the Infinity bytes of its shape and dtype',
    ],
    [
      "a hole",
      fileOf(
        `{${t()},${tensorText("u", "F64", [1], 16, 24)}}`,
        new Uint8Array(24),
      ),
      'GC1505 the entry "u" starts at byte 16, expected byte 8: tensors follow one another, without holes and overlaps',
    ],
    [
      "a hole at the start",
      fileOf(`{${tensorText("u", "F64", [1], 8, 16)}}`, new Uint8Array(16)),
      'GC1505 the entry "u" starts at byte 8, expected byte 0: tensors follow one another, without holes and overlaps',
    ],
    [
      "an overlap",
      fileOf(
        `{${t()},${tensorText("u", "F64", [1], 4, 12)}}`,
        new Uint8Array(12),
      ),
      'GC1505 the entry "u" starts at byte 4, expected byte 8: tensors follow one another, without holes and overlaps',
    ],
    [
      "two in one place",
      fileOf(`{${t()},${tensorText("u", "F64", [1], 0, 8)}}`, eight),
      'GC1505 the entry "u" starts at byte 0, expected byte 8: tensors follow one another, without holes and overlaps',
    ],
    [
      "an end beyond the file",
      fileOf(`{${t()}}`, new Uint8Array(7)),
      'GC1505 the entry "t" ends at byte 8, the file has 7 after its header',
    ],
    [
      "bytes after the last one",
      fileOf(`{${t()}}`, new Uint8Array(9)),
      "GC1505 the last entry ends at byte 8, the file has 9 after its header",
    ],
    [
      "bytes and no entry",
      fileOf("{}", eight),
      "GC1505 the last entry ends at byte 0, the file has 8 after its header",
    ],
  ];

  test.each(rows)("%s", (_, bytes, sentence) => {
    expect(refusal(() => read(bytes))).toBe(sentence);
  });

  test("a header above 100 MB is not read", () => {
    const first = new Uint8Array(8);
    new DataView(first.buffer).setBigUint64(0, 100_000_001n, true);
    const huge = {
      size: 200_000_000,
      read: (at: number, length: number) => first.subarray(at, at + length),
    };
    expect(refusal(() => readSafetensors(huge, fault))).toBe(
      "GC1502 the header has 100000001 bytes, the format's limit is 100000000",
    );
  });

  test("a header of a million brackets ends as soon as any other", () => {
    const bytes = fileOf("{".repeat(1e6), eight);
    const start = performance.now();
    expect(refusal(() => read(bytes))).toMatch(/^GC1503 /);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("nothing of a hostile name reaches an object", () => {
    const hostile = ["__proto__", "constructor", "toString", "\u0000\u202e"];
    const header = hostile
      .map((name, i) => tensorText(name, "F64", [1], 8 * i, 8 * i + 8))
      .join(",");
    const file = read(fileOf(`{${header}}`, new Uint8Array(32)));
    expect(file.entries.map(({ name }) => name)).toEqual(hostile);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("20,000 damaged files are legal or refused", () => {
    const whole = safetensorsBytes([
      { name: "a", shape: [2], values: Float64Array.of(1, 2) },
      { name: "b", shape: [1, 1], values: Float64Array.of(3) },
    ]);
    const random = new Random(5);
    const marks = Array.from('{}[]":,0123456789', (c) => c.charCodeAt(0));
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      const cut = random.chance(25) ? random.roll(9) : 0;
      const bytes = whole.slice(0, whole.length - cut);
      for (let k = random.roll(3); k >= 0; k--)
        bytes[random.roll(bytes.length)] = random.chance(50)
          ? random.roll(256)
          : random.pick(marks);
      const said = refusal(() => {
        const { entries, values } = read(bytes);
        const sizes = entries.map((entry) => values(entry).length);
        const ends = entries.map(({ end }) => end);
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(3);
        expect(Math.max(0, ...ends)).toBeLessThanOrEqual(24);
      });
      if (said === "nothing") continue;
      refused++;
      expect(said).toMatch(/^GC150[2-5] [^\n]+$/);
    }
    expect(refused).toBeGreaterThan(10_000);
    expect(refused).toBeLessThan(20_000);
  });
});

describe("withFile()", () => {
  const folder = mkdtempSync(join(tmpdir(), "gradc-source-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("reads stretches, and notices what was cut off meanwhile", async () => {
    const path = join(folder, "some");
    writeFileSync(path, Uint8Array.of(1, 2, 3, 4));
    const part = await withFile(path, folder, ({ size, read }) => [
      size,
      ...read(1, 2),
    ]);
    expect(part).toEqual([4, 2, 3]);
    await expect(
      withFile(path, folder, ({ read }) => {
        writeFileSync(path, Uint8Array.of(1, 2));
        return read(0, 4);
      }),
    ).rejects.toThrow("the file became shorter while it was read");
  });

  test("names what is not there, and what is no file", async () => {
    const use = () => 0;
    await expect(withFile(join(folder, "none"), folder, use)).rejects.toThrow(
      "there is no file none",
    );
    await expect(withFile(folder, join(folder, ".."), use)).rejects.toThrow(
      /is not a regular file, expected weights$/,
    );
  });
});
