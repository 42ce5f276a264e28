/** C programs of a workload, each compiler and element type one contestant. */
import type { Contestant } from "../measure/contestant.js";
import type { Element } from "../measure/job.js";
import { build, compilers, versionOf } from "./build.js";

export function cContestants(): readonly Contestant[] {
  const elements: readonly Element[] = ["f64", "f32"];
  return compilers.flatMap((compiler) => {
    const version = versionOf(compiler.command) ?? `no ${compiler.command}`;
    return elements.map((element) => ({
      name: compiler.name,
      element,
      runtime: version,
      prepare: ({ folder, workload, files }) => {
        const built = build(folder, compiler, workload, element);
        if ("absent" in built) return built;
        const { parameters, input, target } = files;
        return { program: built.path, args: [parameters, input, target] };
      },
    }));
  });
}
