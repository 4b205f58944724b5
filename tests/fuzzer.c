/* What libFuzzer calls: the target that LNGRAPH_FUZZ names, on files in a folder of TMPDIR. See tests/fuzz/run. */
#include "config.h"
#include "fuzz/fuzz.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

static const fuzz_target *target;
static char folder[200];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("LNGRAPH_FUZZ"), *tmp = getenv("TMPDIR");
    (void)argc, (void)argv;
    target = name ? fuzz_find(name) : NULL;
    snprintf(folder, sizeof folder, "%s/lngraph-fuzz-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (target && mkdtemp(folder))
        return 0;
    fprintf(stderr, "LNGRAPH_FUZZ must name a target:");
    for (const fuzz_target *t = fuzz_targets; t->name; t++)
        fprintf(stderr, " %s", t->name);
    fprintf(stderr, "\n");
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    fuzz_run(target, at, n, folder);
    return 0;
}
