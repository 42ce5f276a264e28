/** Trains in a page of headless Chromium that may run scripts of its own site alone, or on the audio thread of such a page. */
import { startBrowser } from "./browser.js";
import { serveSite } from "./site.js";

export type Place = "page" | "worklet";

/** Each script leaves a promise of what `train` gives. */
const page = (variable: string): string => `
globalThis.trained = Promise.resolve(train(${variable}).join(" "));
`;

/** Trains in the constructor of a processor, on the thread that renders audio. */
const worklet = (variable: string): string => `
class Trained extends AudioWorkletProcessor {
  constructor() {
    super();
    this.port.postMessage(train(${variable}).join(" "));
  }
  process() {
    return true;
  }
}
registerProcessor("trained", Trained);
`;

const starter = `
const context = new OfflineAudioContext(1, 128, 48000);
globalThis.trained = context.audioWorklet.addModule("/network.js").then(
  () =>
    new Promise((done) => {
      const node = new AudioWorkletNode(context, "trained");
      node.port.onmessage = ({ data }) => done(data);
      node.connect(context.destination);
      return context.startRendering();
    }),
);
`;

/**
 * @param script what makes the network and `train`
 * @param variable the network
 */
export async function runInChromium(
  program: string,
  place: Place,
  script: string,
  variable: string,
  signal: AbortSignal,
): Promise<string> {
  const network = script + (place === "page" ? page : worklet)(variable);
  const first = place === "page" ? "network" : "starter";
  const files: Readonly<Record<string, string>> = {
    "/index.html": `<!doctype html><title>engines</title><script src="/${first}.js"></script>`,
    "/network.js": network,
    "/starter.js": starter,
  };
  const site = await serveSite((path) => files[path]);
  const browser = startBrowser(program, signal);
  try {
    const { evaluate } = await browser.open(site.url);
    return String(await evaluate("trained"));
  } finally {
    await browser.close();
    site.close();
  }
}
