/** What the command lines of long campaigns say. */
import { parseArgs, type ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Ends with 0 and prints `usage` for --help, with 2 and one sentence for what is no option. */
export function optionsOf<const T extends Options>(
  command: string,
  usage: string,
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>["values"] {
  const given = process.argv.slice(2);
  if (given.some((word) => word === "--help" || word === "-h")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ args: given, options }).values;
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(". ");
    console.error(`${command}: ${reason}, expected ${usage}`);
    process.exit(2);
  }
}
