/* Every verb where the system really refuses: standard output is full or closed, files may not grow, folders may not be written in; and where
 * signals interrupt whatever takes time.
 *
 * A verb then ends as if nothing had happened, because it could do without, or with status 4 and one message. Files are whole, or as they were;
 * what was trained is kept, even if nobody can read of it. */
#include "config.h"
#include "base/file.h"
#include "cli/cli.h"
#include "commands.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>

typedef struct stage {
    const act *act;
    const char *folder, *what; /* the system does */
    const lng_map *before, *whole, *steady;
    outcome good, other;
    int failures;
} stage;

static void blame(stage *s, const outcome *o, const char *what, const char *which)
{
    s->failures++;
    fprintf(stderr, "lngraph %s, %s: %s%s; status %d, signal %d\n%s", s->act->command, s->what, what, which, o->status, o->signal,
            o->err);
}

static outcome run(stage *s, bool anew, const conditions *c)
{
    if (anew) {
        tree_remove(s->folder);
        tree_write(arena, s->folder, s->before);
    }
    return world_run_under(arena, s->folder, c, s->act->command);
}

/* The act without trouble, twice: what is the same each time shows no time. */
static stage rehearse(const act *a)
{
    stage s = {.act = a, .folder = in_folder("scratch")};
    acts_make(arena, s.folder, in_folder("programs"));
    s.before = tree_read(arena, s.folder);
    s.good = run(&s, false, NULL);
    ck_assert_msg(s.good.status == 0, "lngraph %s: %d\n%s", a->command, s.good.status, s.good.err);
    s.whole = tree_read(arena, s.folder);
    tree_remove(s.folder);
    tree_write(arena, s.folder, s.before);
    s.other = world_run(arena, tree_age(s.folder), NULL, a->command);
    s.steady = tree_read(arena, s.folder);
    return s;
}

static bool is_steady(const stage *s, const char *path)
{
    return same_content(lng_map_get(s->whole, path), lng_map_get(s->steady, path));
}

static void look_at_end(stage *s, const outcome *o, bool must_fail)
{
    if (o->status != LNG_SYSTEM && (must_fail || o->status != 0) && (!s->act->fails || o->status != s->act->fails))
        blame(s, o, "another status", "");
    else if (o->status != 0 && errors_said(o->err) != 1)
        blame(s, o, "not one clear message", "");
    if (o->left_open)
        blame(s, o, "descriptors are left open", "");
}

/* Each file is that of the act, or what it was before. */
static void look_at_files(stage *s, const outcome *o, bool whole)
{
    const lng_map *after = tree_read(arena, s->folder);
    for (size_t i = 0; i < lng_map_count(after); i++) {
        const char *path = lng_map_key(after, i);
        const content *c = lng_map_value(after, i), *new = lng_map_get(s->whole, path);
        if (strstr(path, ".tmp"))
            blame(s, o, "left ", path);
        else if (same_content(c, lng_map_get(s->before, path)) || same_content(c, new) || !comes_again(path))
            continue;
        else if (!act_may_change(s->act, path) || (new &&is_steady(s, path)))
            blame(s, o, "changed ", path);
    }
    for (size_t i = 0; i < lng_map_count(s->before); i++)
        if (!lng_map_get(after, lng_map_key(s->before, i)) && !act_may_change(s->act, lng_map_key(s->before, i)))
            blame(s, o, "removed ", lng_map_key(s->before, i));
    for (size_t i = 0; whole && i < lng_map_count(s->whole); i++) {
        const char *path = lng_map_key(s->whole, i);
        const content *c = lng_map_get(after, path);
        if (comes_again(path) && (!c || (is_steady(s, path) && !same_content(c, lng_map_value(s->whole, i)))))
            blame(s, o, "done, but without the whole of ", path);
    }
}

static bool trains(const act *a)
{
    return strncmp(a->command, "run ", 4) == 0 || strncmp(a->command, "resume ", 7) == 0 || strncmp(a->command, "sweep ", 6) == 0;
}

static void try_output(stage *s, const char *what, const char *path)
{
    s->what = what;
    const outcome o = run(s, true, &(conditions){.out = path});
    look_at_end(s, &o, *s->good.out != 0);
    look_at_files(s, &o, o.status == 0 || trains(s->act));
}

/* Nobody hears of progress, which is no reason to fail. */
static void try_errors(stage *s, const char *what, const char *path)
{
    s->what = what;
    const outcome o = run(s, true, &(conditions){.err = path});
    if (o.status != 0)
        blame(s, &o, "another status", "");
    look_at_files(s, &o, true);
}

/* Some files of the results are a byte too long, or twice too long. */
static void try_sizes(stage *s)
{
    for (size_t i = 0; i < lng_map_count(s->whole); i++) {
        const char *path = lng_map_key(s->whole, i);
        const content *c = lng_map_value(s->whole, i);
        if (c->length < 2 || !act_may_change(s->act, path) || same_content(c, lng_map_get(s->before, path)))
            continue;
        for (size_t part = 1; part <= 2; part++) {
            const size_t most = part == 1 ? c->length - 1 : c->length / 2;
            s->what = lng_format(arena, "files may have %zu bytes", most);
            const outcome o = run(s, true, &(conditions){.most_bytes = most});
            look_at_end(s, &o, is_steady(s, path));
            look_at_files(s, &o, o.status == 0);
        }
    }
}

static void try_locked(stage *s)
{
    s->what = "nothing may be written";
    tree_remove(s->folder);
    tree_write(arena, s->folder, s->before);
    tree_lock(s->folder, true);
    const outcome o = run(s, false, &(conditions){.unprivileged = true});
    tree_lock(s->folder, false);
    look_at_end(s, &o, s->act->changes != NULL);
    const lng_map *after = tree_read(arena, s->folder);
    ck_assert_uint_eq(lng_map_count(after), lng_map_count(s->before));
    look_at_files(s, &o, o.status == 0);
}

static void try_signals(stage *s)
{
    s->what = "signals come";
    const outcome o = run(s, true, &(conditions){.pestered = true});
    if (o.status != 0)
        blame(s, &o, "another status", "");
    look_at_files(s, &o, true);
    if (strcmp(s->good.out, s->other.out) == 0 && strcmp(s->good.out, o.out) != 0)
        blame(s, &o, "it prints:\n", o.out);
}

START_TEST(refusals)
{
    stage s = rehearse(&acts[_i]);
    try_output(&s, "standard output is full", "/dev/full");
    try_output(&s, "standard output is closed", "");
    try_errors(&s, "standard error is full", "/dev/full");
    try_errors(&s, "standard error is closed", "");
    try_locked(&s);
    try_signals(&s);
    if (s.act->changes)
        try_sizes(&s);
    ck_assert_int_eq(s.failures, 0);
}
END_TEST

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 77; /* as test_faults */
#endif
    const suite_test tests[] = {
        LOOP(refusals, act_count),
        {0},
    };
    return lng_file_exists("/dev/full") ? suite_run("refused", tests, NULL, NULL) : 77;
}
