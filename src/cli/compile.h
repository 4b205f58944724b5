/* Compiles C to WebAssembly with clang, without a shell and without temporary files of ours. */
#ifndef LNG_CLI_COMPILE_H
#define LNG_CLI_COMPILE_H
#include "cli/cli.h"

/* Appends the program to wasm. What the compiler says goes to the standard error. False after an error. */
bool lng_compile_wasm(lng_command *, const char *compiler, const lng_text *source, lng_text *wasm);

#endif
