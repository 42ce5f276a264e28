import type { Node } from "../../dsl/graph.js";
import type { Statement } from "./code.js";
import { num } from "./code.js";
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

  /** Declarations of those that looped functions read; straight lines have the numbers themselves. */
  statements(isRead: (name: string) => boolean): Statement[] {
    return [...this.#data].flatMap(([name, data]): Statement[] =>
      isRead(name)
        ? [
            {
              kind: "declare",
              keyword: "const",
              name,
              type: "readonly number[]",
              value: { kind: "array", items: data.map(num) },
            },
          ]
        : [],
    );
  }
}

/** What was a parameter last, in the order of the parameters. */
const inOrder = (nodes: readonly Node[]): Node[] => {
  const place = ({ op }: Node): number =>
    op.kind === "constant" && op.of !== undefined ? op.of.offset : -1;
  return [...nodes].sort((a, b) => place(a) - place(b));
};

const keyOf = (data: readonly number[]): string =>
  data.map((x) => (Object.is(x, -0) ? "-0" : String(x))).join();
