/**
 * A hook of Node's loader: TypeScript of a project without `"type": "module"` is a module nevertheless. As CommonJS it
 * would load a second copy of the language, whose tensors are foreign to this one.
 */
interface Resolved {
  readonly url: string;
  readonly format?: string | null | undefined;
}

export async function resolve(
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => Promise<Resolved>,
): Promise<Resolved> {
  const resolved = await next(specifier, context);
  const isText = /\.tsx?(?:\?|$)/.test(resolved.url);
  return isText && resolved.format === "commonjs"
    ? { ...resolved, format: "module" }
    : resolved;
}
