/** What a module can be written as: the command's `--target`. */
import {
  es5,
  javascript,
  script,
  typescript,
  type Dialect,
} from "./dialect.js";

/** How other files reach what a module has: `import`, `require()`, or a variable of the page. */
export type Frame = "module" | "commonjs" | "global";

export interface TargetRow {
  /** What the name of its file ends with. */
  readonly ending: string;
  /** The same of a file with its types, where there is one. */
  readonly typesEnding?: string;
  readonly dialect: Dialect;
  readonly frame: Frame;
  /** True for the smallest engines, of ES5 and with limits of their own. */
  readonly small: boolean;
  /** True where the handle is in WebAssembly too. */
  readonly tiers?: true;
}

const rows = {
  ts: {
    ending: ".ts",
    dialect: typescript,
    frame: "module",
    small: false,
  },
  js: {
    ending: ".js",
    typesEnding: ".d.ts",
    dialect: javascript,
    frame: "module",
    small: false,
  },
  cjs: {
    ending: ".cjs",
    typesEnding: ".d.cts",
    dialect: script,
    frame: "commonjs",
    small: false,
  },
  iife: {
    ending: ".iife.js",
    dialect: script,
    frame: "global",
    small: false,
  },
  es5: {
    ending: ".es5.js",
    dialect: es5,
    frame: "global",
    small: true,
  },
  wasm: {
    ending: ".ts",
    dialect: typescript,
    frame: "module",
    small: false,
    tiers: true,
  },
} as const satisfies Readonly<Record<string, TargetRow>>;

export type Target = keyof typeof rows;

export const targets: Readonly<Record<Target, TargetRow>> = rows;

/** Their names, the default first. */
export const targetNames = Object.keys(rows) as [Target, ...Target[]];
