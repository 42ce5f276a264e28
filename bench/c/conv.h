/* Convolution of square pictures [channels, size, size], one example at a time; relu and the largest of every four follow. */

/* y [out, side, side]; side = size + 2 pad - kernel + 1. */
LAYER conv(int channels, int size, int out, int kernel, int pad,
           const real *restrict x, const real *restrict w,
           const real *restrict bias, real *restrict y) {
  const int side = size + 2 * pad - kernel + 1;
  for (int o = 0; o < out; o++) {
    real *plane = y + o * side * side;
    for (int i = 0; i < side * side; i++) plane[i] = bias[o];
    for (int c = 0; c < channels; c++)
      for (int row = 0; row < side; row++)
        for (int ky = 0; ky < kernel; ky++) {
          const int from = row + ky - pad;
          if (from < 0 || from >= size) continue;
          const real *in = x + (c * size + from) * size;
          for (int kx = 0; kx < kernel; kx++) {
            const real factor = w[((o * channels + c) * kernel + ky) * kernel + kx];
            const int first = kx < pad ? pad - kx : 0;
            const int end = side + kx - pad > size ? size - kx + pad : side;
            for (int i = first; i < end; i++)
              plane[row * side + i] += factor * in[i + kx - pad];
          }
        }
  }
}

LAYER conv_weight_gradient(int channels, int size, int out, int kernel, int pad,
                           const real *restrict x, const real *restrict dy,
                           real *restrict dw, real *restrict dbias) {
  const int side = size + 2 * pad - kernel + 1;
  for (int o = 0; o < out; o++) {
    const real *plane = dy + o * side * side;
    real all = 0;
    for (int i = 0; i < side * side; i++) all += plane[i];
    dbias[o] += all;
    for (int c = 0; c < channels; c++)
      for (int ky = 0; ky < kernel; ky++)
        for (int kx = 0; kx < kernel; kx++) {
          const int first = kx < pad ? pad - kx : 0;
          const int end = side + kx - pad > size ? size - kx + pad : side;
          real sum = 0;
          for (int row = 0; row < side; row++) {
            const int from = row + ky - pad;
            if (from < 0 || from >= size) continue;
            const real *in = x + (c * size + from) * size;
            for (int i = first; i < end; i++)
              sum += plane[row * side + i] * in[i + kx - pad];
          }
          dw[((o * channels + c) * kernel + ky) * kernel + kx] += sum;
        }
  }
}

LAYER conv_input_gradient(int channels, int size, int out, int kernel, int pad,
                          const real *restrict dy, const real *restrict w,
                          real *restrict dx) {
  const int side = size + 2 * pad - kernel + 1;
  fill_zero(channels * size * size, dx);
  for (int c = 0; c < channels; c++)
    for (int o = 0; o < out; o++)
      for (int row = 0; row < side; row++)
        for (int ky = 0; ky < kernel; ky++) {
          const int from = row + ky - pad;
          if (from < 0 || from >= size) continue;
          real *in = dx + (c * size + from) * size;
          const real *plane = dy + (o * side + row) * side;
          for (int kx = 0; kx < kernel; kx++) {
            const real factor = w[((o * channels + c) * kernel + ky) * kernel + kx];
            const int first = kx < pad ? pad - kx : 0;
            const int end = side + kx - pad > size ? size - kx + pad : side;
            for (int i = first; i < end; i++)
              in[i + kx - pad] += factor * plane[i];
          }
        }
}

/* y [channels, side / 2, side / 2]: relu of the largest of four; `chosen` says which. */
LAYER relu_pool(int channels, int side, const real *restrict x,
                real *restrict y, unsigned char *restrict chosen) {
  const int half = side / 2;
  for (int c = 0; c < channels; c++)
    for (int i = 0; i < half; i++)
      for (int j = 0; j < half; j++) {
        const real *at = x + (c * side + 2 * i) * side + 2 * j;
        real most = at[0];
        unsigned char which = 0;
        if (at[1] > most) most = at[1], which = 1;
        if (at[side] > most) most = at[side], which = 2;
        if (at[side + 1] > most) most = at[side + 1], which = 3;
        y[(c * half + i) * half + j] = most > 0 ? most : 0;
        chosen[(c * half + i) * half + j] = which;
      }
}

LAYER relu_pool_gradient(int channels, int side, const real *restrict y,
                         const unsigned char *restrict chosen,
                         const real *restrict dy, real *restrict dx) {
  const int half = side / 2;
  fill_zero(channels * side * side, dx);
  for (int c = 0; c < channels; c++)
    for (int i = 0; i < half; i++)
      for (int j = 0; j < half; j++) {
        const int at = (c * half + i) * half + j;
        const int row = 2 * i + (chosen[at] >> 1), column = 2 * j + (chosen[at] & 1);
        dx[(c * side + row) * side + column] = y[at] > 0 ? dy[at] : 0;
      }
}
