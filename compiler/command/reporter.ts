/** Where a command writes: results to stdout, messages to stderr. */
import {
  diagnosticJson,
  formatDiagnostic,
  wantsColour,
  type Diagnostic,
} from "../diagnostics.js";

export interface Reporter {
  /** Writes a result, one line or more. */
  output(text: string): void;
  /** Writes messages, in order. */
  diagnostics(diagnostics: readonly Diagnostic[]): Promise<void>;
}

/** More errors than this say nothing new. */
const limit = 20;

/**
 * @param json one object a line instead of sentences and code frames
 * @param folder paths are shown relative to it
 */
export function consoleReporter(json: boolean, folder: string): Reporter {
  const colour = wantsColour(process.stderr);
  return {
    output: (text) => {
      process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    },
    diagnostics: async (diagnostics) => {
      const shown = json ? diagnostics : diagnostics.slice(0, limit);
      for (const diagnostic of shown) {
        const text = json
          ? diagnosticJson(diagnostic, folder)
          : await formatDiagnostic(diagnostic, { colour, folder });
        process.stderr.write(`${text}\n`);
      }
      const left = diagnostics.length - shown.length;
      if (left > 0) process.stderr.write(`and ${String(left)} more\n`);
    },
  };
}
