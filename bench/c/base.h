/* What all C programs of the benchmark share: the type of numbers and products of matrices. */
#include <math.h>
#include <string.h>

#ifndef REAL
#error "compile with -DREAL=float or -DREAL=double"
#endif
typedef REAL real;

/* The sizes of a layer are constants of its call, and so of its loops. */
#define LAYER static inline __attribute__((always_inline)) void
#define MEMORY static __attribute__((aligned(64)))

#define OF_TYPE(name, x) \
  (sizeof(real) == 4 ? (real)name##f((float)(x)) : (real)name(x))
#define TANH(x) OF_TYPE(tanh, x)
#define EXP(x) OF_TYPE(exp, x)
#define LOG(x) OF_TYPE(log, x)
#define SQRT(x) OF_TYPE(sqrt, x)
#define SIGMOID(x) (1 / (1 + EXP(-(x))))

#ifdef USE_BLAS
#include <cblas.h>
#endif

/*
 * c [m, n] = a [m, k] b [k, n], or += where `add`, row-major; a or b is
 * transposed in memory where its flag says so. One row is a loop even with
 * BLAS: its sizes are known.
 */
LAYER multiply(int a_transposed, int b_transposed, int add, int m, int n, int k,
               const real *restrict a, const real *restrict b,
               real *restrict c) {
#ifdef USE_BLAS
  if (m > 1) {
    const int ta = a_transposed ? CblasTrans : CblasNoTrans;
    const int tb = b_transposed ? CblasTrans : CblasNoTrans;
    const int lda = a_transposed ? m : k, ldb = b_transposed ? k : n;
    if (sizeof(real) == 4)
      cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, (const float *)a, lda,
                  (const float *)b, ldb, add, (float *)c, n);
    else
      cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, (const double *)a, lda,
                  (const double *)b, ldb, add, (double *)c, n);
    return;
  }
#endif
  if (!add) memset(c, 0, sizeof(real) * m * n);
  if (b_transposed) {
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        real sum = 0;
        for (int l = 0; l < k; l++) sum += a[i * k + l] * b[j * k + l];
        c[i * n + j] += sum;
      }
    return;
  }
  for (int i = 0; i < m; i++)
    for (int l = 0; l < k; l++) {
      const real factor = a_transposed ? a[l * m + i] : a[i * k + l];
      for (int j = 0; j < n; j++) c[i * n + j] += factor * b[l * n + j];
    }
}

LAYER fill_zero(int n, real *x) { memset(x, 0, sizeof(real) * n); }

/* sum [n] += the rows of x [rows, n]. */
LAYER add_rows(int rows, int n, const real *restrict x, real *restrict sum) {
  for (int r = 0; r < rows; r++)
    for (int j = 0; j < n; j++) sum[j] += x[r * n + j];
}
