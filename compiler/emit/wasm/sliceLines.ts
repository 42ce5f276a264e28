/** Elementary functions of float32 over slices that one vector holds: their lines in place of a call. */
import { at, name, num, withOperands, type Code } from "../code.js";
import { deeds, ownNames } from "./deeds.js";
import { float32Slices } from "./float32Slices.js";
import type { WideLine } from "./wideLine.js";

type Call = Code & { readonly kind: "call" };
type Entry = Code & { readonly kind: "index" };

/** The lines of a call, if it is of such a function and of no more numbers than there are lanes. */
export function sliceLines(
  { callee, args }: Call,
  width: number,
): readonly WideLine[] | undefined {
  const f = float32Slices.get(callee);
  const count = args.at(-1);
  if (f === undefined || count?.kind !== "number" || count.value > width)
    return undefined;
  const [loop] = deeds(f.body);
  if (loop?.kind !== "for") return undefined;
  const list = deeds(loop.body);
  const own = ownNames(list);
  const given = new Map(f.params.map((p, i) => [p.name, args[i] as Code]));
  const lanes = Array.from({ length: width }, (_, lane) => lane);
  const nameIn = (id: string, lane: number): string =>
    `${id} of lane ${String(lane)}`;
  const inLane = (code: Code, lane: number): Code => {
    const of = (c: Code): Code => inLane(c, lane);
    if (code.kind === "index") {
      const array = given.get(code.object);
      return array?.kind === "name"
        ? at(array.text, of(code.at))
        : { ...code, at: of(code.at) };
    }
    if (code.kind !== "name") return withOperands(code, of);
    if (own.has(code.text)) return name(nameIn(code.text, lane));
    // Lanes that are not asked for compute the last number again.
    if (code.text === loop.variable)
      return num(Math.min(lane, count.value - 1));
    return given.get(code.text) ?? code;
  };
  return list.flatMap((s): WideLine[] => {
    if (s.kind === "declare" && s.value !== undefined) {
      const { value } = s;
      return [
        {
          kind: "declare",
          names: lanes.map((lane) => nameIn(s.name, lane)),
          values: lanes.map((lane) => inLane(value, lane)),
        },
      ];
    }
    if (s.kind !== "assign") return [];
    return [
      {
        kind: "store",
        entries: lanes
          .slice(0, count.value)
          .map((lane) => inLane(s.target, lane) as Entry),
        values: lanes.map((lane) => inLane(s.value, lane)),
      },
    ];
  });
}
