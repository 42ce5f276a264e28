/** A page of headless Chromium that may run scripts of its own server alone, and the audio thread of such a page. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Place = "page" | "worklet";

const policy = "default-src 'none'; script-src 'self'; connect-src 'self'";

/** Reports what `train` gives. */
const page = (variable: string): string => `
fetch("/report", { method: "POST", body: train(${variable}).join(" ") });
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
context.audioWorklet.addModule("/network.js").then(() => {
  const node = new AudioWorkletNode(context, "trained");
  node.port.onmessage = ({ data }) => fetch("/report", { method: "POST", body: data });
  node.connect(context.destination);
  return context.startRendering();
}).catch((error) => fetch("/report", { method: "POST", body: String(error) }));
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
  const files: Readonly<Record<string, readonly [string, string]>> = {
    "/": [
      "text/html",
      `<!doctype html><title>engines</title><script src="/${place === "page" ? "network" : "starter"}.js"></script>`,
    ],
    "/network.js": ["text/javascript", network],
    "/starter.js": ["text/javascript", starter],
  };
  const profile = mkdtempSync(join(tmpdir(), "gradc-chromium-"));
  let report: (text: string) => void = () => undefined;
  const reported = new Promise<string>((done) => {
    report = done;
  });
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ""] ?? ["text/plain", ""];
    response.writeHead(200, {
      "content-type": type,
      "content-security-policy": policy,
    });
    response.end(text);
    if (request.url !== "/report") return;
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      report(body);
    });
  });
  const port = await listening(server);
  const browser = spawn(
    program,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${String(port)}/`,
    ],
    { stdio: "ignore" },
  );
  const closed = new Promise<string>((done) => {
    browser.on("error", (error) => {
      done(error.message);
    });
    browser.on("close", () => {
      done("the browser ended");
    });
  });
  const tooLong = new Promise<string>((done) => {
    signal.addEventListener("abort", () => {
      done("");
    });
  });
  try {
    const text = await Promise.race([reported, closed, tooLong]);
    signal.throwIfAborted();
    return text;
  } finally {
    browser.kill("SIGTERM");
    await closed;
    server.closeAllConnections();
    server.close();
    // Processes of the browser outlive it for a moment, and still write there.
    rmSync(profile, {
      recursive: true,
      force: true,
      maxRetries: 30,
      retryDelay: 100,
    });
  }
}

const listening = (server: Server): Promise<number> =>
  new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      done(typeof address === "object" ? (address?.port ?? 0) : 0);
    });
  });
