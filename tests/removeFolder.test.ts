import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeFolder } from "../engines/hosts/removeFolder.js";

/** Writes files of new names into its folder for a second or until the folder is gone, as a browser does on its way out. */
const writer = `
const { writeFileSync } = require("node:fs");
const end = Date.now() + 1000;
try {
  for (let n = 0; Date.now() < end; n++) {
    writeFileSync(process.argv[1] + "/" + n, "");
    // So many files take a while to remove, in which others appear.
    if (n === 2000) process.stdout.write("ready");
  }
} catch (error) {
  if (error.code !== "ENOENT") throw error;
}
`;

it("a folder is removed while another process still writes into it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gradc-written-"));
  const inner = join(folder, "Default");
  mkdirSync(inner);
  const child = spawn(process.execPath, ["-e", writer, inner]);
  await once(child.stdout, "data");
  const closed = once(child, "close");
  await removeFolder(folder);
  expect(existsSync(folder)).toBe(false);
  expect(await closed).toEqual([0, null]);
});
