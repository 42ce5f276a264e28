LAYER descend(int n, real *restrict p, const real *restrict g, real rate) {
  for (int i = 0; i < n; i++) p[i] -= rate * g[i];
}

/* Adam with betas 0.9 and 0.999 and epsilon 1e-8; m and v are its means, t counts its steps. */
LAYER adam(int n, real *restrict p, const real *restrict g, real *restrict m,
           real *restrict v, int t, real rate) {
  const real step = rate / (1 - (real)pow(0.9, t));
  const real scale = 1 / SQRT(1 - pow(0.999, t));
  for (int i = 0; i < n; i++) {
    m[i] = (real)0.9 * m[i] + (real)0.1 * g[i];
    v[i] = (real)0.999 * v[i] + (real)0.001 * g[i] * g[i];
    p[i] -= step * m[i] / (SQRT(v[i]) * scale + (real)1e-8);
  }
}
