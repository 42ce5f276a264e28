/*
 * The worker's side of bench/workers/protocol.md, included last by a program that defines
 *   input, labels, target, p, m, v, carried: its memory;  tasks[]: what it can do;  parameters[]: the order of p in files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

/* Largest resident set in bytes, or 0 where there is no /proc. */
static long peak_memory(void) {
  char line[256];
  long kilobytes = 0;
  FILE *file = fopen("/proc/self/status", "r");
  if (!file) return 0;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "VmHWM: %ld kB", &kilobytes) == 1) break;
  fclose(file);
  return kilobytes * 1024;
}

static double *read_numbers(const char *path, int *count) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  *count = (int)(ftell(file) / (long)sizeof(double));
  rewind(file);
  double *x = malloc(sizeof(double) * (size_t)*count);
  if (fread(x, sizeof(double), (size_t)*count, file) != (size_t)*count) exit(1);
  fclose(file);
  return x;
}

/* A matrix [rows, columns] in files is [columns, rows] in memory where it is transposed. */
static int place_of(const struct parameter *of, int i) {
  if (!of->transposed) return i;
  return i % of->columns * of->rows + i / of->columns;
}

static double *initial;

static void reset(void) {
  int at = 0;
  for (int k = 0; k < PARAMETERS; k++) {
    const int size = parameters[k].rows * parameters[k].columns;
    for (int i = 0; i < size; i++)
      p[at + place_of(&parameters[k], i)] = (real)initial[at + i];
    at += size;
  }
  memset(carried, 0, sizeof carried);
  memset(m, 0, sizeof m);
  memset(v, 0, sizeof v);
  steps = 0;
}

static void write_number(FILE *file, double x) { fwrite(&x, sizeof x, 1, file); }

/* What one call does: outputs, or the loss and the parameters after a step. */
static void check(const struct task *task, const char *path) {
  FILE *file = fopen(path, "wb");
  reset();
  rate = CHECK_RATE;
  task->run();
  rate = RATE;
  if (task->output) {
    for (int i = 0; i < task->size; i++) write_number(file, task->output[i]);
  } else {
    int at = 0;
    write_number(file, loss);
    for (int k = 0; k < PARAMETERS; k++) {
      const int size = parameters[k].rows * parameters[k].columns;
      for (int i = 0; i < size; i++)
        write_number(file, p[at + place_of(&parameters[k], i)]);
      at += size;
    }
  }
  fclose(file);
  printf("{}\n");
}

/* Calls for about that many milliseconds, from the same start each time. */
static void sample(const struct task *task, double milliseconds) {
  long calls = 0, batch = 1;
  double start, elapsed = 0;
  reset();
  start = now();
  do {
    for (long i = 0; i < batch; i++) task->run();
    calls += batch;
    elapsed = now() - start;
    /* Looks at the clock cost less than a thousandth. */
    if (elapsed < 5e4) batch *= 2;
  } while (elapsed < milliseconds * 1e6);
  printf("{\"ns\":%.3f,\"calls\":%ld}\n", elapsed / (double)calls, calls);
}

int main(int count, char **arguments) {
  char line[4096], path[4000];
  int task, size;
  double milliseconds;
  (void)count;
#ifdef USE_BLAS
  openblas_set_num_threads(1);
#endif
  initial = read_numbers(arguments[1], &size);
  double *x = read_numbers(arguments[2], &size);
  for (int i = 0; i < size; i++) {
    input[i] = (real)x[i];
    letters[i] = (int)x[i];
  }
  double *y = read_numbers(arguments[3], &size);
  for (int i = 0; i < size; i++) {
    target[i] = (real)y[i];
    labels[i] = (int)y[i];
  }
  printf("{\"ready\":true}\n");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "check %d %3999[^\n]", &task, path) == 2) {
      check(&tasks[task], path);
    } else if (sscanf(line, "sample %d %lf", &task, &milliseconds) == 2) {
      sample(&tasks[task], milliseconds);
    } else {
      printf("{\"bytes\":%ld}\n", peak_memory());
    }
    fflush(stdout);
  }
  return 0;
}
