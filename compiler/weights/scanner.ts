import type { CompileError } from "../diagnostics.js";
import type { Fault } from "./fault.js";

/**
 * Reads JSON token by token and takes only what is asked for. `JSON.parse` would keep the last of two equal names, round
 * large numbers, and build whatever a stranger's file holds.
 */
export class Scanner {
  readonly #text: string;
  readonly #fault: Fault;
  #at = 0;

  constructor(text: string, fault: Fault) {
    this.#text = text;
    this.#fault = fault;
  }

  /** Takes a punctuation mark if it comes next. */
  takes(mark: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  /** @throws CompileError where another one comes. */
  expect(mark: string): void {
    if (!this.takes(mark)) throw this.unexpected(`"${mark}"`);
  }

  /** @throws CompileError where no string comes. */
  string(what: string): string {
    this.#space();
    if (this.#text[this.#at] !== '"') throw this.unexpected(what);
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"')
      end += this.#text[end] === "\\" ? 2 : 1;
    const token = this.#text.slice(this.#at, end + 1);
    const text = unescaped(token);
    if (text === undefined) throw this.unexpected(what);
    this.#at = end + 1;
    return text;
  }

  /** @throws CompileError where no integer from 0 to 2^53 - 1 comes, written in digits alone. */
  natural(what: string): number {
    this.#space();
    const digits = /(?:0|[1-9]\d*)(?![\d.eE])/y;
    digits.lastIndex = this.#at;
    const [token] = digits.exec(this.#text) ?? [];
    const value = Number(token);
    if (token === undefined || !Number.isSafeInteger(value))
      throw this.unexpected(what);
    this.#at = digits.lastIndex;
    return value;
  }

  /** @throws CompileError where something comes after all. */
  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.unexpected("its end");
  }

  /** What is said of the next character. */
  unexpected(what: string): CompileError {
    const found = this.#text[this.#at];
    return this.#fault({
      code: "GC1503",
      message: `the header has ${found === undefined ? "its end" : JSON.stringify(found)} at character ${String(this.#at)}, expected ${what}`,
    });
  }

  #space(): void {
    const space = /[ \t\r\n]*/y;
    space.lastIndex = this.#at;
    space.exec(this.#text);
    this.#at = space.lastIndex;
  }
}

/** The text that a token of JSON stands for; undefined where it is not a string's. */
function unescaped(token: string): string | undefined {
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
}
