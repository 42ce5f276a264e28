/* One block of a transformer, normalization first, over `length` places of `width` numbers. */

/* Rows of x less their mean, over their deviation; kept in `normal`, its factor in `scale`. */
LAYER layer_norm(int rows, int n, const real *restrict x,
                 const real *restrict weight, const real *restrict bias,
                 real *restrict normal, real *restrict scale,
                 real *restrict y) {
  for (int r = 0; r < rows; r++) {
    real mean = 0, variance = 0;
    for (int i = 0; i < n; i++) mean += x[r * n + i];
    mean /= n;
    for (int i = 0; i < n; i++)
      variance += (x[r * n + i] - mean) * (x[r * n + i] - mean);
    scale[r] = 1 / SQRT(variance / n + (real)1e-5);
    for (int i = 0; i < n; i++) {
      normal[r * n + i] = (x[r * n + i] - mean) * scale[r];
      y[r * n + i] = normal[r * n + i] * weight[i] + bias[i];
    }
  }
}

/* Adds to dx. */
LAYER layer_norm_gradient(int rows, int n, const real *restrict weight,
                          const real *restrict normal,
                          const real *restrict scale, const real *restrict dy,
                          real *restrict dx, real *restrict dweight,
                          real *restrict dbias) {
  for (int r = 0; r < rows; r++) {
    const real *d = dy + r * n, *x = normal + r * n;
    real mean = 0, along = 0;
    for (int i = 0; i < n; i++) {
      dweight[i] += d[i] * x[i];
      dbias[i] += d[i];
      mean += d[i] * weight[i];
      along += d[i] * weight[i] * x[i];
    }
    mean /= n;
    along /= n;
    for (int i = 0; i < n; i++)
      dx[r * n + i] += scale[r] * (d[i] * weight[i] - mean - x[i] * along);
  }
}

/* One of three matrices of one head out of rows of [3, heads, features], and back. */
LAYER take_head(int length, int width, int from, int features,
                const real *restrict x, real *restrict head) {
  for (int i = 0; i < length; i++)
    for (int k = 0; k < features; k++)
      head[i * features + k] = x[i * width + from + k];
}
LAYER put_head(int length, int width, int to, int features,
               const real *restrict head, real *restrict x) {
  for (int i = 0; i < length; i++)
    for (int k = 0; k < features; k++)
      x[i * width + to + k] = head[i * features + k];
}

/* qkv [length, 3 width] -> y [length, width]; a [heads, length, length] are the weights. */
LAYER attention(int length, int width, int heads, const real *restrict qkv,
                real *restrict a, real *restrict y) {
  const int features = width / heads;
  const real scale = 1 / SQRT((real)features);
  real q[length * features], k[length * features], v[length * features];
  real seen[length * features];
  for (int h = 0; h < heads; h++) {
    real *scores = a + h * length * length;
    take_head(length, 3 * width, h * features, features, qkv, q);
    take_head(length, 3 * width, width + h * features, features, qkv, k);
    take_head(length, 3 * width, 2 * width + h * features, features, qkv, v);
    multiply(0, 1, 0, length, length, features, q, k, scores);
    for (int i = 0; i < length; i++) {
      real *row = scores + i * length, most = row[0], sum = 0;
      for (int j = 1; j < length; j++) most = row[j] > most ? row[j] : most;
      for (int j = 0; j < length; j++) {
        row[j] = EXP((row[j] - most) * scale);
        sum += row[j];
      }
      sum = 1 / sum;
      for (int j = 0; j < length; j++) row[j] *= sum;
    }
    multiply(0, 0, 0, length, features, length, scores, v, seen);
    put_head(length, width, h * features, features, seen, y);
  }
}

LAYER attention_gradient(int length, int width, int heads,
                         const real *restrict qkv, const real *restrict a,
                         const real *restrict dy, real *restrict dqkv) {
  const int features = width / heads;
  const real scale = 1 / SQRT((real)features);
  real q[length * features], k[length * features], v[length * features];
  real d[length * features], part[length * features], da[length * length];
  for (int h = 0; h < heads; h++) {
    const real *weights = a + h * length * length;
    take_head(length, 3 * width, h * features, features, qkv, q);
    take_head(length, 3 * width, width + h * features, features, qkv, k);
    take_head(length, 3 * width, 2 * width + h * features, features, qkv, v);
    take_head(length, width, h * features, features, dy, d);
    multiply(0, 1, 0, length, length, features, d, v, da);
    multiply(1, 0, 0, length, features, length, weights, d, part);
    put_head(length, 3 * width, 2 * width + h * features, features, part, dqkv);
    for (int i = 0; i < length; i++) {
      real along = 0;
      for (int j = 0; j < length; j++)
        along += da[i * length + j] * weights[i * length + j];
      for (int j = 0; j < length; j++)
        da[i * length + j] =
            weights[i * length + j] * (da[i * length + j] - along) * scale;
    }
    multiply(0, 0, 0, length, features, length, da, k, part);
    put_head(length, 3 * width, h * features, features, part, dqkv);
    multiply(1, 0, 0, length, features, length, da, q, part);
    put_head(length, 3 * width, width + h * features, features, part, dqkv);
  }
}

LAYER add(int n, const real *restrict x, real *restrict y) {
  for (int i = 0; i < n; i++) y[i] += x[i];
}
