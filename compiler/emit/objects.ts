import type { Code, Statement } from "./code.js";

/** Arrays and functions that code refers to by name. */
export function objectsOf(lines: readonly Statement[]): Set<string> {
  const found = new Set<string>();
  const code = (c: Code): void => {
    switch (c.kind) {
      case "number":
      case "string":
        break;
      case "name":
        found.add(c.text);
        break;
      case "unary":
        code(c.x);
        break;
      case "binary":
        code(c.left);
        code(c.right);
        break;
      case "conditional":
        code(c.test);
        code(c.then);
        code(c.otherwise);
        break;
      case "call":
        found.add(c.callee.split(".")[0] as string);
        c.args.forEach(code);
        break;
      case "index":
        found.add(c.object);
        code(c.at);
        break;
      case "array":
        c.items.forEach(code);
        break;
    }
  };
  const line = (s: Statement): void => {
    switch (s.kind) {
      case "declare":
      case "return":
        if (s.value !== undefined) code(s.value);
        break;
      case "assign":
        code(s.target);
        code(s.value);
        break;
      case "run":
        code(s.code);
        break;
      case "for":
        code(s.from);
        code(s.to);
        s.body.forEach(line);
        break;
      case "if":
        code(s.test);
        s.then.forEach(line);
        s.otherwise?.forEach(line);
        break;
      case "destructure":
      case "comment":
      case "blank":
        break;
    }
  };
  lines.forEach(line);
  return found;
}

/** Names that code declares, at any depth. */
export function declaredIn(lines: readonly Statement[]): Set<string> {
  const found = new Set<string>();
  const line = (s: Statement): void => {
    if (s.kind === "declare") found.add(s.name);
    if (s.kind === "for") {
      found.add(s.variable);
      s.body.forEach(line);
    }
    if (s.kind === "if") [...s.then, ...(s.otherwise ?? [])].forEach(line);
  };
  lines.forEach(line);
  return found;
}
