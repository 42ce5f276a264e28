/** Three significant digits, with the unit that suits them. */

/** Of a time in ns: "59.0 ns", "1.23 us", "4.10 ms". */
export const timeText = (ns: number): string =>
  scaled(ns, 1000, ["ns", "us", "ms", "s"]);

/** "12.3 KB": of 1,000 bytes, as package registries count. */
export const bytesText = (bytes: number): string =>
  scaled(bytes, 1000, ["B", "KB", "MB", "GB"]);

/** "1.42x", "4100x". */
export const ratioText = (ratio: number): string => `${digits(ratio)}x`;

function scaled(value: number, step: number, units: readonly string[]): string {
  let left = value;
  let unit = 0;
  while (Math.abs(left) >= step && unit < units.length - 1) {
    left /= step;
    unit++;
  }
  return `${digits(left)} ${units[unit] ?? ""}`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
