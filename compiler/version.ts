/** Of this compiler: in headers and in the hash of a module. */
export const version = "0.1.0";
