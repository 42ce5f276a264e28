/** Stands before the ending of a module's file that only predicts: it lies beside the one that trains. */
export const frozenEnding = ".frozen";
