import type { Code, Statement } from "../code.js";

type Entry = Code & { readonly kind: "index" };

/** Lines that are the lanes of one: constants, or entries that are written; or a line as it is. */
export type WideLine =
  | {
      readonly kind: "declare";
      readonly names: readonly string[];
      readonly values: readonly Code[];
    }
  | {
      readonly kind: "store";
      readonly entries: readonly Entry[];
      readonly values: readonly Code[];
    }
  | { readonly kind: "line"; readonly line: Statement };
