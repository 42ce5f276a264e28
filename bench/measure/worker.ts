/** A contestant's process: it answers a line with a line of JSON, and waits in between. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A reply: numbers and words by name, or why there is none. */
export type Reply = Readonly<Record<string, unknown>> & {
  readonly absent?: unknown;
};

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Nothing that is measured takes longer; a contestant that does is absent. */
const longest = 120_000;

export class Worker {
  private readonly lines: AsyncIterator<string, undefined>;
  private errors = "";

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null || child.stderr === null)
      throw new Error("a worker without output");
    this.lines = createInterface({ input: child.stdout })[
      Symbol.asyncIterator
    ]();
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      this.errors = `${this.errors}${text}`.slice(-2000);
    });
  }

  /** The process and what it says first: that it is ready, or why it is not. */
  static async start(command: Command): Promise<readonly [Worker, Reply]> {
    const child = spawn(command.program, command.args, {
      env: { ...process.env, ...command.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.on("error", () => undefined);
    child.stdin.on("error", () => undefined);
    const worker = new Worker(child);
    return [worker, await worker.reply()];
  }

  request(line: string): Promise<Reply> {
    this.child.stdin?.write(`${line}\n`);
    return this.reply();
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }

  /** The next line that is an object: libraries print lines of their own. */
  private async reply(): Promise<Reply> {
    const late = setTimeout(() => {
      this.stop();
    }, longest);
    try {
      for (;;) {
        const next = await this.lines.next();
        if (next.done === true) return { absent: this.lastWords() };
        if (next.value.startsWith("{")) return JSON.parse(next.value) as Reply;
      }
    } finally {
      clearTimeout(late);
    }
  }

  private lastWords(): string {
    const lines = this.errors.trim().split("\n");
    const error = lines.findLast((line) =>
      /error|cannot|not found/i.test(line),
    );
    return error ?? lines.at(-1) ?? `no answer in ${String(longest / 1000)} s`;
  }
}
