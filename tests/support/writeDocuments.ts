/** `npm run docs`: rewrites the generated parts of the documents. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../cliHarness.js";
import { freshDocuments } from "./documents.js";

for (const [name, text] of await freshDocuments()) {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${name}`);
}
