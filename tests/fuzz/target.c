/* The table of targets, and running one. */
#include "config.h"
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const fuzz_target fuzz_targets[] = {{"document", fuzz_document},
                                    {"model", fuzz_model},
                                    {"expression", fuzz_expression},
                                    {"override", fuzz_override},
                                    {"idx", fuzz_array},
                                    {"npy", fuzz_array},
                                    {"npz", fuzz_array},
                                    {"csv", fuzz_array},
                                    {"table", fuzz_table},
                                    {"cifar", fuzz_cifar},
                                    {"text", fuzz_text},
                                    {"gzip", fuzz_gzip},
                                    {"png", fuzz_picture},
                                    {"pgm", fuzz_picture},
                                    {"jpeg", fuzz_picture},
                                    {"folder", fuzz_folder},
                                    {"weights", fuzz_weights},
                                    {"json", fuzz_json},
                                    {"graph", fuzz_graph},
                                    {"onnx", fuzz_onnx},
                                    {"checkpoint", fuzz_checkpoint},
                                    {NULL, NULL}};

const fuzz_target *fuzz_find(const char *name)
{
    for (const fuzz_target *t = fuzz_targets; t->name; t++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

void fuzz_broken(const char *file, int line, const char *promise)
{
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, promise);
    abort();
}

void fuzz_outcome(const fuzz *f, bool ok)
{
    const int status = lng_errors_status(f->errors);
    if (ok ? status == LNG_DONE : status == LNG_BAD_INPUT)
        return;
    fprintf(stderr, "%s, but the errors are:\n", ok ? "read" : "refused");
    lng_errors_render(f->errors, stderr, false);
    abort();
}

const char *fuzz_file(const fuzz *f, const char *name, const void *at, size_t n)
{
    const char *path = lng_format(f->arena, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "wb");
    FUZZ_MUST(file && fwrite(at, 1, n, file) == n && fclose(file) == 0);
    return path;
}

lng_source *fuzz_head(fuzz *f, const char *name)
{
    static const char mark[] = "\n---\n";
    size_t i = 0;
    while (i + 5 <= f->n && memcmp(f->at + i, mark, 5) != 0)
        i++;
    const size_t head = i + 5 <= f->n ? i + 1 : 0, gone = head ? head + 4 : 0;
    lng_source *source = LNG_NEW(f->arena, lng_source);
    *source = (lng_source){name, lng_copy_n(f->arena, (const char *)f->at, head), head};
    f->at += gone;
    f->n -= gone;
    return source;
}

static void work(void *context)
{
    fuzz *f = context;
    fuzz_find(f->name)->run(f);
}

/* As a user sees them. */
static void render(const fuzz *f)
{
    FILE *nowhere = fopen("/dev/null", "w");
    lng_errors_fit(f->errors, 80);
    lng_errors_render(f->errors, nowhere, true);
    fclose(nowhere);
}

void fuzz_run(const fuzz_target *target, const unsigned char *at, size_t n, const char *folder)
{
    /* a copy to the byte, so that a sanitizer sees what reads past its end */
    unsigned char *copy = malloc(n ? n : 1);
    fuzz f = {copy, n, target->name, folder, lng_arena_new(), lng_errors_new()};
    FUZZ_MUST(copy && f.arena && f.errors);
    memcpy(copy, at, n);
    FUZZ_MUST(lng_protect(f.arena, work, &f));
    render(&f);
    lng_errors_free(f.errors);
    lng_arena_free(f.arena);
    free(copy);
}
