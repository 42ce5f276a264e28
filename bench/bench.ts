/** A part of the benchmark. */
import type { Table } from "./report/table.js";

export interface Outcome {
  readonly tables: readonly Table[];
  /** The numbers of the tables, for --json. */
  readonly data: unknown;
  /** One line. */
  readonly summary: string;
}

export type Bench = (options: Options) => Promise<Outcome>;

export interface Options {
  /** Fewer and shorter samples: to see that it works, not to quote. */
  readonly quick: boolean;
  /** gradc and nothing else: nothing is installed. */
  readonly alone: boolean;
  /** Where a page with plots goes. */
  readonly page?: string | undefined;
}
