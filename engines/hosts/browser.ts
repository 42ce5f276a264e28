/**
 * Headless Chromium, driven through its DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/) over a pipe: messages are JSON, each ended by a zero byte.
 */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { removeFolder } from "./removeFolder.js";

export interface Browser {
  /** Opens a page and waits until it is loaded. */
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

/** A global object that scripts run in: that of a page, of a worker, or of a worklet. */
export interface Realm {
  /** The value of an expression, which has to be JSON; a promise is waited for. Throws what the expression throws. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Bytes on the heap of its thread. */
  readonly usedHeap: () => Promise<number>;
}

export interface Page extends Realm {
  /** The next worker or worklet that the page starts, or one that it has started already. */
  readonly thread: () => Promise<Realm>;
  /** Errors of scripts, and what the policy refused, so far. */
  readonly complaints: readonly string[];
  /** The page as a PNG of so many pixels. */
  readonly screenshot: (width: number, height: number) => Promise<Buffer>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}
type Parameters = Readonly<Record<string, unknown>>;
type Listener = (params: Parameters) => void;

/** One session of the protocol: commands to a page, or to the browser itself, and its events. */
interface Session {
  send(method: string, params?: Parameters): Promise<Parameters>;
  on(method: string, listener: Listener): void;
  /** Waits for what an event brings, unless the browser ends first: that is thrown. */
  until<T>(event: Promise<T>): Promise<T>;
}

/** Starts Chromium with a profile of its own. The signal ends it. */
export function startBrowser(program: string, signal: AbortSignal): Browser {
  const profile = mkdtempSync(join(tmpdir(), "gradc-chromium-"));
  const child = spawn(
    program,
    [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
      ...["--remote-debugging-pipe", `--user-data-dir=${profile}`],
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], signal },
  );
  const closed = new Promise<Error>((done) => {
    child.on("error", done);
    child.on("close", () => {
      done(new Error("the browser ended"));
    });
  });
  const [, , , commands, replies] = child.stdio as unknown as [
    null,
    null,
    null,
    Writable,
    Readable,
  ];
  const session = sessionsOver(commands, replies, closed);
  return {
    open: (url) => openPage(session, url),
    close: async () => {
      child.kill("SIGTERM");
      await closed;
      // Processes of the browser outlive it for a moment, and still write there.
      await removeFolder(profile);
    },
  };
}

/** Sessions over one pipe, by their id; that of the browser has none. */
function sessionsOver(
  commands: Writable,
  replies: Readable,
  closed: Promise<Error>,
): (id?: string) => Session {
  const waiting = new Map<
    number,
    { done: (result: Parameters) => void; fail: (error: Error) => void }
  >();
  const listeners = new Map<string, Listener[]>();
  const key = (id: string | undefined, method: string): string =>
    `${id ?? ""} ${method}`;
  const receive = (message: Message): void => {
    const { id, method = "", sessionId, params = {}, result, error } = message;
    if (id === undefined) {
      for (const listener of listeners.get(key(sessionId, method)) ?? [])
        listener(params);
      return;
    }
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.done(result ?? {});
    else asked?.fail(new Error(error.message));
  };
  let rest: Buffer = Buffer.alloc(0);
  replies.on("data", (part: Buffer) => {
    rest = Buffer.concat([rest, part]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const text = rest.subarray(0, end).toString();
      rest = rest.subarray(end + 1);
      receive(JSON.parse(text) as Message);
    }
  });
  // A pipe to a browser that ended says so by itself.
  commands.on("error", () => undefined);
  const until = async <T>(event: Promise<T>): Promise<T> => {
    const first = await Promise.race([
      event.then((value) => ({ value })),
      closed,
    ]);
    if (first instanceof Error) throw first;
    return first.value;
  };
  let count = 0;
  return (id) => ({
    until,
    send: (method, params = {}) => {
      const number = ++count;
      const reply = new Promise<Parameters>((done, fail) => {
        waiting.set(number, { done, fail });
      });
      const text = JSON.stringify({
        ...{ id: number, method, params },
        ...(id !== undefined && { sessionId: id }),
      });
      commands.write(`${text}\0`);
      return until(reply);
    },
    on: (method, listener) => {
      const before = listeners.get(key(id, method)) ?? [];
      listeners.set(key(id, method), [...before, listener]);
    },
  });
}

async function openPage(
  session: (id?: string) => Session,
  url: string,
): Promise<Page> {
  const browser = session();
  const { targetId } = await browser.send("Target.createTarget", {
    url: "about:blank",
  });
  const page = session(await attached(browser, targetId));
  const complaints: string[] = [];
  page.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
    complaints.push(complaintOf(exceptionDetails));
  });
  page.on("Log.entryAdded", ({ entry }) => {
    const { level, text } = entry as Record<string, string>;
    if (level === "error") complaints.push(text ?? "");
  });
  const threads = queue<Realm>();
  page.on("Target.attachedToTarget", ({ sessionId }) => {
    threads.put(realm(session(String(sessionId))));
  });
  const loaded = new Promise<void>((done) => {
    page.on("Page.loadEventFired", () => {
      done();
    });
  });
  for (const domain of ["Page", "Runtime", "Log"])
    await page.send(`${domain}.enable`);
  await page.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: true,
  });
  const { errorText } = await page.send("Page.navigate", { url });
  if (typeof errorText === "string") throw new Error(`${url}: ${errorText}`);
  await page.until(loaded);
  return {
    ...realm(page),
    thread: () => page.until(threads.take()),
    complaints,
    screenshot: async (width, height) => {
      await page.send("Emulation.setDeviceMetricsOverride", {
        ...{ width, height, deviceScaleFactor: 1, mobile: false },
      });
      const { data } = await page.send("Page.captureScreenshot");
      return Buffer.from(String(data), "base64");
    },
  };
}

async function attached(browser: Session, targetId: unknown): Promise<string> {
  const { sessionId } = await browser.send("Target.attachToTarget", {
    targetId,
    flatten: true,
  });
  return String(sessionId);
}

const realm = (session: Session): Realm => ({
  evaluate: async (expression) => {
    const { result, exceptionDetails } = await session.send(
      "Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true },
    );
    if (exceptionDetails !== undefined)
      throw new Error(complaintOf(exceptionDetails));
    return (result as { readonly value?: unknown }).value;
  },
  usedHeap: async () => {
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return Number(usedSize);
  },
});

/** What an exception says, with its stack where it has one. */
function complaintOf(details: unknown): string {
  const { text, exception } = details as {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
  return exception?.description ?? text;
}

/** What is put is taken in the same order, by those who wait for it or come later. */
function queue<T>() {
  const items: T[] = [];
  const takers: ((item: T) => void)[] = [];
  return {
    put: (item: T): void => {
      const taker = takers.shift();
      if (taker === undefined) items.push(item);
      else taker(item);
    },
    take: (): Promise<T> =>
      new Promise((done) => {
        const [item] = items.splice(0, 1);
        if (item === undefined) takers.push(done);
        else done(item);
      }),
  };
}
