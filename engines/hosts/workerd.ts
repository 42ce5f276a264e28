/** workerd: the server of Cloudflare's Workers, asked once over the loopback. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileOf, moduleOf, type Job } from "../jobs.js";

export async function runInWorkerd(
  program: string,
  folder: string,
  job: Job,
  signal: AbortSignal,
): Promise<string> {
  const port = await freePort();
  const main = `${job.id}.worker.js`;
  writeFileSync(
    join(folder, main),
    moduleOf(
      job,
      "export default { fetch() { return new Response(train(network).join(' ')); } };",
    ),
  );
  const config = `${job.id}.capnp`;
  writeFileSync(join(folder, config), configText(job, main, port));
  const server = spawn(program, ["serve", config], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  server.stderr.on("data", (part: Buffer) => (complaints += part.toString()));
  try {
    while (server.exitCode === null) {
      const reply = await fetch(`http://127.0.0.1:${String(port)}/`, {
        signal,
      }).catch(() => undefined);
      if (reply !== undefined) return await reply.text();
      signal.throwIfAborted();
      await wait(50);
    }
    return complaints;
  } finally {
    server.kill("SIGKILL");
  }
}

const configText = (job: Job, main: string, port: number): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${String(port)}", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [
    (name = "main.js", esModule = embed "${main}"),
    (name = "${fileOf(job, "js")}", esModule = embed "${fileOf(job, "js")}")
  ],
  compatibilityDate = "2024-09-01"
);
`;

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      server.close(() => {
        done(port);
      });
    });
  });
}
