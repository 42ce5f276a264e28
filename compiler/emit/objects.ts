import type { Code, Statement } from "./code.js";

/** Arrays and functions that code refers to by name and does not declare itself. */
export function objectsOf(lines: readonly Statement[]): Set<string> {
  const found = new Set<string>();
  block(lines, new Set(), found);
  return found;
}

/** One block: what it declares is known to its end. */
function block(
  lines: readonly Statement[],
  outer: ReadonlySet<string>,
  found: Set<string>,
): void {
  const local = new Set(outer);
  const refer = (id: string): void => {
    if (!local.has(id)) found.add(id);
  };
  const code = (c: Code): void => {
    switch (c.kind) {
      case "number":
      case "string":
        break;
      case "name":
        refer(c.text);
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
        refer(c.callee.split(".")[0] as string);
        c.args.forEach(code);
        break;
      case "index":
        refer(c.object);
        code(c.at);
        break;
      case "array":
        c.items.forEach(code);
        break;
    }
  };
  for (const s of lines)
    switch (s.kind) {
      case "declare":
        if (s.value !== undefined) code(s.value);
        local.add(s.name);
        break;
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
        block(s.body, new Set([...local, s.variable]), found);
        break;
      case "if":
        code(s.test);
        block(s.then, local, found);
        block(s.otherwise ?? [], local, found);
        break;
      case "destructure":
      case "comment":
      case "blank":
        break;
    }
}
