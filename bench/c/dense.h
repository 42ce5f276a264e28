/* Linear layers, activations, losses. Weights are kept as [in][out]: rows of outputs fill vectors. */

LAYER dense(int rows, int in, int out, const real *restrict x,
            const real *restrict w, const real *restrict bias,
            real *restrict y) {
  for (int r = 0; r < rows; r++)
    for (int j = 0; j < out; j++) y[r * out + j] = bias ? bias[j] : 0;
  multiply(0, 0, 1, rows, out, in, x, w, y);
}

/* dx is left out where it is NULL, dbias too. */
LAYER dense_gradient(int rows, int in, int out, const real *restrict x,
                     const real *restrict w, const real *restrict dy,
                     real *restrict dx, real *restrict dw,
                     real *restrict dbias) {
  multiply(1, 0, 0, in, out, rows, x, dy, dw);
  if (dbias) {
    fill_zero(out, dbias);
    add_rows(rows, out, dy, dbias);
  }
  if (dx) multiply(0, 1, 0, rows, in, out, dy, w, dx);
}

/* One row: the weights take their step as they are read, and no gradient is stored. */
LAYER dense_descend(int in, int out, const real *restrict x, real *restrict w,
                    real *restrict bias, const real *restrict dy,
                    real *restrict dx, real rate) {
  for (int i = 0; i < in; i++) {
    real sum = 0;
    const real factor = rate * x[i];
    for (int j = 0; j < out; j++) {
      sum += w[i * out + j] * dy[j];
      w[i * out + j] -= factor * dy[j];
    }
    if (dx) dx[i] = sum;
  }
  if (bias)
    for (int j = 0; j < out; j++) bias[j] -= rate * dy[j];
}

LAYER relu(int n, real *y) {
  for (int i = 0; i < n; i++) y[i] = y[i] > 0 ? y[i] : 0;
}
LAYER tanh_(int n, real *y) {
  for (int i = 0; i < n; i++) y[i] = TANH(y[i]);
}
LAYER sigmoid(int n, real *y) {
  for (int i = 0; i < n; i++) y[i] = SIGMOID(y[i]);
}

/* From the gradient of y to that of what y was made of, in place. */
LAYER relu_gradient(int n, const real *restrict y, real *restrict d) {
  for (int i = 0; i < n; i++) d[i] = y[i] > 0 ? d[i] : 0;
}
LAYER tanh_gradient(int n, const real *restrict y, real *restrict d) {
  for (int i = 0; i < n; i++) d[i] *= 1 - y[i] * y[i];
}
LAYER sigmoid_gradient(int n, const real *restrict y, real *restrict d) {
  for (int i = 0; i < n; i++) d[i] *= y[i] * (1 - y[i]);
}

/* Returns ln of the sum of e^z; p = softmax(z). */
static inline __attribute__((always_inline)) real
softmax_row(int n, const real *z, real *p) {
  real most = z[0], sum = 0;
  for (int j = 1; j < n; j++) most = z[j] > most ? z[j] : most;
  for (int j = 0; j < n; j++) {
    p[j] = EXP(z[j] - most);
    sum += p[j];
  }
  const real scale = 1 / sum;
  for (int j = 0; j < n; j++) p[j] *= scale;
  return most + LOG(sum);
}

LAYER softmax(int rows, int n, real *z) {
  for (int r = 0; r < rows; r++) (void)softmax_row(n, z + r * n, z + r * n);
}

/* dz = (softmax(z) - [is label]) / rows, and the mean loss. */
LAYER cross_entropy(int rows, int n, const real *restrict z, const int *label,
                    real *restrict dz, real *loss) {
  real sum = 0;
  for (int r = 0; r < rows; r++) {
    sum += softmax_row(n, z + r * n, dz + r * n) - z[r * n + label[r]];
    for (int j = 0; j < n; j++)
      dz[r * n + j] = (dz[r * n + j] - (label[r] == j)) * ((real)1 / rows);
  }
  *loss = sum / rows;
}

/* dy = 2 (y - t) / n, and the loss, the mean of (y - t)^2. */
LAYER squared_error(int n, const real *restrict y, const real *restrict t,
                    real *restrict dy, real *loss) {
  real sum = 0;
  for (int i = 0; i < n; i++) {
    const real e = y[i] - t[i];
    sum += e * e;
    dy[i] = e * ((real)2 / n);
  }
  *loss = sum / n;
}
