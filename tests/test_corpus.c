/* The corpus: inputs that fuzzing found, a folder for each target, which no compiler or sanitizer may trip over; some were defects. */
#include "config.h"
#include "base/file.h"
#include "fuzz/fuzz.h"
#include "suite.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *corpus(const char *name)
{
    return lng_format(arena, "%s/tests/corpus/%s", getenv("top_srcdir"), name);
}

START_TEST(target)
{
    const fuzz_target *t = &fuzz_targets[_i];
    const char *path = corpus(t->name);
    DIR *d = opendir(path);
    int files = 0;
    ck_assert_msg(d != NULL, "%s is missing", path);
    for (const struct dirent *e; (e = readdir(d));) {
        size_t n;
        if (*e->d_name == '.')
            continue;
        const char *file = lng_format(arena, "%s/%s", path, e->d_name), *bytes = lng_file_read(arena, file, 1 << 20, &n, errors);
        must(bytes);
        fprintf(stderr, "%s\n", file); /* which one it was, if it aborts */
        fuzz_run(t, (const unsigned char *)bytes, n, folder());
        files++;
    }
    closedir(d);
    ck_assert_int_gt(files, 0);
}
END_TEST

/* Every folder is some target's. */
START_TEST(folders)
{
    DIR *d = opendir(corpus(""));
    ck_assert_ptr_nonnull(d);
    for (const struct dirent *e; (e = readdir(d));)
        ck_assert_msg(*e->d_name == '.' || fuzz_find(e->d_name), "there is no target %s", e->d_name);
    closedir(d);
}
END_TEST

int main(void)
{
    int n = 0;
    while (fuzz_targets[n].name)
        n++;
    const suite_test tests[] = {LOOP(target, n), TEST(folders), {.test = NULL}};
    return suite_run("corpus", tests, NULL, NULL);
}
