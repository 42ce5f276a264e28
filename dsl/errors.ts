/** A mistake in a model that is not about shapes: what was found, what was expected; `remedy` says what to do. */
export class CompileTimeError extends RangeError {
  override readonly name = "CompileTimeError";
  readonly code: string;
  readonly remedy: string | undefined;

  constructor(code: string, message: string, remedy?: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}
