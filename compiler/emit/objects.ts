import type { Code, Statement } from "./code.js";

/** Code is asked more than once, and that of large networks is long. */
const known = new WeakMap<readonly Statement[], ReadonlySet<string>>();

/** Arrays and functions that code refers to by name and does not declare itself. */
export function objectsOf(lines: readonly Statement[]): ReadonlySet<string> {
  const before = known.get(lines);
  if (before !== undefined) return before;
  const found = new Set<string>();
  block(lines, new Set(), found);
  known.set(lines, found);
  return found;
}

/** One block: what it declares is known to its end. */
function block(
  lines: readonly Statement[],
  local: Set<string>,
  found: Set<string>,
): void {
  const own: string[] = [];
  const declared = (id: string): void => {
    if (local.has(id)) return;
    local.add(id);
    own.push(id);
  };
  for (const s of lines) {
    ownObjects(s, local, found);
    if (s.kind === "declare") declared(s.name);
    if (s.kind === "for") {
      const isNew = !local.has(s.variable);
      local.add(s.variable);
      block(s.body, local, found);
      if (isNew) local.delete(s.variable);
    }
    if (s.kind === "if") {
      block(s.then, local, found);
      if (s.otherwise !== undefined) block(s.otherwise, local, found);
    }
  }
  for (const id of own) local.delete(id);
}

/** Adds what a statement refers to, without its blocks and but for the names in `local`. */
export function ownObjects(
  s: Statement,
  local: ReadonlySet<string>,
  found: Set<string>,
): void {
  switch (s.kind) {
    case "declare":
    case "return":
      if (s.value !== undefined) refer(s.value, local, found);
      break;
    case "assign":
      refer(s.target, local, found);
      refer(s.value, local, found);
      break;
    case "run":
      refer(s.code, local, found);
      break;
    case "for":
      refer(s.from, local, found);
      refer(s.to, local, found);
      break;
    case "if":
      refer(s.test, local, found);
      break;
    case "each":
      refer({ kind: "name", text: s.list }, local, found);
      break;
    case "throw":
      refer(s.value, local, found);
      break;
    case "destructure":
    case "comment":
    case "blank":
      break;
  }
}

function refer(c: Code, local: ReadonlySet<string>, found: Set<string>): void {
  switch (c.kind) {
    case "number":
    case "string":
      break;
    case "name":
      if (!local.has(c.text)) found.add(c.text);
      break;
    case "unary":
      refer(c.x, local, found);
      break;
    case "binary":
      refer(c.left, local, found);
      refer(c.right, local, found);
      break;
    case "conditional":
      refer(c.test, local, found);
      refer(c.then, local, found);
      refer(c.otherwise, local, found);
      break;
    case "call": {
      const object = c.callee.split(".")[0] as string;
      if (!local.has(object)) found.add(object);
      for (const a of c.args) refer(a, local, found);
      break;
    }
    case "index":
      if (!local.has(c.object)) found.add(c.object);
      refer(c.at, local, found);
      break;
    case "array":
      for (const item of c.items) refer(item, local, found);
      break;
    case "template":
      for (const part of c.parts)
        if (typeof part !== "string") refer(part, local, found);
      break;
    case "as":
      refer(c.x, local, found);
      break;
    // They stand in `create` alone, which is no function of the network.
    case "object":
    case "function":
      break;
  }
}
