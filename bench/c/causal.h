/*
 * Causal convolution of a block of `length` samples. seen [channels, past + length] holds the end of the block before it
 * and then the block; past = (kernel - 1) dilation.
 */

/* y has rows of `stride` numbers, so that it can stand in the memory of the next layer. */
LAYER causal(int channels, int length, int out, int kernel, int dilation,
             const real *restrict seen, const real *restrict w,
             const real *restrict bias, real *restrict y, int stride) {
  const int past = (kernel - 1) * dilation;
  for (int o = 0; o < out; o++) {
    real *row = y + o * stride;
    for (int t = 0; t < length; t++) row[t] = bias[o];
    for (int c = 0; c < channels; c++)
      for (int k = 0; k < kernel; k++) {
        const real factor = w[(o * channels + c) * kernel + k];
        const real *from = seen + c * (past + length) + k * dilation;
        for (int t = 0; t < length; t++) row[t] += factor * from[t];
      }
  }
}

/* dseen is left out where it is NULL. */
LAYER causal_gradient(int channels, int length, int out, int kernel,
                      int dilation, const real *restrict seen,
                      const real *restrict w, const real *restrict dy,
                      int stride, real *restrict dseen, real *restrict dw,
                      real *restrict dbias) {
  const int past = (kernel - 1) * dilation;
  if (dseen) fill_zero(channels * (past + length), dseen);
  for (int o = 0; o < out; o++) {
    const real *d = dy + o * stride;
    for (int t = 0; t < length; t++) dbias[o] += d[t];
    for (int c = 0; c < channels; c++)
      for (int k = 0; k < kernel; k++) {
        const int first = c * (past + length) + k * dilation;
        const real factor = w[(o * channels + c) * kernel + k];
        real sum = 0;
        for (int t = 0; t < length; t++) sum += d[t] * seen[first + t];
        dw[(o * channels + c) * kernel + k] += sum;
        if (dseen)
          for (int t = 0; t < length; t++) dseen[first + t] += factor * d[t];
      }
  }
}

LAYER put_rows(int rows, int n, const real *restrict x, real *restrict y,
               int stride) {
  for (int r = 0; r < rows; r++)
    for (int t = 0; t < n; t++) y[r * stride + t] = x[r * n + t];
}

LAYER relu_rows(int rows, int n, real *y, int stride) {
  for (int r = 0; r < rows; r++) relu(n, y + r * stride);
}
LAYER relu_rows_gradient(int rows, int n, const real *y, real *d, int stride) {
  for (int r = 0; r < rows; r++) relu_gradient(n, y + r * stride, d + r * stride);
}

/* The end of what was seen becomes the past of the next block. */
LAYER shift(int channels, int length, int past, real *seen) {
  for (int c = 0; c < channels; c++) {
    real *row = seen + c * (past + length);
    memmove(row, row + length, sizeof(real) * past);
  }
}
