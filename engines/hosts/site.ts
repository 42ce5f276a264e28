/** A site of the loopback, all of whose answers have the same policy. */
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join, normalize } from "node:path";

/** A script of a page may be one of the site's own files, and nothing else: no text becomes code. */
export const strictPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";

export interface Site {
  /** With a slash at its end. */
  readonly url: string;
  close(): void;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
};

/**
 * Serves files.
 *
 * @param fileOf the content of a path, which starts with a slash ("/" itself is "/index.html"); undefined where there is none
 */
export function serveSite(
  fileOf: (path: string) => string | Uint8Array | undefined,
): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const content = fileOf(path);
    const ending = path.slice(path.lastIndexOf(".") + 1);
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": types[ending] ?? "application/octet-stream",
      "content-security-policy": strictPolicy,
    });
    response.end(content);
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      done({
        url: `http://127.0.0.1:${String(port)}/`,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      });
    });
  });
}

/** The files below a folder, for {@link serveSite}: a path that leads out of it starts there anew. */
export const filesBelow =
  (folder: string) =>
  (path: string): Uint8Array | undefined => {
    const file = join(folder, normalize(path));
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() === true ? readFileSync(file) : undefined;
  };
