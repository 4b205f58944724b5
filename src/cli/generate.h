/* Continuing a text: what predict.c tells generate.c of the model. */
#ifndef LNG_CLI_GENERATE_H
#define LNG_CLI_GENERATE_H
#include "cli/cli.h"

enum { LNG_GENERATED_BYTES = 256 }; /* that a model tells apart */

typedef struct lng_generation {
    lng_command *command;
    const char *prompt;
    int64_t bytes; /* to be made; 0: none are asked for */
    double temperature;
    uint64_t seed;
    bool terminal;   /* bytes are shown one by one */
    int32_t *window; /* what the model reads */
    int64_t length;  /* of it */
    void *context;
    const float *(*run)(void *context); /* the model's output for the window, [length, 256]; NULL after an error */
    bool (*print)(void *context);       /* what was put out; false: nobody reads it any more */
} lng_generation;
bool lng_generation_read(lng_generation *, lng_command *); /* the options; false after an error */
void lng_generate(const lng_generation *);
#endif
