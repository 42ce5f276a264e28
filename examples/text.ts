/** The rhyme of data/jack.txt, as numbers of its letters. */
import { readFileSync } from "node:fs";

/** The letters that the rhyme is made of, in small letters, with comma, full stop, space and the end of a line. */
export const alphabet = "\n ,.abcdefghijklmnoprstuvwy";

/** The rhyme as numbers of letters: the verses up to the last one, and the last one. */
export function rhyme(): {
  readonly seen: readonly number[];
  readonly unseen: readonly number[];
} {
  const path = new URL("../data/jack.txt", import.meta.url);
  const text = readFileSync(path, "utf8").toLowerCase();
  const last = text.lastIndexOf("\n\n") + 2;
  return {
    seen: numbersOf(text.slice(0, last)),
    unseen: numbersOf(text.slice(last)),
  };
}

/** The place of each letter in the alphabet. */
export function numbersOf(text: string): number[] {
  return Array.from(text, (letter) => {
    const number = alphabet.indexOf(letter);
    if (number < 0)
      throw new RangeError(
        `no letter ${JSON.stringify(letter)} in the alphabet`,
      );
    return number;
  });
}

/** The letters of numbers. */
export const lettersOf = (numbers: readonly number[]): string =>
  numbers.map((n) => alphabet[n] ?? "?").join("");

/** A network that says for every letter of a window how likely each letter is to follow: logits, row-major. */
export type Reader = (window: readonly number[]) => Float64Array;

/** Mean surprise in bits at each letter of a text from the end of the first window on. */
export function bitsPerLetter(
  text: readonly number[],
  window: number,
  read: Reader,
): number {
  let bits = 0;
  for (let at = window; at < text.length; at++)
    bits -= Math.log2(
      likely(read(text.slice(at - window, at)), window)[text[at] ?? 0] ?? NaN,
    );
  return bits / (text.length - window);
}

/** Goes on with a text, letter by letter, each time with the likeliest. */
export function goOn(
  start: readonly number[],
  count: number,
  window: number,
  read: Reader,
): number[] {
  const text = [...start];
  for (let i = 0; i < count; i++) {
    const next = likely(read(text.slice(-window)), window);
    text.push(next.indexOf(Math.max(...next)));
  }
  return text;
}

/** The probability of each letter after the last one of the window. */
function likely(logits: Float64Array, window: number): number[] {
  const size = alphabet.length;
  const last = logits.subarray((window - 1) * size, window * size);
  const largest = Math.max(...last);
  const weights = Array.from(last, (logit) => Math.exp(logit - largest));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}
