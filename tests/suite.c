/* Test programs: setup and teardown of each test, and running them. */
#include "config.h"
#include "suite.h"
#include "base/text.h"
#include <ftw.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECONDS 300 /* for one test: unless it hangs it ends long before, even under a sanitizer on a busy machine */

const int suite_threads[SUITE_TEAMS] = {1, 2, 3, SUITE_MOST};
lng_arena *arena;
lng_errors *errors;
static const char *own_folder; /* NULL: not used yet */

static void begin(void)
{
    arena = lng_arena_new();
    errors = lng_errors_new();
    ck_assert(arena && errors);
    own_folder = NULL;
}

static void end(void)
{
    if (own_folder) {
        empty_folder();
        ck_assert_int_eq(rmdir(own_folder), 0);
    }
    lng_arena_free(arena);
    lng_errors_free(errors);
}

void *suite_shared(size_t size)
{
    FILE *memory = tmpfile();
    if (!memory || ftruncate(fileno(memory), (off_t)size) != 0)
        return NULL;
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(memory), 0);
    return at == MAP_FAILED ? NULL : at;
}

static atomic_long fail_after;
static atomic_bool fail_forever;

static bool is_due(void)
{
    if (atomic_load(&fail_after) < 0) /* it has already struck */
        return atomic_load(&fail_forever);
    if (atomic_fetch_sub(&fail_after, 1) > 1)
        return false;
    atomic_store(&fail_after, -1);
    return true;
}

long fail_allocation(long n, bool forever)
{
    atomic_store(&fail_forever, forever);
    const long left = atomic_exchange(&fail_after, n);
    lng_on_allocation(n ? is_due : NULL);
    return left > 0 ? left : 0;
}

const char *rendered(bool color)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    ck_assert_ptr_nonnull(f);
    lng_errors_render(errors, f, color);
    ck_assert_int_eq(fclose(f), 0);
    const char *copy = lng_copy_n(arena, text, n);
    free(text);
    return copy;
}

const char *folder(void)
{
    if (!own_folder) {
        const char *tmp = getenv("TMPDIR");
        char *name = lng_format(arena, "%s/lngraph-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
        ck_assert_ptr_nonnull(mkdtemp(name));
        own_folder = name;
    }
    return own_folder;
}

const char *in_folder(const char *name)
{
    return lng_format(arena, "%s/%s", folder(), name);
}

static int erase(const char *name, const struct stat *status, int flag, struct FTW *at)
{
    (void)status, (void)flag;
    return at->level ? remove(name) : 0;
}

void empty_folder(void)
{
    ck_assert_int_eq(nftw(folder(), erase, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int suite_run(const char *name, const suite_test *tests, void (*set_up)(void), void (*tear_down)(void))
{
    Suite *suite = suite_create(name);
    for (const suite_test *t = tests; t->test; t++) {
        if (t->from >= t->to) {
            fprintf(stderr, "%s: %s would never run\n", name, t->test->name);
            return EXIT_FAILURE;
        }
        TCase *c = tcase_create(t->test->name); /* for CK_RUN_CASE */
        tcase_set_timeout(c, SECONDS);
        tcase_add_checked_fixture(c, begin, end);
        if (set_up || tear_down)
            tcase_add_checked_fixture(c, set_up, tear_down);
        tcase_add_loop_test_raise_signal(c, t->test, t->signal, t->from, t->to);
        suite_add_tcase(suite, c);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const bool good = srunner_ntests_run(runner) > 0 && srunner_ntests_failed(runner) == 0;
    srunner_free(runner);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
