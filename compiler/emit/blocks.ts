import {
  binary,
  call,
  declare,
  loop,
  name,
  num,
  type Statement as Line,
} from "./code.js";
import { objectsOf } from "./objects.js";

/** Entries of a block, and a loop's entries up to which it is none. */
const [ofBlock, mostEntries] = [512, 2048];

/**
 * Long loops as loops over blocks of entries.
 *
 * V8 compiles a long loop while it runs for the first time, when it has not seen yet what comes after. Where that is
 * outside of all loops, V8 keeps what it compiled, and returns to its interpreter after each call; as little is run
 * there, it takes thousands of calls until the whole function is compiled, and numbers are allocated in each. What comes
 * after a loop inside of a loop makes V8 compile once more. A block takes less bytecode than V8 counts between two looks at
 * a function (66 KB), so that it is the loop over blocks that V8 compiles. Loops over the entries of each example are such loops too.
 */
export const inBlocks = (lines: readonly Line[]): Line[] =>
  lines.map((line) => {
    if (line.kind === "if") return { ...line, then: inBlocks(line.then) };
    // A loop over examples.
    if (line.kind === "for" && line.to.kind !== "number")
      return { ...line, body: inBlocks(line.body) };
    if (
      line.kind !== "for" ||
      line.from.kind !== "number" ||
      line.to.kind !== "number" ||
      line.to.value - line.from.value <= mostEntries ||
      line.body.some((inner) => inner.kind === "for")
    )
      return line;
    const used = objectsOf([line]);
    const fresh = (id: string): string => (used.has(id) ? fresh(`${id}_`) : id);
    const [start, end] = [fresh("from"), fresh("to")];
    return {
      kind: "for",
      variable: start,
      from: line.from,
      to: line.to,
      step: ofBlock,
      body: [
        declare(
          end,
          call("Math.min", binary("+", name(start), num(ofBlock)), line.to),
        ),
        loop(line.variable, name(end), line.body, name(start)),
      ],
    };
  });
