/** Programs that are run for what they print. */
import { spawn } from "node:child_process";

/** How the run of one network in one engine ended. */
export type Outcome =
  | { readonly kind: "bits"; readonly bits: string; readonly seconds: number }
  | { readonly kind: "slow" }
  | { readonly kind: "failed"; readonly why: string };

/** What is printed is lines of `bits`, a space, and hexadecimal digits; undefined where there is none. */
function bitsIn(text: string): string | undefined {
  const parts = Array.from(text.matchAll(/bits ([0-9a-f]+)/g), ([, p]) => p);
  return parts.length === 0 ? undefined : parts.join("");
}

/** Seconds that a network may take. */
export const patience = 120;

/** Measures what gives the text with the bits; too long a run is stopped by it. */
export async function timed(
  run: (signal: AbortSignal) => Promise<string>,
): Promise<Outcome> {
  const start = performance.now();
  const signal = AbortSignal.timeout(1000 * patience);
  try {
    const text = await run(signal);
    const bits = bitsIn(text);
    const seconds = (performance.now() - start) / 1000;
    return bits === undefined
      ? { kind: "failed", why: text.trim().slice(-300) }
      : { kind: "bits", bits, seconds };
  } catch (error) {
    if (signal.aborted) return { kind: "slow" };
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "failed", why };
  }
}

/** Everything that a program prints, on both streams. */
export function output(
  [program, ...args]: readonly [string, ...string[]],
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    let text = "";
    child.stdout.on("data", (part: Buffer) => (text += part.toString()));
    child.stderr.on("data", (part: Buffer) => (text += part.toString()));
    child.on("error", fail);
    child.on("close", () => {
      done(text);
    });
  });
}
