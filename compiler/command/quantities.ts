/** Quantities in words, whatever the locale. */

/** `12,345` */
export const countText = (number: number): string =>
  String(number).replace(/\B(?=(?:\d{3})+$)/g, ",");

/** `1e-17`: the power of ten above a positive number. */
export const powerAbove = (x: number): string =>
  Number.isFinite(x) ? `1e${String(Math.ceil(Math.log10(x)))}` : String(x);

/** How far outputs were from the trained network's, and on what. */
export const outputsText = (error: number, examples: number): string =>
  `outputs within ${powerAbove(error)} of the trained network's on ${String(examples)} ${examples === 1 ? "example" : "examples"}`;

/** 1 KB is 1000 bytes. */
export const bytesText = (bytes: number): string =>
  bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} KB`
    : `${(bytes / 1e6).toFixed(1)} MB`;
