/** `npm run docs`: rewrites the generated parts of the documents, and the reference. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeProjects, root } from "../cliHarness.js";
import { freshDocuments } from "./documents.js";
import { makeReference } from "./reference/reference.js";

const { pages, problems } = await makeReference();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
const folder = join(root, "docs", "reference");
rmSync(folder, { recursive: true, force: true });
for (const [name, text] of [...(await freshDocuments()), ...pages]) {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${name}`);
}
removeProjects();
