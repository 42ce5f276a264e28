/** Who takes part: gradc's tiers, C, libraries. */
import type { Workload } from "../workloads/table.js";
import type { Element, Files } from "./job.js";
import type { Command } from "./worker.js";

/** What a contestant may use to get ready for a workload. */
export interface Place {
  /** A folder that is deleted afterwards. */
  readonly folder: string;
  readonly workload: Workload;
  readonly files: Files;
}

export interface Absent {
  readonly absent: string;
}

export interface Contestant {
  /** "gradc", "C gcc", "PyTorch": the name of its row. */
  readonly name: string;
  readonly element: Element;
  /** What it runs in or was made by: "Node 26.10.0", "gcc 12.2.0". */
  readonly runtime: string;
  /** The process that answers for it, or why there is none. */
  prepare(place: Place): Command | Absent;
  /** What a reader has to know to compare it with the others. */
  readonly note?: string;
}
