/** Statements in a row that are the lanes of one. */
import type { Code, Statement } from "../code.js";
import type { Dtype } from "../dtype.js";
import type { Addresses } from "./addresses.js";
import type { Frame } from "./frame.js";
import {
  areAssignments,
  areDeclarations,
  assigned,
  isGroup,
  type Declaration,
  type Groups,
} from "./groups.js";
import type { Instructions } from "./instructions.js";
import type { Lanes } from "./lanes.js";
import { entriesIn, readsEarlier } from "./reads.js";
import type { Values } from "./values.js";
import { firstEntries, isZero, type Vector } from "./vector.js";

export class Rows {
  readonly #frame: Frame;
  readonly #addresses: Addresses;
  readonly #values: Values;
  readonly #lanes: Lanes;
  readonly #sumType: (name: string) => Dtype;

  /** @param sumType what a number that is assigned to is */
  constructor(
    frame: Frame,
    addresses: Addresses,
    values: Values,
    lanes: Lanes,
    sumType: (name: string) => Dtype,
  ) {
    this.#frame = frame;
    this.#addresses = addresses;
    this.#values = values;
    this.#lanes = lanes;
    this.#sumType = sumType;
  }

  /** Does statements at once, where they are the lanes of one; false where they are not. */
  together(
    group: readonly Statement[],
    groups: Groups,
    out: Instructions,
  ): boolean {
    if (areDeclarations(group)) return this.#declareAll(group, groups, out);
    if (!areAssignments(group)) return false;
    const values = group.map(assigned);
    const names = group.flatMap(({ target }) =>
      target.kind === "name" ? [target.text] : [],
    );
    if (names.length === group.length) {
      const variables = names.map((id) => this.#frame.variable(id));
      const [first] = variables;
      const areLanes = variables.every(
        (v, i) => v?.lane === i && v.local === first?.local,
      );
      if (first === undefined || !areLanes) return false;
      if (readsEarlier(values, names)) return false;
      this.#lanes.vector(values).push(out);
      out.set(first.local);
      return true;
    }
    const entries = group.flatMap(({ target }) =>
      target.kind === "index" ? [target] : [],
    );
    return (
      entries.length === group.length && this.#storeAll(entries, values, out)
    );
  }

  #declareAll(
    group: readonly Declaration[],
    groups: Groups,
    out: Instructions,
  ): boolean {
    const values = group.flatMap(({ value }) =>
      value === undefined ? [] : [value],
    );
    if (values.length < group.length) return false;
    if (!isGroup(groups, group)) return false;
    const [{ keyword }] = group as readonly [Declaration];
    if (group.some((s) => s.keyword !== keyword)) return false;
    if (
      readsEarlier(
        values,
        group.map((s) => s.name),
      )
    )
      return false;
    const areNumbers = values.every((c) => c.kind === "number");
    // What is read, or 0 after that, is not read as a vector alone: to make one of it is as much work later, more than once.
    const areRead = firstEntries(values) !== undefined;
    const type = this.#lanes.shape.type;
    const isOfType =
      keyword === "let"
        ? group.every((s) => this.#sumType(s.name) === type)
        : !areNumbers &&
          values.every(
            (c) =>
              isZero(c) ||
              this.#values.kind(c) === (type === "f32" ? "float" : "double"),
          );
    if (!isOfType) return false;
    const vector =
      areNumbers || areRead
        ? this.#lanes.vector(values)
        : this.#lanes.better(values);
    if (vector === undefined) return false;
    this.#declared(
      group.map((s) => s.name),
      vector,
      out,
    );
    return true;
  }
  #declared(names: readonly string[], vector: Vector, out: Instructions): void {
    const local = this.#frame.take("v128");
    vector.push(out);
    out.set(local);
    const { type } = this.#lanes.shape;
    names.forEach((id, lane) => {
      this.#frame.declare(id, {
        local,
        type,
        isIndex: false,
        isArray: false,
        lane,
      });
    });
  }

  /** Constants that are the lanes of one vector, however much work that is. */
  declare(
    names: readonly string[],
    values: readonly Code[],
    out: Instructions,
  ): void {
    this.#declared(names, this.#lanes.vector(values), out);
  }

  /** Entries that are written from the first lanes of one vector, side by side or not. */
  store(
    entries: readonly Entry[],
    values: readonly Code[],
    out: Instructions,
  ): void {
    const vector = this.#lanes.vector(values);
    const [first] = entries as readonly [Entry];
    const isWhole =
      entries.length === this.#lanes.shape.width &&
      entries.every((e, i) => this.#addresses.apart(first, e) === i);
    if (isWhole) this.#lanes.entries.store(entries, vector, out);
    else this.#lanes.entries.scatter(entries, vector, out);
  }

  #storeAll(
    entries: readonly Entry[],
    values: readonly Code[],
    out: Instructions,
  ): boolean {
    const [first] = entries as readonly [Entry];
    const { object } = first;
    // A slice that is given may be another one too: the same, or one apart from it.
    const isSlice = this.#frame.variable(object)?.isArray === true;
    if (isSlice && this.#lanes.shape.type === "f64") return false;
    if (this.#addresses.type(object) !== this.#lanes.shape.type) return false;
    if (entries.some((e, i) => this.#addresses.apart(first, e) !== i))
      return false;
    const areSafe = values.every((code, lane) =>
      entriesIn(code).every((e) => {
        if (e.object !== object) return true;
        const apart = this.#addresses.apart(first, e);
        const isWritten = apart === undefined || (apart >= 0 && apart < lane);
        return lane === 0 || !isWritten;
      }),
    );
    const vector = areSafe ? this.#lanes.stored(values) : undefined;
    if (vector === undefined) return false;
    this.#lanes.entries.store(entries, vector, out);
    return true;
  }

  /** A number that vectors are made of alone is a vector. */
  declareInAll(
    { name: id, keyword, value }: Declaration,
    { lanes, all }: Groups,
    out: Instructions,
  ): boolean {
    if (keyword !== "const" || value?.kind !== "index") return false;
    if (!all.has(id) || lanes.has(id) || this.#frame.depth === 0) return false;
    if (this.#addresses.type(value.object) !== this.#lanes.shape.type)
      return false;
    const local = this.#frame.take("v128");
    const copies = Array.from({ length: this.#lanes.shape.width }, () => value);
    this.#lanes.vector(copies).push(out);
    out.set(local);
    this.#frame.declare(id, {
      local,
      type: this.#lanes.shape.type,
      isIndex: false,
      isArray: false,
      lane: "all",
    });
    return true;
  }
}

type Entry = Code & { readonly kind: "index" };
