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

/**
 * What a function of the model threw, or was wrong with what it returned, when the compiler called it after the model
 * ran: a derivative, a schedule, an initializer.
 */
export class ModelMistake extends Error {
  override readonly name = "ModelMistake";
  /** What was thrown: the language's own error, or anything. */
  readonly thrown: unknown;
  /** An error made where the model gave the function: the place of what names no line of the model itself. */
  readonly site: Error | undefined;

  constructor(thrown: unknown, site: Error | undefined) {
    super(thrown instanceof Error ? thrown.message : String(thrown));
    this.thrown = thrown;
    this.site = site;
  }
}

/**
 * Calls a function of the model, and checks what it returns: whatever is thrown is a mistake of the model.
 *
 * @param site an error made where the model gave the function
 * @throws ModelMistake for whatever `call` throws.
 */
export function ofModel<T>(site: Error | undefined, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof ModelMistake ? error : new ModelMistake(error, site);
  }
}
