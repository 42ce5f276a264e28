/** workerd, the server of Cloudflare's Workers, over the loopback. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export interface Worker {
  /** The folder of the modules; the configuration is written there too. */
  readonly folder: string;
  /** Files in it: the one that answers requests, then those that it imports. */
  readonly modules: readonly [string, ...string[]];
}

/**
 * Serves a worker while `use` asks it.
 *
 * @param use gets the worker's address, with a slash at its end, once it listens
 */
export async function withWorkerd<T>(
  program: string,
  { folder, modules }: Worker,
  signal: AbortSignal,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const config = `${modules[0]}.capnp`;
  writeFileSync(join(folder, config), configText(modules, port));
  const server = spawn(program, ["serve", config], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  server.stderr.on("data", (part: Buffer) => (complaints += part.toString()));
  const failed = new Promise<Error>((done) => {
    server.on("error", done);
  });
  const url = `http://127.0.0.1:${String(port)}/`;
  try {
    for (;;) {
      const first = await Promise.race([failed, listens(port)]);
      if (first instanceof Error) throw first;
      if (first) return await use(url);
      if (server.exitCode !== null) throw new Error(complaints);
      signal.throwIfAborted();
      await wait(50);
    }
  } finally {
    server.kill("SIGKILL");
  }
}

/** Whether somebody listens there. */
const listens = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.on("error", () => {
      done(false);
    });
  });

const configText = (modules: readonly string[], port: number): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${String(port)}", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [
${modules.map((name) => `    (name = "${name}", esModule = embed "${name}")`).join(",\n")}
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
