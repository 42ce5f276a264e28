/** Random calls of the functions that move entries, pad, look entries up, and normalise. */
import {
  axisOf,
  chance,
  classes,
  near,
  shapeOf,
  show,
  sizeOf,
  tensor,
  type Draw,
} from "./draw.js";

export const alongAxis =
  (name: string) =>
  (draw: Draw): string => {
    const shape = shapeOf(draw, 1 + draw(3));
    const axis = chance(draw, 20)
      ? ""
      : `, ${String(axisOf(draw, shape.length))}`;
    return `${name}(${tensor(shape)}${axis})`;
  };
const onAxis =
  (name: string) =>
  (draw: Draw): string => {
    const shape = shapeOf(draw, 1 + draw(3));
    return `${name}(${tensor(shape)}, ${String(axisOf(draw, shape.length))})`;
  };
const triangle =
  (name: string) =>
  (draw: Draw): string => {
    const diagonal = chance(draw, 50) ? "" : `, ${String(draw(5) - 2)}`;
    return `${name}(${tensor(shapeOf(draw, draw(4)))}${diagonal})`;
  };
/** Indices, now and then numbers. */
const indicesOf = (
  draw: Draw,
  shape: readonly number[],
  count: number,
): string => (chance(draw, 12) ? tensor(shape) : classes(shape, count));
const positive = (draw: Draw): number =>
  chance(draw, 8) ? draw(3) - 2 : sizeOf(draw);

/** Each function has a generator of its own. */
export const arrangements: Readonly<Record<string, (draw: Draw) => string>> = {
  pad: (draw) => {
    const shape = shapeOf(draw, draw(4));
    const length = (): number => draw(7) - (chance(draw, 8) ? 3 : 0);
    const pairs = chance(draw, 85) ? draw(shape.length + 1) : draw(5);
    const pads = Array.from({ length: 2 * pairs }, length);
    if (chance(draw, 8)) pads.push(1);
    const mode = ["", "constant", "reflect", "replicate", "circular"][draw(5)];
    const options = mode === "" ? "" : `, { mode: "${mode as string}" }`;
    return `pad(${tensor(shape)}, ${show(pads)}${options})`;
  },
  flip: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const axis = (): number => axisOf(draw, shape.length);
    const list = Array.from({ length: draw(3) }, axis);
    return `flip(${tensor(shape)}, ${chance(draw, 50) ? String(axis()) : show(list)})`;
  },
  roll: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    return `roll(${tensor(shape)}, ${String(draw(9) - 4)}, ${String(axisOf(draw, shape.length))})`;
  },
  tril: (draw) => triangle("tril")(draw),
  triu: (draw) => triangle("triu")(draw),
  diagonal: (draw) => {
    const shape = shapeOf(draw, chance(draw, 85) ? 2 + draw(2) : draw(2));
    const axis = (): string => String(axisOf(draw, shape.length));
    const offset = chance(draw, 30) ? "" : `, ${String(draw(7) - 3)}`;
    const axes =
      offset === "" || chance(draw, 50) ? "" : `, ${axis()}, ${axis()}`;
    return `diagonal(${tensor(shape)}${offset}${axes})`;
  },
  cumsum: (draw) => onAxis("cumsum")(draw),
  argmax: alongAxis("argmax"),
  argmin: alongAxis("argmin"),
  maxDim: (draw) => onAxis("maxDim")(draw),
  minDim: (draw) => onAxis("minDim")(draw),
  gather: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const axis = axisOf(draw, shape.length);
    const at = axis < 0 ? shape.length + axis : axis;
    const index = shape.map((d, i) =>
      i === at ? sizeOf(draw) : 1 + draw(chance(draw, 15) ? 12 : d),
    );
    const own = chance(draw, 10) ? near(draw, index) : index;
    return `gather(${tensor(shape)}, ${String(axis)}, ${indicesOf(draw, own, 1)})`;
  },
  indexSelect: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const index = chance(draw, 80) ? [sizeOf(draw)] : shapeOf(draw, draw(3));
    return `indexSelect(${tensor(shape)}, ${String(axisOf(draw, shape.length))}, ${indicesOf(draw, index, 1)})`;
  },
  lookup: (draw) => {
    const table = shapeOf(draw, chance(draw, 85) ? 1 + draw(3) : 0);
    const index = shapeOf(draw, draw(3));
    return `lookup(${tensor(table)}, ${indicesOf(draw, index, 1)})`;
  },
  embedding: (draw) => {
    const count = positive(draw);
    const index = indicesOf(draw, shapeOf(draw, draw(3)), Math.max(1, count));
    return `embedding(${index}, ${String(count)}, ${String(positive(draw))})`;
  },
  oneHot: (draw) => {
    const count = positive(draw);
    const index = indicesOf(draw, shapeOf(draw, draw(3)), Math.max(1, count));
    return `oneHot(${index}, ${String(count)})`;
  },
  bilinear: (draw) => {
    const a = shapeOf(draw, draw(4));
    const b = [...a.slice(0, -1), sizeOf(draw)];
    const other = chance(draw, 25) ? near(draw, b) : b;
    return `bilinear(${tensor(a)}, ${tensor(other)}, ${String(positive(draw))})`;
  },
  loraLinear: (draw) =>
    `loraLinear(${tensor(shapeOf(draw, draw(4)))}, ${String(positive(draw))})`,
  normalize: alongAxis("normalize"),
  cosineSimilarity: (draw) => {
    const shape = shapeOf(draw, 1 + draw(3));
    const other = chance(draw, 50) ? near(draw, shape) : shape;
    const axis = chance(draw, 20)
      ? ""
      : `, ${String(axisOf(draw, shape.length))}`;
    return `cosineSimilarity(${tensor(shape)}, ${tensor(other)}${axis})`;
  },
};
