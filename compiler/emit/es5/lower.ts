import { InternalError } from "../../diagnostics.js";
import {
  assign,
  binary,
  call,
  loop,
  name,
  num,
  run,
  withOperands,
  type Code,
  type FunctionCode,
  type Member,
  type Parameter,
  type Statement,
} from "../code.js";
import { portableCall, type Help } from "./calls.js";
import { helperTexts, type HelperName } from "./helpers.js";
import { extremesText, literal, type Extreme } from "./literals.js";

/** Items of a list as one expression; longer lists are joined. */
const mostItems = 4000;

/** Code in what ES5 has, whatever the engine: the printer only has to spell it. */
export class Lowering {
  readonly #used = new Set<HelperName>();
  readonly #extremes: Extreme[] = [];

  readonly #help: Help = (helper, ...args) => {
    this.#used.add(helper);
    return call(helper, ...args);
  };

  function(f: FunctionCode): FunctionCode {
    return { ...f, ...this.#callable(f) };
  }

  block(lines: readonly Statement[]): Statement[] {
    return lines.flatMap((line) => this.#statement(line));
  }

  /** What the code so far calls and reads of what ES5 lacks: functions, then a list that is there from the start. */
  texts(): string[] {
    if (this.#extremes.length === 0) return helperTexts(this.#used);
    this.#used.add("timesPowerOfTwo");
    return [...helperTexts(this.#used), extremesText(this.#extremes)];
  }

  /** Parameters without defaults, and a body that gives them first. */
  #callable(f: {
    readonly params: readonly Parameter[];
    readonly body: readonly Statement[];
  }): { params: Parameter[]; body: Statement[] } {
    const given = f.params.flatMap(({ name: id, value }): Statement[] =>
      value === undefined
        ? []
        : [
            {
              kind: "if",
              test: isAbsent(name(id)),
              then: [assign(name(id), "=", this.#code(value))],
            },
          ],
    );
    return {
      params: f.params.map(({ name: id }) => ({ name: id })),
      body: [...given, ...this.block(f.body)],
    };
  }

  #statement(s: Statement): Statement[] {
    switch (s.kind) {
      case "declare": {
        const { value } = s;
        // Lists have no views.
        if (s.viewed === true) return [];
        if (value === undefined) return [s];
        if (value.kind !== "object")
          return [{ ...s, value: this.#code(value) }];
        const own = value.members.filter((m) => m.kind !== "spread");
        return [
          { ...s, value: this.#code({ ...value, members: own }) },
          ...value.members.flatMap((m): Statement[] =>
            m.kind === "spread"
              ? [
                  run(
                    this.#help("addMembers", name(s.name), this.#code(m.value)),
                  ),
                ]
              : [],
          ),
        ];
      }
      case "assign":
        return [
          { ...s, target: this.#code(s.target), value: this.#code(s.value) },
        ];
      case "run":
        return [{ ...s, code: this.#code(s.code) }];
      case "return":
        return [
          s.value === undefined ? s : { ...s, value: this.#code(s.value) },
        ];
      case "throw":
        return [{ ...s, value: this.#code(s.value) }];
      case "for":
        return [
          {
            ...s,
            from: this.#code(s.from),
            to: this.#code(s.to),
            body: this.block(s.body),
          },
        ];
      case "each": {
        const place = s.place ?? `${s.entry}Place`;
        return [
          loop(place, name(`${s.list}.length`), [
            entryOf(s.entry, s.list, name(place)),
            ...this.block(s.body),
          ]),
        ];
      }
      case "if":
        return [
          {
            ...s,
            test: this.#code(s.test),
            then: this.block(s.then),
            ...(s.otherwise !== undefined && {
              otherwise: this.block(s.otherwise),
            }),
          },
        ];
      case "destructure": {
        const { from } = s;
        if (from.kind !== "name")
          throw new InternalError("an object without a name has no members");
        return s.names.map((id) => {
          const member = name(`${from.text}.${id}`);
          const value = s.defaults?.get(id);
          return {
            kind: "declare",
            keyword: "const",
            name: id,
            value:
              value === undefined
                ? member
                : {
                    kind: "conditional",
                    test: isAbsent(member),
                    then: this.#code(value),
                    otherwise: member,
                  },
          };
        });
      }
      case "comment":
      case "blank":
        return [s];
    }
  }

  #code(c: Code): Code {
    const of = (x: Code): Code => this.#code(x);
    switch (c.kind) {
      case "number":
        return c.hex === true ? c : literal(c.value, this.#extremes);
      case "name":
        return c.text.endsWith(".byteLength")
          ? name(c.text.replace(/byteLength$/, "length"))
          : c;
      case "string":
        return c;
      case "binary":
        return c.op === "**" &&
          c.left.kind === "number" &&
          c.right.kind === "number"
          ? num(c.left.value ** c.right.value)
          : withOperands(c, of);
      case "unary":
      case "conditional":
      case "index":
      case "template":
        return withOperands(c, of);
      case "call":
        return portableCall({ ...c, args: c.args.map(of) }, this.#help);
      case "array":
        return joinedList(c.items.map(of));
      case "as":
        return of(c.x);
      case "object":
        return { ...c, members: c.members.map((m) => this.#member(m)) };
      case "function":
        return { ...c, ...this.#callable(c) };
    }
  }

  #member(m: Member): Member {
    return m.kind === "value" || m.kind === "spread"
      ? { ...m, value: this.#code(m.value) }
      : { ...m, ...this.#callable(m) };
  }
}

const isAbsent = (x: Code): Code => binary("===", x, name("undefined"));

const entryOf = (id: string, list: string, at: Code): Statement => ({
  kind: "declare",
  keyword: "const",
  name: id,
  value: { kind: "index", object: list, at, cast: false },
});

/** A list as long as an engine takes, and what is joined to it. */
function joinedList(items: readonly Code[]): Code {
  const part = (from: number): Code => ({
    kind: "array",
    items: items.slice(from, from + mostItems),
  });
  const rest = Array.from(
    { length: Math.max(0, Math.ceil(items.length / mostItems) - 1) },
    (_, i) => part((i + 1) * mostItems),
  );
  return rest.length === 0 ? part(0) : call("[].concat", part(0), ...rest);
}
