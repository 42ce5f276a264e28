/**
 * Whether `pattern` means a parameter: by its name, or by the name of the layer or scope before it, where `*` stands for
 * any characters.
 */
export function isNamed(name: string, pattern: string): boolean {
  const text = pattern.split("*").map(escaped).join(".*");
  return new RegExp(`^${text}(?:\\..*)?$`, "s").test(name);
}

const escaped = (text: string): string =>
  text.replace(/[\\^$.+?()[\]{}|]/g, "\\$&");
