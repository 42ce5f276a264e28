/** `node wasmBytes.mjs MODULE.mjs`: how many bytes of WebAssembly the module instantiates, plain and after gzip, as JSON. */
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const { Module } = WebAssembly;
const found = [];
WebAssembly.Module = class extends Module {
  constructor(bytes) {
    super(bytes);
    found.push(new Uint8Array(bytes.buffer ?? bytes));
  }
};
const { create } = await import(pathToFileURL(process.argv[2]).href);
create();
const sum = (of) => found.reduce((n, bytes) => n + of(bytes), 0);
const minified = sum((bytes) => bytes.length);
const gzip = sum((bytes) => gzipSync(bytes, { level: 9 }).length);
console.log(JSON.stringify({ minified, gzip }));
