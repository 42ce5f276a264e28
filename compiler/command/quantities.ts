/** Quantities in words, whatever the locale. */

/** `12,345` */
export const countText = (number: number): string =>
  String(number).replace(/\B(?=(?:\d{3})+$)/g, ",");

/** 1 KB is 1000 bytes. */
export const bytesText = (bytes: number): string =>
  bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} KB`
    : `${(bytes / 1e6).toFixed(1)} MB`;
