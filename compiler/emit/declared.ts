import type { Statement } from "./code.js";

/** Names that statements declare, those in their blocks too, each once. */
export const namesIn = (body: readonly Statement[]): readonly string[] => [
  ...new Set(declared(body)),
];

const declared = (body: readonly Statement[]): string[] =>
  body.flatMap((s) => {
    if (s.kind === "declare") return [s.name];
    if (s.kind === "destructure") return s.names;
    if (s.kind === "for") return [s.variable, ...declared(s.body)];
    if (s.kind === "if")
      return [...declared(s.then), ...declared(s.otherwise ?? [])];
    return [];
  });
