// What React Native sets up before an app: the engine itself has no console.
globalThis.console = { log: print };
