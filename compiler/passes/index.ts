import { NodeTable, type Program } from "../../dsl/graph.js";
import { printProgram } from "../graphText.js";
import { verify } from "../verify.js";
import { decompose } from "./decompose.js";
import { land } from "./land.js";
import { adopt, unname } from "./names.js";
import type { Pass } from "./rebuild.js";
import { settle } from "./settle.js";
import { share } from "./share.js";
import { throughSteps } from "./steps.js";
import { simplify } from "./simplify.js";
import { single } from "./single.js";

export { single };

/** What every program of a model goes through, in this order. */
export const passes: readonly Pass[] = [
  { name: "adopt", run: adopt.run }, // users of a named value read the name
  { name: "simplify", run: simplify.run }, // only rewrites exact for every double, NaN and -0 included
  { name: "share", run: share.run }, // equal expressions become one value
  { name: "adopt again", run: adopt.run }, // and users of what is one value with a named one now
  { name: "unname", run: unname.run }, // a cotangent's label used once inside its layer disappears
  { name: "decompose", run: decompose.run }, // softmax, logsumexp -> max, exp, sum
  { name: "share again", run: share.run }, // their common parts become one value
  { name: "simplify again", run: simplify.run }, // what sharing brought together; rebuilding drops what no root needs
  { name: "settle", run: settle.run }, // nothing is shared any more: what is computed again needs no mark
  { name: "land", run: land.run }, // a loop's result that is the loss or an output is copied there
];

/** Runs a list of passes; the graph is verified after each one. `print` hears the text after the pass of that name. */
export function runPasses(
  program: Program,
  list: readonly Pass[],
  print?: { readonly after: string; readonly to: (text: string) => void },
): Program {
  const known = new NodeTable<true>();
  const whole = throughSteps(program, (step) => runPasses(step, list, print));
  return list.reduce((p, pass, i) => {
    const next = pass.run(p);
    if (next !== p || i === 0) verify(next, pass.name, known);
    if (print?.after === pass.name) print.to(printProgram(next));
    return next;
  }, whole);
}
