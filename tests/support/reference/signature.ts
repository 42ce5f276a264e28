/**
 * Type signatures as a user reads them: without the checks that bear messages, and with the name of an argument where
 * the result's shape depends on it, `linear(x: Tensor<S>, out: number): Tensor<[...Init<S>, out]>`.
 */
import { format } from "prettier";
import { SyntaxKind } from "ts-morph";
import {
  argumentsOf,
  callable,
  callablesOf,
  declarationNamed,
  declarationOf,
  unguarded,
  type Callable,
} from "./callable.js";
import type { Entry, Syntax } from "./surface.js";

/** The signatures of a function, one a line where they fit. */
export async function signatureOf(entry: Entry): Promise<string> {
  const texts = callablesOf(entry).map((c) => signatureText(entry.name, c));
  const printed = await format(
    texts.map((text) => `declare function ${text};`).join("\n"),
    { parser: "typescript", printWidth: 80 + "declare function ".length },
  );
  return printed
    .replaceAll("declare function ", "")
    .trim()
    .replaceAll(/^(\S.*);$/gm, "$1");
}

/** `name(parameters): result` on one line. */
export function signatureText(name: string, c: Callable): string {
  const reader = new Reader(c);
  const own = c.parameters.filter((p) => !isNaming(p.getTypeNode()));
  const parameters = own.map((p) => {
    const initial = p.getInitializer()?.getText();
    const type = p.getTypeNode();
    const shown = type === undefined ? "number" : reader.parameter(type);
    const fixed = initial !== undefined && initial !== "{}";
    if (fixed) return `${p.getName()} = ${initial}`;
    if (p.isRestParameter()) return `...${p.getName()}: ${shown}`;
    return `${p.getName()}${p.isOptional() ? "?" : ""}: ${shown}`;
  });
  const result = c.result === undefined ? "void" : reader.result(c.result);
  return `${name}(${parameters.join(", ")}): ${result}`;
}

/** The type of an option, as a parameter of `c` has it. */
export const typeText = (type: Syntax, c: Callable): string =>
  new Reader(c).parameter(type);

/** What the type of a result has between its angle brackets. */
export const resultArguments = (c: Callable): string[] =>
  c.result === undefined
    ? []
    : argumentsOf(c.result).map((a) => new Reader(c).result(a));

/** Options that every function has: the index page says so once. */
const isNaming = (type: Syntax | undefined): boolean =>
  /^(?:NameOptions|Pick<NameOptions.*>|\{ readonly name\?: string;? \})$/.test(
    type?.getText() ?? "",
  );

/** Spells the types of one signature. */
class Reader {
  /** Type parameters that an argument or an option fixes, and its name. */
  private readonly carriers = new Map<string, string>();
  private readonly bounds: ReadonlyMap<string, Syntax | undefined>;
  private readonly given: ReadonlyMap<string, string>;

  constructor(c: Callable) {
    this.given = c.given;
    this.bounds = new Map(
      c.typeParameters.map((p) => [p.getName(), p.getConstraint()]),
    );
    for (const p of c.parameters) {
      const type = p.getTypeNode();
      if (type !== undefined) this.carry(p.getName(), unguarded(type));
    }
  }

  /** Remembers that `name` fixes the type parameter that it is declared with. */
  private carry(name: string, type: Syntax): void {
    const text = type.getText();
    if (this.bounds.has(text)) this.carriers.set(text, name);
    for (const part of type
      .asKind(SyntaxKind.IntersectionType)
      ?.getTypeNodes() ?? [])
      this.carry(name, part);
    for (const p of type.asKind(SyntaxKind.TypeLiteral)?.getProperties() ?? [])
      this.carry(p.getName(), unguarded(p.getTypeNodeOrThrow()));
    const declared = interfaceOf(type);
    if (declared === undefined) return;
    argumentsOf(type).forEach((argument, i) => {
      const own = unguarded(argument).getText();
      const slot = declared.getTypeParameters()[i]?.getName();
      if (this.bounds.has(own) && slot !== undefined)
        this.carriers.set(own, propertyOf(declared, slot) ?? own);
    });
  }

  parameter(type: Syntax): string {
    return this.spell(type, false);
  }

  result(type: Syntax): string {
    return this.spell(type, true);
  }

