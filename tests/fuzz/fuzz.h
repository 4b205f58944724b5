/* Fuzz targets: functions that take any bytes, which a reader of lngraph must read or refuse.
 *
 * tests/fuzzer.c hands them what libFuzzer makes up (tests/fuzz/run); tests/test_corpus.c, what tests/corpus holds, one folder a target. A
 * target aborts if a promise is broken: what is refused has an error of the user's, what is read has none, and what is written is read again
 * as it was. */
#ifndef LNG_TESTS_FUZZ_H
#define LNG_TESTS_FUZZ_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

typedef struct fuzz {
    const unsigned char *at;
    size_t n;
    const char *name, *folder; /* of the target; for files, which stay there until they are overwritten */
    lng_arena *arena;
    lng_errors *errors;
} fuzz;

typedef struct fuzz_target {
    const char *name;
    void (*run)(fuzz *);
} fuzz_target;
extern const fuzz_target fuzz_targets[];        /* the last one has no name */
const fuzz_target *fuzz_find(const char *name); /* NULL: there is none */
void fuzz_run(const fuzz_target *, const unsigned char *at, size_t n, const char *folder);

/* ---- for targets ---- */
const char *fuzz_file(const fuzz *, const char *name, const void *at, size_t n); /* the path of a file with these bytes */
/* Takes the bytes before a line "---"; what follows that line stays. */
lng_source *fuzz_head(fuzz *, const char *name);
/* Aborts unless a call succeeded without an error, or failed with one that is the user's. */
void fuzz_outcome(const fuzz *, bool ok);
#define FUZZ_MUST(ok) ((ok) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #ok))
_Noreturn void fuzz_broken(const char *file, int line, const char *promise);

void fuzz_document(fuzz *), fuzz_model(fuzz *), fuzz_expression(fuzz *), fuzz_override(fuzz *);
void fuzz_array(fuzz *), fuzz_cifar(fuzz *), fuzz_text(fuzz *), fuzz_picture(fuzz *), fuzz_table(fuzz *), fuzz_folder(fuzz *),
    fuzz_gzip(fuzz *);
void fuzz_weights(fuzz *), fuzz_checkpoint(fuzz *), fuzz_json(fuzz *), fuzz_graph(fuzz *), fuzz_onnx(fuzz *);
#endif
