/** The engines that gradc's modules and the peers run in: this one, and the newest one from npm. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installed } from "./install.js";

export interface Engine {
  readonly path: string;
  /** "Node 20.20.2". */
  readonly name: string;
}

export interface Engines {
  readonly engines: readonly Engine[];
  /** Why the newest one is missing. */
  readonly absent?: string;
}

export const here: Engine = {
  path: process.execPath,
  name: `Node ${process.versions.node}`,
};

/** The engine that runs the benchmark first, the newest one last; `absent` says why it is missing. */
export function engines(): Engines {
  const packages = installed("nodes");
  if ("absent" in packages) return { engines: [here], absent: packages.absent };
  const path = join(
    packages.folder,
    "node_modules",
    `node-${process.platform}-${process.arch}`,
    "bin",
    "node",
  );
  const { status, stdout } = spawnSync(path, ["--version"], {
    encoding: "utf8",
  });
  if (status !== 0)
    return {
      engines: [here],
      absent: `bench/nodes has no Node for ${process.platform} ${process.arch}`,
    };
  const version = stdout.trim().slice(1);
  return version === process.versions.node
    ? { engines: [here] }
    : { engines: [here, { path, name: `Node ${version}` }] };
}
