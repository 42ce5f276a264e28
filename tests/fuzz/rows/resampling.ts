/** Functions that read the last axes at other places. */
import { at, gridOf, pointsOf, sizeOf } from "../../oracles/grid.js";
import type { Operator } from "../operator.js";
import { optionsOf } from "./losses.js";
import { flag, flags, lengthsOf, settingOf, type Spatial } from "./windows.js";

/** Entries of the old axis that an entry of the new one is made of, and how much of each. */
type Shares = readonly (readonly [entry: number, share: number])[];

/** PyTorch's nn.Upsample along one axis of n entries: `ratio` entries of it to one of the new `length`. */
function sharesOf(
  mode: string,
  corners: boolean,
  n: number,
  length: number,
  ratio: number,
  i: number,
): Shares {
  if (mode === "nearest") return [[Math.min(Math.floor(i * ratio), n - 1), 1]];
  const place = corners
    ? (length > 1 ? (n - 1) / (length - 1) : 0) * i
    : Math.max(ratio * (i + 0.5) - 0.5, 0);
  const lower = Math.min(Math.floor(place), n - 1);
  const share = place - lower;
  return [
    [lower, 1 - share],
    [Math.min(lower + 1, n - 1), share],
  ];
}

const resampling = (
  name: "upsample" | "resize",
  spatial: Spatial,
): Operator => {
  const lines = spatial === 1 ? "linear" : "bilinear";
  return {
    name: `${name}${String(spatial)}d`,
    attributes: {
      [name === "upsample" ? "scale" : "size"]:
        name === "upsample" ? ["one", "each", "fraction"] : ["one", "each"],
      mode: ["omitted", "nearest", lines],
      alignCorners: flags,
    },
    rank: spatial + 1,
    draw: (d) => {
      const x = d.value(spatial + 1, { fits: (v) => sizeOf(v.shape) <= 16 });
      const lengths = lengthsOf(x, spatial);
      const mode = d.choose("mode");
      const straight = mode === lines;
      const alignCorners = straight
        ? flag(d, "alignCorners")
        : d.choose("alignCorners", ["true"]) === "omitted"
          ? undefined
          : false;
      const word = name === "upsample" ? d.choose("scale") : "";
      const fraction = d.pick([1.5, 2.5, 0.75]);
      const given =
        word === "fraction" && lengths.every((n) => n * fraction >= 1)
          ? { given: fraction, values: lengths.map(() => fraction) }
          : settingOf(
              d,
              name === "upsample" ? "scale" : "size",
              spatial,
              () => (name === "upsample" ? [1, 2] : [1, 4]),
              () => 1,
              name === "upsample"
                ? ["one", "each", "fraction"].filter(
                    (c) => c !== (word === "each" ? "each" : "one"),
                  )
                : [],
            );
      const sizes = lengths.map((n, i) =>
        name === "upsample"
          ? Math.floor(n * (given.values[i] as number))
          : (given.values[i] as number),
      );
      const ratios = lengths.map((n, i) =>
        name === "upsample"
          ? 1 / (given.values[i] as number)
          : n / (sizes[i] as number),
      );
      const options = optionsOf({
        mode: mode === "omitted" ? undefined : mode,
        alignCorners,
      });
      const lead = x.shape.length - spatial;
      return d.call(
        [x, given.given, options],
        ({ tape: t, of }) =>
          gridOf([...x.shape.slice(0, lead), ...sizes], (p) => {
            const shares = sizes.map((size, i) =>
              sharesOf(
                straight ? lines : "nearest",
                alignCorners === true,
                lengths[i] as number,
                size,
                ratios[i] as number,
                p[lead + i] as number,
              ),
            );
            const terms = pointsOf(shares.map((s) => s.length)).map((q) => {
              const chosen = q.map(
                (k, i) => (shares[i] as Shares)[k] as readonly [number, number],
              );
              const id = at(of(x), [
                ...p.slice(0, lead),
                ...chosen.map(([entry]) => entry),
              ]);
              return straight
                ? chosen.reduceRight(
                    (v, [, share]) => t.mul(t.constant(share), v),
                    id,
                  )
                : id;
            });
            return t.sum(terms);
          }),
        // Of a scale between two integers the types know no length.
        { untyped: !given.values.every(Number.isInteger) },
      );
    },
  };
};

const pixelShuffle: Operator = {
  name: "pixelShuffle",
  attributes: { factor: ["1", "2"] },
  rank: 3,
  draw: (d) => {
    const x = d.value(3, {
      fits: (v) => sizeOf(v.shape) <= 48,
      shape: () => [4, 1 + d.roll(2), 1 + d.roll(3)],
    });
    const [c = 1, h = 1, w = 1] = x.shape.slice(-3);
    const r = Number(d.choose("factor", c % 4 === 0 ? [] : ["2"]));
    const lead = x.shape.length - 3;
    return d.call([x, r], ({ of }) =>
      gridOf([...x.shape.slice(0, lead), c / r ** 2, h * r, w * r], (p) => {
        const [channel = 0, i = 0, j = 0] = p.slice(-3);
        const from = channel * r ** 2 + (i % r) * r + (j % r);
        return at(of(x), [
          ...p.slice(0, lead),
          from,
          Math.floor(i / r),
          Math.floor(j / r),
        ]);
      }),
    );
  },
};

export const resamplings: readonly Operator[] = [
  ...([1, 2] as const).flatMap((spatial) => [
    resampling("upsample", spatial),
    resampling("resize", spatial),
  ]),
  pixelShuffle,
];
