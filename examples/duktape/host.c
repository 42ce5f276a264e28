/* A C program that has Duktape in it, and a network in Duktape: `host SCRIPT ...` runs the scripts, has the network learn
   four examples, asks it, and prints what it learned as hexadecimal digits. */
#include <duktape.h>
#include <stdio.h>
#include <stdlib.h>

static const double inputs[] = {0, 0, 0, 1, 1, 0, 1, 1};
static const double answers[] = {0, 1, 1, 0};

static void fail(const char *why) {
  fprintf(stderr, "host: %s\n", why);
  exit(1);
}

/* Runs the file, whose functions and variables stay. */
static void run(duk_context *duk, const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail(path);
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file);
  rewind(file);
  char *text = malloc(length);
  if (text == NULL || fread(text, 1, length, file) != length) fail(path);
  fclose(file);
  if (duk_peval_lstring(duk, text, length) != 0)
    fail(duk_safe_to_string(duk, -1));
  duk_pop(duk);
  free(text);
}

static void push_numbers(duk_context *duk, const double *numbers, duk_uarridx_t count) {
  duk_idx_t list = duk_push_array(duk);
  for (duk_uarridx_t i = 0; i < count; i++) {
    duk_push_number(duk, numbers[i]);
    duk_put_prop_index(duk, list, i);
  }
}

/* Calls a function with the arguments on top of the stack; leaves its result there. */
static void call(duk_context *duk, const char *name, duk_idx_t arguments) {
  duk_get_global_string(duk, name);
  duk_insert(duk, -1 - arguments);
  if (duk_pcall(duk, arguments) != 0) fail(duk_safe_to_string(duk, -1));
}

int main(int count, char **arguments) {
  duk_context *duk = duk_create_heap_default();
  if (duk == NULL) fail("no memory");
  for (int i = 1; i < count; i++) run(duk, arguments[i]);

  push_numbers(duk, inputs, 8);
  push_numbers(duk, answers, 4);
  duk_push_int(duk, 1000);
  call(duk, "learn", 3);
  printf("loss %.3g\n", duk_get_number(duk, -1));
  duk_pop(duk);

  for (int i = 0; i < 4; i++) {
    duk_push_number(duk, inputs[2 * i]);
    duk_push_number(duk, inputs[2 * i + 1]);
    call(duk, "answer", 2);
    printf("%g, %g: %.4f\n", inputs[2 * i], inputs[2 * i + 1], duk_get_number(duk, -1));
    duk_pop(duk);
  }

  call(duk, "state", 0);
  printf("state ");
  for (duk_uarridx_t i = 0; i < duk_get_length(duk, -1); i++) {
    duk_get_prop_index(duk, -1, i);
    printf("%02x", duk_get_uint(duk, -1));
    duk_pop(duk);
  }
  printf("\n");
  duk_destroy_heap(duk);
  return 0;
}
