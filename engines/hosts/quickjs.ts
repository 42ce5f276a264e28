/** `node quickjs.js PACKAGES quickjs|ng FILE`: runs a script in QuickJS, compiled to WebAssembly. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Handle {
  dispose(): void;
}
interface Context {
  evalCode(text: string): Handle;
  unwrapResult(result: Handle): Handle;
  getString(handle: Handle): string;
}
interface Library {
  newQuickJSWASMModule(variant?: unknown): Promise<{ newContext(): Context }>;
}

const [packages = "", variant = "", file = ""] = process.argv.slice(2);
const { resolve } = createRequire(join(packages, "package.json"));
const load = (id: string): Promise<unknown> =>
  import(pathToFileURL(resolve(id)).href);

const library = (await load("quickjs-emscripten")) as Library;
const ng =
  variant === "ng"
    ? await load("@jitl/quickjs-ng-wasmfile-release-sync")
    : undefined;
const quickjs = await (ng === undefined
  ? library.newQuickJSWASMModule()
  : library.newQuickJSWASMModule(ng));
const context = quickjs.newContext();
const result = context.evalCode(readFileSync(file, "utf8"));
console.log(context.getString(context.unwrapResult(result)));
