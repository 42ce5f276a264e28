/** Keeps what a model does while it runs from ending or misleading gradc. */

/**
 * Runs a model: what it logs goes to stderr, and a call of `process.exit`, an
 * error nobody awaits and an `await` that never ends become errors of the run.
 */
export async function guarded<T>(run: () => Promise<T>): Promise<T> {
  const restore = [logToStderr(), refuseExit()];
  const { promise: failure, stop } = firstFailure();
  try {
    return await Promise.race([run(), failure]);
  } finally {
    stop();
    for (const undo of restore) undo();
  }
}

/** What a model logs is for the person, not for who reads gradc's results. */
function logToStderr(): () => void {
  const { log, info, debug } = console;
  const error = console.error.bind(console);
  Object.assign(console, { log: error, info: error, debug: error });
  return () => {
    Object.assign(console, { log, info, debug });
  };
}

/** A model that ends the process would look like a compile that succeeded. */
function refuseExit(): () => void {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new Error(`process.exit(${String(code ?? "")}) is called`);
  };
  return () => {
    process.exit = exit;
  };
}

/** Rejects with the first error that no part of the model's import carries. */
function firstFailure(): {
  readonly promise: Promise<never>;
  readonly stop: () => void;
} {
  let stop: () => void = () => undefined;
  const promise = new Promise<never>((_, reject) => {
    const onError = (error: Error) => {
      reject(error);
    };
    const onEnd = () => {
      reject(new Error("an await of the model never ends"));
    };
    process.on("uncaughtException", onError);
    process.on("beforeExit", onEnd);
    stop = () => {
      process.off("uncaughtException", onError);
      process.off("beforeExit", onEnd);
    };
  });
  return { promise, stop };
}
