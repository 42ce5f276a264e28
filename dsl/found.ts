/** How many characters of a text a message shows. */
const mostCharacters = 40;

/**
 * What was found where something else was expected, as a message shows it: a number as it is, a text in quotes and with
 * its type, as it may look like a number, of anything else only what it is.
 */
export function found(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > mostCharacters
        ? `${JSON.stringify(value.slice(0, mostCharacters))}... (a string)`
        : `${JSON.stringify(value)} (a string)`;
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return "an array";
      return "op" in value && "args" in value ? "a tensor" : "an object";
    case "function":
      return "a function";
    case "bigint":
      return `${String(value)}n`;
    default:
      return String(value);
  }
}
