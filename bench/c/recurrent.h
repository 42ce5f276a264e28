/* Embedding, gated recurrent unit (one moment), long short-term memory (a sequence). */

LAYER embed(int rows, int width, const int *letter, const real *restrict table,
            real *restrict y) {
  for (int r = 0; r < rows; r++)
    for (int i = 0; i < width; i++) y[r * width + i] = table[letter[r] * width + i];
}
LAYER embed_gradient(int rows, int width, const int *letter,
                     const real *restrict dy, real *restrict dtable) {
  for (int r = 0; r < rows; r++)
    for (int i = 0; i < width; i++) dtable[letter[r] * width + i] += dy[r * width + i];
}

/* h becomes the next h. Weights are [in][3 hidden], gates r, z, n. */
LAYER gru(int in, int hidden, const real *restrict x, const real *restrict w,
          const real *restrict u, const real *restrict wbias,
          const real *restrict ubias, real *restrict h) {
  real a[3 * hidden], b[3 * hidden];
  dense(1, in, 3 * hidden, x, w, wbias, a);
  dense(1, hidden, 3 * hidden, h, u, ubias, b);
  for (int j = 0; j < hidden; j++) {
    const real r = SIGMOID(a[j] + b[j]);
    const real z = SIGMOID(a[hidden + j] + b[hidden + j]);
    const real n = TANH(a[2 * hidden + j] + r * b[2 * hidden + j]);
    h[j] = (1 - z) * n + z * h[j];
  }
}

/*
 * h and c [steps + 1, hidden], their first rows given. Gates i, f, g, o are kept
 * in gates [steps, 4 hidden], tanh c in squashed [steps, hidden].
 */
LAYER lstm(int steps, int in, int hidden, const real *restrict x,
           const real *restrict w, const real *restrict u,
           const real *restrict wbias, const real *restrict ubias,
           real *restrict gates, real *restrict squashed, real *restrict h,
           real *restrict c) {
  const int all = 4 * hidden;
  dense(steps, in, all, x, w, wbias, gates);
  for (int t = 0; t < steps; t++) {
    real *gate = gates + t * all;
    for (int j = 0; j < all; j++) gate[j] += ubias[j];
    multiply(0, 0, 1, 1, all, hidden, h + t * hidden, u, gate);
    for (int j = 0; j < 2 * hidden; j++) gate[j] = SIGMOID(gate[j]);
    for (int j = 2 * hidden; j < 3 * hidden; j++) gate[j] = TANH(gate[j]);
    for (int j = 3 * hidden; j < all; j++) gate[j] = SIGMOID(gate[j]);
    for (int j = 0; j < hidden; j++) {
      const int at = t * hidden + j;
      c[at + hidden] = gate[hidden + j] * c[at] + gate[j] * gate[2 * hidden + j];
      squashed[at] = TANH(c[at + hidden]);
      h[at + hidden] = gate[3 * hidden + j] * squashed[at];
    }
  }
}

/* dh [steps, hidden] is what the layers above add; gates become their gradients. */
LAYER lstm_gradient(int steps, int in, int hidden, const real *restrict x,
                    const real *restrict w, const real *restrict u,
                    real *restrict gates, const real *restrict squashed,
                    const real *restrict h, const real *restrict c,
                    real *restrict dh, real *restrict dx, real *restrict dw,
                    real *restrict du, real *restrict dwbias,
                    real *restrict dubias) {
  const int all = 4 * hidden;
  real dc[hidden];
  fill_zero(hidden, dc);
  for (int t = steps - 1; t >= 0; t--) {
    real *gate = gates + t * all;
    for (int j = 0; j < hidden; j++) {
      const int at = t * hidden + j;
      const real i = gate[j], f = gate[hidden + j], g = gate[2 * hidden + j];
      const real o = gate[3 * hidden + j], s = squashed[at];
      const real d = dc[j] + dh[at] * o * (1 - s * s);
      gate[j] = d * g * i * (1 - i);
      gate[hidden + j] = d * c[at] * f * (1 - f);
      gate[2 * hidden + j] = d * i * (1 - g * g);
      gate[3 * hidden + j] = dh[at] * s * o * (1 - o);
      dc[j] = d * f;
    }
    if (t > 0) multiply(0, 1, 1, 1, hidden, all, gate, u, dh + (t - 1) * hidden);
  }
  dense_gradient(steps, hidden, all, h, u, gates, NULL, du, dubias);
  dense_gradient(steps, in, all, x, w, gates, dx, dw, dwbias);
}
