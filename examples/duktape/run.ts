// Builds a C program that has a network in Duktape, lets it learn, and compares it with Node: `npm run embed:duktape`.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { duktapeHeader, onPath } from "../../engines/find.js";
import { create } from "../../generated/xor.js";
import { check, compile, needed, sameBits, workshop } from "../embedding.js";

const shop = workshop("duktape");
const compiler = needed(onPath("gcc"), "gcc (Debian: apt-get install gcc)");
needed(duktapeHeader(), "Duktape (Debian: apt-get install duktape-dev)");
compile("examples/xor.ts", shop, "--target", "es5");
const host = join(shop.generated, "host");
execFileSync(
  compiler,
  [
    ...["-std=c99", "-O2", "-Wall", "-Wextra"],
    ...[join(shop.folder, "host.c"), "-o", host, "-lduktape", "-lm"],
  ],
  { stdio: "inherit" },
);
const printed = execFileSync(
  host,
  [join(shop.generated, "xor.es5.js"), join(shop.folder, "app.js")],
  { encoding: "utf8" },
).trimEnd();
const lines = printed.split("\n");
for (const line of lines.slice(0, -1)) console.log(line);

const network = create({ seed: 1, maxBatch: 4 });
network.inputs.x.set([0, 0, 0, 1, 1, 0, 1, 1]);
network.inputs.y.set([0, 1, 1, 0]);
for (let step = 0; step < 1000; step++) network.trainStep(4);
const state = Buffer.from(lines.at(-1)?.replace("state ", "") ?? "", "hex");
check(
  sameBits(state, network.save()),
  `what it learned, ${String(state.length)} bytes, has the bits of Node`,
);
