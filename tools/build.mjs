/** `npm run build`: dist/ as the sources say, nothing when it is so already. */
import { build } from "./dist.mjs";

const { built, ok, output } = build();
if (ok) {
  if (built) console.log("built dist/");
} else {
  console.error(output);
  process.exitCode = 1;
}
