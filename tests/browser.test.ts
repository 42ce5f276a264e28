/** What drives Chromium for the embeddings says what went wrong, and waits for nothing that cannot come. */
import { expect, test } from "vitest";
import { chromium, onPath } from "../engines/find.js";
import { startBrowser } from "../engines/hosts/browser.js";

const opening = async (program: string, url: string): Promise<unknown> => {
  const browser = startBrowser(program, AbortSignal.timeout(100_000));
  try {
    return await browser.open(url);
  } finally {
    await browser.close();
  }
};

test.skipIf(onPath("false") === undefined)(
  "a browser that ends is an error of whoever waits for it",
  async () => {
    const program = onPath("false") ?? "";
    await expect(opening(program, "about:blank")).rejects.toThrow(
      "the browser ended",
    );
  },
);

test("so is one that is not there", async () => {
  await expect(opening("no-such-browser", "about:blank")).rejects.toThrow(
    "spawn no-such-browser ENOENT",
  );
});

test.skipIf(chromium() === undefined)(
  "a page that nobody serves is an error that names it",
  async () => {
    const url = "http://127.0.0.1:9/";
    await expect(opening(chromium() ?? "", url)).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:9\/: net::ERR_/,
    );
  },
  120_000,
);
