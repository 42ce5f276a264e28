// An edge function: `GET /?x=5.1,3.5,1.4,0.2`, four lengths of a flower in centimetres, answers with its species.
import { measured, species } from "../flowers.ts";
import { forward } from "./generated/iris.frozen.js";

/** The species of a flower, and the numbers of the network. */
function classify(centimetres) {
  const logits = new Float64Array(species.length);
  forward(Float64Array.from(measured(centimetres)), logits);
  return {
    species: species[logits.indexOf(Math.max(...logits))],
    logits: Array.from(logits),
  };
}

export default {
  fetch(request) {
    const text = new URL(request.url).searchParams.get("x") ?? "";
    const centimetres = text.split(",").map(Number);
    if (centimetres.length !== 4 || !centimetres.every((x) => x > 0))
      return Response.json(
        {
          error: "x has to be four lengths in centimetres: ?x=5.1,3.5,1.4,0.2",
        },
        { status: 400 },
      );
    return Response.json(classify(centimetres));
  },
};
