/** What the docstrings of the language still owe the reference, one sentence each. */
import { familyOf } from "./families.js";
import type { Option } from "./options.js";
import type { Entry } from "./surface.js";

/** Something that is computed: an equation, an arrow of an update, a value at a bound. */
const formula = /=|<-|\bln |\be\^|\bmax\(|\bsum\b|\^|\blr /;

export function problemsOf(
  entry: Entry,
  options: readonly Option[],
  primitives: readonly string[],
): string[] {
  const { name, file, doc } = entry;
  const family = familyOf(file);
  if (family === undefined)
    return [
      `${name}: ${file} belongs to no family of tests/support/reference/families.ts`,
    ];
  if (doc.text === "" && doc.pytorch === undefined && entry.kind === "function")
    return [`${name} (${file}) has no docstring`];
  if (entry.kind !== "function") return [];
  const owes: string[] = [];
  if (doc.examples.length === 0) owes.push("an @example");
  if (family.formulas && !formula.test(doc.text))
    owes.push('a formula, such as "y = 2 x"');
  if (doc.pytorch === undefined)
    owes.push(
      'PyTorch\'s name, such as "PyTorch: torch.add." or "PyTorch: none."',
    );
  for (const option of options) {
    if (option.meaning === "")
      owes.push(`a meaning of the option ${option.name}`);
    if (
      option.optional &&
      option.standard === "" &&
      !/default/.test(option.meaning)
    )
      owes.push(`a default of the option ${option.name}`);
    if (option.contradiction !== "")
      owes.push(
        `the default of the option ${option.name} that the code has: ${option.standard}, not ${option.contradiction}`,
      );
  }
  if (family.formulas && primitives.length === 0 && doc.examples.length > 0)
    owes.push("an @example whose result is a tensor that it makes");
  return owes.map((what) => `${name} (${file}): the docstring owes ${what}`);
}
