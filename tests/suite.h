/* What every test program is made of: a table of its tests, run one by one, and what each of them stands on: an arena, a list of
 * errors and, if it asks for one, a folder, all its own. */
#ifndef LNG_TESTS_SUITE_H
#define LNG_TESTS_SUITE_H
#include "base/arena.h"
#include "base/error.h"
#include <check.h>

/* A row of the table; the last row has no test. The test is run with _i from `from` to `to` - 1; `signal` is what must end it, if any. */
typedef struct suite_test {
    const TTest *test;
    int from, to, signal;
} suite_test;
#define TEST(name)                                                                                                                 \
    {                                                                                                                              \
        .test = (name), .to = 1                                                                                                    \
    }
#define LOOP(name, times)                                                                                                          \
    {                                                                                                                              \
        .test = (name), .to = (times)                                                                                              \
    }
#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

/* The whole main of a program: its exit status. set_up and tear_down are run before and after each test; NULL: nothing more to do. */
int suite_run(const char *name, const suite_test *, void (*set_up)(void), void (*tear_down)(void));

/* Zeros that the tests, which run in processes of their own, share with main; NULL: there are none. */
void *suite_shared(size_t size);

/* How many threads to try: one, two, an odd number, and more than a small batch has slices. */
#define SUITE_TEAMS 4
#define SUITE_MOST  7
extern const int suite_threads[SUITE_TEAMS];

extern lng_arena *arena;
extern lng_errors *errors;

/* The n-th allocation from now fails (lng_on_allocation), and with `forever` all after it; 0 ends this. Returns how many allocations the previous
 * call was still waiting for: 0 if its failure has happened, or there was none. */
long fail_allocation(long n, bool forever);

/* The list of errors as the user would see it, and an assertion that shows it on failure. */
const char *rendered(bool color);
#define must(ok) ck_assert_msg(ok, "%s", rendered(false))

/* The test's folder, made at its first use and removed with everything in it; a path in it; emptying it. */
const char *folder(void);
const char *in_folder(const char *name);
void empty_folder(void);

#endif
