import type { Node } from "../../dsl/graph.js";
import type { FunctionCode, Statement } from "./code.js";
import type { Lists } from "./module.js";
import { packed, unpackFunctions, type Pack } from "./packed.js";
import { camelCase } from "../load/identifiers.js";
import type { Names } from "./names.js";

/** Arrays of numbers that the model gives, as constants of the module: equal ones are one. */
export class Tables {
  readonly #names = new Map<string, string>();
  readonly #data = new Map<string, readonly number[]>();

  /** @param nodes those of every program */
  constructor(names: Names, nodes: readonly Node[]) {
    for (const v of inOrder(nodes))
      if (v.op.kind === "constant" && v.op.data.length > 1) {
        const key = keyOf(v.op.data);
        if (this.#names.has(key)) continue;
        const { of } = v.op;
        const name = names.fresh(of ? camelCase(of.name) : "constant");
        this.#names.set(key, name);
        this.#data.set(name, v.op.data);
      }
  }

  /** What functions must not call anything else. */
  get names(): readonly string[] {
    return [...this.#data.keys()];
  }

  /** Entries of each, by name. */
  get sizes(): ReadonlyMap<string, number> {
    return new Map([...this.#data].map(([id, data]) => [id, data.length]));
  }

  name(v: Node): string {
    const data = v.op.kind === "constant" ? v.op.data : [];
    return this.#names.get(keyOf(data)) ?? "";
  }

  /**
   * Declarations of those that looped functions read, and functions that unpack them; straight lines have the numbers
   * themselves.
   *
   * @param pack how those of a module that only predicts are written; others are lists
   */
  code(
    isRead: (name: string) => boolean,
    lists: Lists,
    pack: Pack | undefined,
  ): TablesCode {
    const read = [...this.#data].filter(([id]) => isRead(id));
    const all = read.map(([id, data]) => packed(id, data, pack, lists));
    const used = all.flatMap(({ unpacks }) => unpacks ?? []);
    return {
      statements: all.map(({ statement }) => statement),
      functions: unpackFunctions(new Set(used)),
    };
  }
}

interface TablesCode {
  readonly statements: readonly Statement[];
  readonly functions: readonly FunctionCode[];
}

/** What was a parameter last, in the order of the parameters. */
const inOrder = (nodes: readonly Node[]): Node[] => {
  const place = ({ op }: Node): number =>
    op.kind === "constant" && op.of !== undefined ? op.of.offset : -1;
  return [...nodes].sort((a, b) => place(a) - place(b));
};

const keyOf = (data: readonly number[]): string =>
  data.map((x) => (Object.is(x, -0) ? "-0" : String(x))).join();