  private spell(of: Syntax, result: boolean): string {
    const type = unguarded(of);
    const all = (types: readonly Syntax[]): string[] =>
      types.map((t) => this.spell(t, result));
    const union = type.asKind(SyntaxKind.UnionType)?.getTypeNodes();
    if (union !== undefined) return all(union).join(" | ");
    const both = type.asKind(SyntaxKind.IntersectionType)?.getTypeNodes();
    if (both !== undefined)
      return all(both.filter((part) => !isNaming(part))).join(" & ");
    const inner = type.asKind(SyntaxKind.TypeOperator)?.getTypeNode();
    if (inner !== undefined) return this.spell(inner, result);
    const item = type.asKind(SyntaxKind.ArrayType)?.getElementTypeNode();
    if (item !== undefined) return `${this.spell(item, result)}[]`;
    const elements = type.asKind(SyntaxKind.TupleType)?.getElements();
    if (elements !== undefined) return this.tuple(elements, result);
    const rest = type.asKind(SyntaxKind.RestType)?.getTypeNode();
    if (rest !== undefined) return `...${this.spell(rest, result)}`;
    const members = type.asKind(SyntaxKind.TypeLiteral)?.getProperties();
    if (members !== undefined) {
      const texts = members.map((p) => {
        const mark = p.hasQuestionToken() ? "?" : "";
        return `${p.getName()}${mark}: ${this.spell(p.getTypeNodeOrThrow(), result)}`;
      });
      return `{ ${texts.join("; ")} }`;
    }
    if (type.asKind(SyntaxKind.MappedType) !== undefined)
      return this.list(type, result);
    const name = type.asKind(SyntaxKind.TypeReference)?.getTypeName().getText();
    if (name !== undefined) return this.reference(type, name, result);
    return this.otherwise(type);
  }

  private otherwise(type: Syntax): string {
    const written = type.asKind(SyntaxKind.FunctionType);
    if (written === undefined) return type.getText();
    const inside = callable(written, this.given);
    const outer = new Map([...this.bounds]);
    const text = signatureText("", {
      ...inside,
      typeParameters: inside.typeParameters,
      given: new Map([
        ...this.given,
        ...[...outer.keys()].map((k) => [k, k] as const),
      ]),
    });
    return text.replace(/\): (?=[^)]*$)/, ") => ");
  }

  private reference(type: Syntax, name: string, result: boolean): string {
    const [first] = argumentsOf(type);
    if (this.bounds.has(name)) return this.letter(name, result);
    const given = this.given.get(name);
    if (given !== undefined) return given;
    const letter = declarationOf(type)?.asKind(SyntaxKind.TypeParameter);
    const bound = letter?.getConstraint() ?? letter?.getDefault();
    if (bound !== undefined && !result) return this.spell(bound, result);
    if (/^(?:Mutable|NoInfer|Readonly)$/.test(name) && first !== undefined)
      return this.spell(first, result);
    const args = argumentsOf(type).map((a) => this.spell(a, result));
    const bare = interfaceOf(type) !== undefined && !result;
    return args.length === 0 || bare ? name : `${name}<${args.join(", ")}>`;
  }

  /** A type parameter: the argument that fixes it in the result, what it may be elsewhere. */
  private letter(name: string, result: boolean): string {
    const bound = this.bounds.get(name);
    const carrier = this.carriers.get(name);
    if (result && carrier !== undefined) return carrier;
    const isShape = bound?.getText() === "Shape" && carrier === undefined;
    if (bound === undefined || isShape || result) return name;
    // What is bounded by itself, `C extends Carry<C>`, is spelled without.
    const [head = name] = bound.getText().split("<");
    const own = new RegExp(`\\b${name}\\b`).test(bound.getText());
    return own ? head : this.spell(bound, false);
  }

  private tuple(elements: readonly Syntax[], result: boolean): string {
    const inner = elements[0]?.asKind(SyntaxKind.RestType)?.getTypeNode();
    const mapped = inner?.asKind(SyntaxKind.MappedType);
    if (elements.length === 1 && mapped !== undefined)
      return this.list(mapped, result);
    return `[${elements.map((e) => this.spell(e, result)).join(", ")}]`;
  }

  /** A mapped type over a list: `{ [K in keyof X]: X[K] }` is X again, anything else a list of tensors. */
  private list(type: Syntax, result: boolean): string {
    const over = /keyof (\w+)\]: \1\[K\]/.exec(type.getText())?.[1];
    return over !== undefined ? this.letter(over, result) : "Tensor[]";
  }
}

/** The interface of options that a type names; tensors are interfaces too, but have shapes. */
function interfaceOf(type: Syntax) {
  const declared = declarationOf(type)?.asKind(SyntaxKind.InterfaceDeclaration);
  return declared?.getName().endsWith("Tensor") === true ? undefined : declared;
}

/** The option whose type is the type parameter `slot` of its interface, here or where the interface extends. */
function propertyOf(of: Syntax, slot: string): string | undefined {
  const declared = of.asKind(SyntaxKind.InterfaceDeclaration);
  for (const p of declared?.getProperties() ?? [])
    if (p.getTypeNode()?.getText() === slot) return p.getName();
  for (const base of declared?.getExtends() ?? []) {
    const at = base.getTypeArguments().findIndex((a) => a.getText() === slot);
    const parent = declarationNamed(base.getExpression())?.asKind(
      SyntaxKind.InterfaceDeclaration,
    );
    const name = parent?.getTypeParameters()[at]?.getName();
    if (parent !== undefined && name !== undefined)
      return propertyOf(parent, name);
  }
  return undefined;
}
