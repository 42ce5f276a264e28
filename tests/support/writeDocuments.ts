/** `npm run docs`: rewrites the generated parts of the documents, and the reference. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeProjects, root } from "../cliHarness.js";
import { freshDocuments } from "./documents.js";
import { makeReference } from "./reference/reference.js";

const { pages, problems } = await makeReference();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
// All of it is made before anything is replaced.
const all = new Map([...(await freshDocuments()), ...pages]);
for (const [name, text] of all) {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`wrote ${name}`);
}
const folder = "docs/reference";
for (const name of readdirSync(join(root, folder)))
  if (!all.has(`${folder}/${name}`)) rmSync(join(root, folder, name));
removeProjects();
