import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Refuses imports by the pattern of their path. */
const without = (files, group, message) => ({
  files,
  rules: {
    "no-restricted-imports": ["error", { patterns: [{ group, message }] }],
  },
});

export default defineConfig(
  {
    ignores: [
      "dist/",
      "coverage/",
      "reports/",
      ".stryker/",
      "examples/*/generated/",
      "tests/golden/",
      "tests/golden-data/",
    ],
  },
  // A file that needs a comment to pass is changed, not excused.
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylistic],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    files: ["tools/**/*.mjs", "bench/**/*.mjs", "*.js"],
    languageOptions: {
      globals: {
        Atomics: "readonly",
        console: "readonly",
        performance: "readonly",
        process: "readonly",
        SharedArrayBuffer: "readonly",
        URL: "readonly",
        WebAssembly: "readonly",
      },
    },
  },
  {
    // Pages, workers and audio processors, as their hosts run them.
    files: ["examples/*/*.js"],
    languageOptions: {
      globals: {
        AudioBufferSourceNode: "readonly",
        AudioContext: "readonly",
        AudioWorkletNode: "readonly",
        AudioWorkletProcessor: "readonly",
        console: "readonly",
        document: "readonly",
        fetch: "readonly",
        OfflineAudioContext: "readonly",
        print: "readonly",
        registerProcessor: "readonly",
        requestAnimationFrame: "readonly",
        Response: "readonly",
        URL: "readonly",
      },
    },
  },
  {
    // A script of ES5, whose functions the C program calls.
    files: ["examples/duktape/*.js"],
    languageOptions: {
      ecmaVersion: 5,
      sourceType: "script",
      globals: { xor: "readonly" },
    },
    rules: { "no-unused-vars": ["error", { vars: "local" }] },
  },
  {
    // Generated files are as long as their network.
    ignores: ["generated/**"],
    rules: { "max-lines": ["error", 500] },
  },
  {
    files: ["dsl/**/*.ts", "compiler/**/*.ts"],
    rules: { "@typescript-eslint/ban-ts-comment": ["error", everyComment()] },
  },
  without(
    ["dsl/**/*.ts"],
    ["**/compiler/**"],
    "The language knows nothing of the compiler.",
  ),
  without(
    ["compiler/interpret.ts", "compiler/interpret/**"],
    ["**/kernels/**", "**/emit/**"],
    "The interpreter is the oracle of kernels and emitters.",
  ),
);

/** No comment of TypeScript silences an error. */
function everyComment() {
  const names = ["ts-expect-error", "ts-ignore", "ts-nocheck"];
  return Object.fromEntries(names.map((name) => [name, true]));
}
