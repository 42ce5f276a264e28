import { sizeOf } from "../../dsl/graph.js";
import type { Creates, Floats, HandleOf } from "./emitted.js";
import { same } from "./same.js";
import type { ModulePlan } from "../emit/module.js";
import { isForwardInput } from "../emit/signature.js";

/** predict() gives what forward() gives for the first example. */
export function checkPredict(plan: ModulePlan, net: HandleOf<Floats>): void {
  const [first] = plan.programs.forward.outputs;
  if (first === undefined) return;
  const [key, { shape }] = first;
  net.forward(1);
  const want = (net.outputs[key] as Floats).slice(0, sizeOf(shape));
  const given = plan.model.inputs
    .filter((x) => isForwardInput(x, plan))
    .map((x) =>
      Array.from(net.inputs[x.op.name] ?? []).slice(0, sizeOf(x.shape)),
    );
  same(`prediction of ${key}`, net.predict(...given), want);
}

/** load() restores what save() wrote, in another network. */
export function checkSaved<A extends Floats>(
  module: Creates<A>,
  net: HandleOf<A>,
  n: number,
): void {
  const bytes = net.save();
  const copy = module.create({ seed: 2, maxBatch: n });
  copy.load(bytes);
  same("a loaded parameter", copy.params, net.params);
  same("a loaded number", [copy.lr, copy.steps], [net.lr, net.steps]);
  same("a byte saved again", Array.from(copy.save()), Array.from(bytes));
}
