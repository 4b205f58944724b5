/* lngraph fetch: downloads a data set into the user's cache, or makes it there. The only verb that uses the network.
 *
 * A file is written to NAME.part, and renamed once its content is what the description says. The next try resumes from a part that is
 * left, at the same mirror or another one, or in the next fetch. A part whose end nothing can tell, without a digest and a compressed file's
 * trailer, resumes at the same mirror alone, and is whole only if the transfer says so. */
#include "config.h"
#include "base/file.h"
#include "cli/transfer.h"
#include "data/find.h"
#include "data/format.h"
#include "data/made.h"
#include "lang/model.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MOST_REASONS 7 /* in an error */
#define MOST_TRIES   8 /* of one file at one mirror, as long as each got further than the one before */
#define MOST_COPIED  (SIZE_MAX > UINT32_MAX ? (size_t)((uint64_t)1 << 32) : SIZE_MAX / 2)
#define MOST_BYTES   ((int64_t)1 << 30) /* of a transferred file whose size is not described */

static const lng_place nowhere;
static const char *const ending[] = {".gz", ""}; /* the spellings of a file's name, as in data/find.c */
enum { ENDINGS = sizeof ending / sizeof *ending };

/* What is being fetched. */
typedef struct fetching {
    lng_command *c;
    const lng_data_spec *spec;
    const char *from;   /* --from; NULL: the mirrors of the description */
    const char *folder; /* of the cache */
    const volatile sig_atomic_t *stop;
    const lng_data_file *file; /* the current one */
    lng_map *reason;           /* source -> why it did not give the current file */
    bool wrong;                /* one gave a file with wrong content */
    bool unread;               /* the last one that was looked at could not be read */
    bool again;                /* what has come of it was not kept */
} fetching;

static const char *joined(lng_arena *arena, const char *folder, const char *file, const char *end)
{
    const size_t n = strlen(folder);
    return lng_format(arena, "%s%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", file, end);
}

static const char *kept(const fetching *f, const char *end)
{
    return joined(f->c->arena, f->folder, f->file->name, end);
}

static void say(const fetching *f, const char *what, const char *of)
{
    fprintf(stderr, "%s: %s%s\n", f->file->name, what, of);
}

/* Remembers why `source` failed, for the error at the end. Always false. */
static bool failed(fetching *f, const char *source, const char *reason)
{
    say(f, "", reason);
    lng_map_put(f->reason, source, (void *)reason);
    return false;
}

/* Whether the file's content is what the description says; else *why is the reason. */
static bool is_right(fetching *f, const char *path, const char **why)
{
    lng_failure failure = {0};
    const bool right = f->spec->format->verify(path, f->file->sha256, &failure);
    *why = right ? NULL : lng_copy(f->c->arena, failure.text);
    f->unread = !right && (failure.code == LNG_E_IO || failure.code == LNG_E_MEMORY);
    return right;
}

static bool is_gzip(const char *path)
{
    unsigned char at[2] = {0};
    FILE *f = fopen(path, "rbe");
    if (f && fread(at, 1, sizeof at, f) != sizeof at)
        at[0] = 0;
    if (f)
        fclose(f);
    return at[0] == 0x1f && at[1] == 0x8b;
}

/* Whether its content shows if a part lacks something, or goes on with another file. */
static bool is_provable(const fetching *f, const char *part)
{
    return f->file->sha256 || is_gzip(part);
}

static bool drop_unprovable(const fetching *f, const char *part)
{
    return !is_provable(f, part) && unlink(part) == 0;
}

/* The file is there: removes its other spelling, which a run might prefer. Always true. */
static bool is_kept(const fetching *f, const char *end)
{
    for (int i = 0; i < ENDINGS; i++)
        if (ending[i] != end)
            unlink(kept(f, ending[i]));
    return true;
}

/* Gives a part its final name. */
static bool settle(const fetching *f, const char *part, const char *end)
{
    return lng_file_rename(part, kept(f, end), f->c->errors) && is_kept(f, end);
}

/* ---- from the web ---- */

/* Another try at the same mirror makes sense if this one got further, broke off after a redirect, or was blocked by an old part, which is
 * removed now. */
static bool try_again(const lng_transfer *t, int64_t before)
{
    if (t->refused)
        return false;
    if (before > 0 && (t->answer == 416 || t->answer == 200)) { /* no such range, or no ranges at all */
        unlink(t->to);
        return true;
    }
    return t->answer / 100 == 3 || lng_file_size(t->to) > before;
}

/* With room for compression: what cannot be compressed grows a little. */
static int64_t most_bytes(const lng_data_file *file)
{
    return file->bytes ? file->bytes + file->bytes / 1000 + 65536 : MOST_BYTES;
}

static bool from_url(fetching *f, const char *base, const char *end, lng_transfer *t)
{
    const char *part = kept(f, lng_format(f->c->arena, "%s.part", end)), *why = NULL;
    *t = (lng_transfer){
        .url = joined(f->c->arena, base, f->file->name, end), .to = part, .name = f->file->name, .most = most_bytes(f->file)};
    drop_unprovable(f, part);
    for (int i = 0; i < MOST_TRIES && !*f->stop; i++) {
        const int64_t before = lng_file_size(part);
        if (before > 0 && is_provable(f, part) && is_right(f, part, &why))
            return settle(f, part, end);
        fprintf(stderr, "%s%s: %s%s\n", f->file->name, end, before > 0 ? "resuming at " : "from ", base);
        if (!lng_transfer_run(f->c, t, f->stop)) {
            if (lng_file_size(part) == 0 || t->useless)
                unlink(part);
            if (*f->stop || t->no_program || !try_again(t, before))
                break;
            say(f, "", t->reason);
        } else if (is_right(f, part, &why)) {
            return settle(f, part, end);
        } else {
            unlink(part); /* resuming would keep what is wrong */
            f->wrong = f->wrong || (before == 0 && !f->unread);
            t->reason = why;
            if (before == 0)
                break;
        }
    }
    f->again = drop_unprovable(f, part);
    return false;
}

static bool no_program(const fetching *f)
{
    lng_error(f->c->errors, LNG_E_SYSTEM, nowhere, "downloading needs curl or wget, and neither is installed");
    lng_error_hint(f->c->errors, "`lngraph fetch %s --from DIR` takes the files from a folder", f->c->operand[0]);
    return false;
}

/* From one mirror, compressed or plain. */
static bool from_mirror(fetching *f, const char *base)
{
    lng_transfer t = {0};
    for (int i = 0; i < ENDINGS; i++) {
        if (from_url(f, base, ending[i], &t))
            return true;
        if (t.answer < 400 || t.answer >= 500) /* not because a file is missing */
            break;
    }
    if (t.no_program)
        return no_program(f);
    return !*f->stop && lng_errors_count(f->c->errors) == 0 && failed(f, base, t.reason);
}

/* ---- from a folder ---- */

static bool copy_file(fetching *f, const char *from, const char *end)
{
    size_t length;
    char *bytes = lng_file_read(f->c->arena, from, MOST_COPIED, &length, f->c->errors);
    return bytes && lng_file_write(kept(f, end), bytes, length, f->c->errors) && is_kept(f, end);
}

static bool from_folder(fetching *f, const char *folder)
{
    for (int i = 0; i < ENDINGS; i++) {
        const char *path = joined(f->c->arena, folder, f->file->name, ending[i]), *why;
        if (!lng_file_exists(path))
            continue;
        say(f, "from ", path);
        if (is_right(f, path, &why))
            return copy_file(f, path, ending[i]);
        f->wrong = f->wrong || !f->unread;
        return failed(f, path, why);
    }
    return failed(f, folder, lng_format(f->c->arena, "has no %s and no %s.gz", f->file->name, f->file->name));
}

/* ---- a set ---- */

/* Whether the cache has the file. Another content stays until there is the right one to take its place. */
static bool is_there(fetching *f)
{
    bool wrong[ENDINGS] = {false}, there = false;
    for (int i = 0; i < ENDINGS; i++) {
        const char *path = kept(f, ending[i]), *why;
        if (!lng_file_exists(path))
            continue;
        if (is_right(f, path, &why)) {
            there = true;
        } else {
            say(f, f->unread ? "the cache's file is not used: " : "the cache's file is damaged: ", why);
            wrong[i] = !f->unread;
        }
    }
    for (int i = 0; i < ENDINGS; i++)
        if (there && wrong[i])
            unlink(kept(f, ending[i]));
    return there;
}

static bool not_fetched(const fetching *f)
{
    lng_errors *e = f->c->errors;
    lng_error(e, f->wrong ? LNG_E_DATA : LNG_E_DATA_NOT_FOUND, f->spec->place, "`%s` of the data set `%s` could not be fetched",
              f->file->name, f->spec->name);
    for (size_t i = 0; i < lng_map_count(f->reason) && i < MOST_REASONS; i++)
        lng_error_hint(e, "%s: %s", lng_map_key(f->reason, i), (const char *)lng_map_value(f->reason, i));
    lng_error_hint(e, "`lngraph fetch %s --from DIR` takes the files from a folder, --from URL from another mirror",
                   f->c->operand[0]);
    return false;
}

static bool no_mirror(const fetching *f)
{
    lng_errors *e = f->c->errors;
    lng_error(e, LNG_E_MISSING_KEY, f->spec->place, "the data set `%s` names no `urls` to fetch it from", f->spec->name);
    lng_error_hint(e, "--from DIR takes the files from a folder, --from URL from the web");
    return false;
}

static bool fetch_file(fetching *f)
{
    f->reason = lng_map_new(f->c->arena);
    f->again = false;
    if (f->from && !lng_transfer_is_url(f->from))
        return from_folder(f, f->from) || (lng_errors_count(f->c->errors) == 0 && not_fetched(f));
    if (!f->from && f->spec->urls == 0)
        return no_mirror(f);
    const char *const *mirror = f->from ? &f->from : f->spec->url;
    for (size_t i = 0; i < (f->from ? 1 : f->spec->urls); i++) {
        if (from_mirror(f, mirror[i]))
            return true;
        if (*f->stop || lng_errors_count(f->c->errors) > 0)
            return false;
    }
    return not_fetched(f);
}

/* --from DIR may hold the set's folder, as --data does. */
static const char *source_folder(lng_command *c, const char *name)
{
    const char *from = lng_command_get(c, "from");
    if (!from || lng_transfer_is_url(from))
        return from;
    const char *named = joined(c->arena, from, name, "");
    return lng_file_exists(named) ? named : from;
}

static void fetch_files(fetching *f)
{
    lng_command *c = f->c;
    const size_t n = lng_data_files(f->spec);
    size_t there = 0;
    f->stop = lng_stop_catch(1);
    for (size_t i = 0; i < n && !*f->stop; i++) {
        f->file = lng_data_file_at(f->spec, i);
        if (is_there(f))
            there++;
        else if (!fetch_file(f))
            break;
    }
    c->signal = lng_stop_signal();
    if (c->signal)
        fprintf(stderr, "interrupted; `lngraph fetch %s` %s\n", c->operand[0],
                f->again ? lng_format(c->arena, "begins `%s` again, which has no `sha256`", f->file->name) : "resumes here");
    if (there == n)
        lng_text_add(&c->out, "the data set `%s` is already complete in %s\n", f->spec->name, lng_tame(c->arena, f->folder));
    else if (!c->signal && lng_errors_count(c->errors) == 0)
        lng_text_add(&c->out, "the data set `%s` is in %s\n", f->spec->name, lng_tame(c->arena, f->folder));
}

static void no_cache(lng_command *c)
{
    lng_error(c->errors, LNG_E_IO, nowhere, "no place for a cache: neither XDG_CACHE_HOME nor HOME is set");
}

/* Writes a set that needs no download. */
static void make_set(lng_command *c, const lng_made *made)
{
    lng_folder folder = {.path = lng_data_cache(c->arena, made->name)};
    if (lng_command_get(c, "from")) {
        lng_usage_error(c, "--from has no effect: lngraph makes the data set `%s` itself", made->name);
        return;
    }
    if (!folder.path) {
        no_cache(c);
        return;
    }
    if (lng_folder_open(c, &folder) && lng_made_write(c->arena, made, folder.path, c->errors))
        lng_text_add(&c->out, "the data set `%s` is in %s\n", made->name, lng_tame(c->arena, folder.path));
    lng_folder_release(&folder);
}

/* A folder of the cache belongs to one set: the standard ones keep theirs, and a description without a name has none. */
static bool has_folder(lng_command *c, const lng_data_spec *spec)
{
    if (!spec->named) {
        lng_error(c->errors, LNG_E_MISSING_KEY, spec->place, "a data set to fetch needs a `name`, which is that of its folder");
        return false;
    }
    if (spec->standard || !lng_map_get(lng_data_sets(c->arena, NULL), spec->name))
        return true;
    lng_error(c->errors, LNG_E_DUPLICATE, lng_doc_get(spec->source, "name")->place,
              "`%s` is the name of a standard data set, whose folder no other one can have", spec->name);
    lng_error_hint(c->errors, "give this one another `name`; `lngraph fetch %s` fetches the standard one", spec->name);
    return false;
}

static void fetch_set(lng_command *c, const lng_data_spec *spec)
{
    const lng_made *made = spec->standard ? lng_made_find(spec->name) : NULL;
    if (made) {
        make_set(c, made);
        return;
    }
    if (lng_data_files(spec) == 0) {
        lng_text_add(&c->out, "`%s` needs no files: there is nothing to fetch\n", spec->name);
        return;
    }
    if (!spec->format->verify) {
        lng_error(c->errors, LNG_E_ARGUMENTS, spec->place, "format %s has folders of files, which cannot be fetched",
                  spec->format->name);
        return;
    }
    if (!has_folder(c, spec))
        return;
    lng_folder folder = {.path = lng_data_cache(c->arena, spec->name)};
    fetching f = {.c = c, .spec = spec, .from = source_folder(c, spec->name), .folder = folder.path};
    if (!folder.path) {
        no_cache(c);
        return;
    }
    if (lng_folder_open(c, &folder))
        fetch_files(&f);
    lng_folder_release(&folder);
}

/* ---- the list ---- */

static void words(lng_arena *arena, lng_map *to)
{
    const lng_map *sets = lng_data_sets(arena, NULL); /* the standard file has no mistakes */
    for (size_t i = 0; i < lng_map_count(sets); i++) {
        const lng_doc *about = lng_doc_get(lng_map_value(sets, i), "about");
        lng_map_put(to, lng_map_key(sets, i), (void *)(about ? about->text : ""));
    }
}

/* Where a run would find it now. */
static const char *whereabouts(lng_command *c, const lng_data_spec *spec, lng_errors *errors)
{
    const size_t n = lng_data_files(spec);
    const char **file = LNG_NEW_N(c->arena, n + 1, const char *), **path = LNG_NEW_N(c->arena, n + 1, const char *), *where;
    for (size_t i = 0; i < n; i++)
        file[i] = lng_data_file_at(spec, i)->name;
    if (n == 0)
        return "built in, needs no files";
    if (lng_data_find(c->arena, spec, NULL, file, n, path, &where, errors))
        return lng_format(c->arena, "here, in %s", where);
    return lng_format(c->arena,
                      lng_made_find(spec->name) ? "not here; `lngraph fetch %s` makes it"
                      : spec->urls              ? "not here; `lngraph fetch %s` downloads it"
                                                : "not here; `lngraph fetch %s --from DIR` takes its files",
                      spec->name);
}

static void list(lng_command *c)
{
    const char *cache = lng_data_cache(c->arena, "NAME");
    const int left = 10;
    lng_map *sets = lng_map_new(c->arena);
    lng_errors *errors = lng_errors_unheard(c->arena);
    lng_text_add(&c->out, "Data sets; `lngraph fetch NAME` downloads one into %s.\n",
                 cache ? lng_tame(c->arena, cache) : "the cache");
    words(c->arena, sets);
    for (size_t i = 0; i < lng_map_count(sets); i++) {
        lng_data_spec spec;
        const char *name = lng_map_key(sets, i);
        lng_text_add(&c->out, "\n");
        lng_help_item(&c->out, c->look, name, lng_map_value(sets, i), left);
        if (lng_data_describe_standard(c->arena, name, &spec, errors))
            lng_text_add(&c->out, "%*s%s\n", left, "", whereabouts(c, &spec, errors));
        lng_errors_clear(errors);
    }
}

/* ---- the verb ---- */

/* The set that a model file names or describes. */
static void fetch_for_model(lng_command *c, const char *path)
{
    lng_model *model = lng_model_read(path, NULL, 0, c->errors);
    lng_guard guard;
    lng_guard_begin(&guard, c->arena, lng_close_model, model);
    if (model)
        fetch_set(c, &model->data);
    lng_guard_end(&guard);
}

static void fetch(lng_command *c)
{
    const char *what = c->operands ? c->operand[0] : NULL, *from = lng_command_get(c, "from");
    lng_map *sets = lng_map_new(c->arena);
    lng_data_spec spec;
    words(c->arena, sets);
    if (!what && from)
        lng_usage_error(c, "--from needs the name of a data set before it: lngraph fetch NAME --from %s", from);
    else if (!what)
        list(c);
    else if (from && strstr(from, "://") && !lng_transfer_is_url(from))
        lng_usage_error(c, "--from takes a folder, or a URL that begins with http:// or https://, not %s", from);
    else if (strcmp(what, "-") == 0 || strpbrk(what, "./") || (!lng_map_get(sets, what) && lng_file_exists(what)))
        fetch_for_model(c, what);
    else if (!lng_map_get(sets, what)) {
        if (!lng_unknown_word(c, "data set", what, words))
            lng_error_hint(c->errors, "`lngraph fetch` lists the data sets");
    } else if (lng_data_describe_standard(c->arena, what, &spec, c->errors))
        fetch_set(c, &spec);
}

static const lng_option options[] = {
    {"from", 0, "DIR|URL", "take the files from this folder or mirror"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_fetch = {
    .name = "fetch",
    .also = "download get",
    .operands = "[NAME]",
    .least = 0,
    .most = 1,
    .about = "list the data sets, or download or make one",
    .details =
        "NAME is a standard data set, or a model file that names or describes one. Its files are downloaded with curl or wget "
        "from the first mirror that has them, checked against the SHA-256 in the description, and stored where `lngraph run` looks. An "
        "interrupted download resumes, or begins again if neither a SHA-256 nor compression would tell whether the file is whole. No other "
        "verb uses the network.\n"
        "\n"
        "Only http and https are used, even after a redirect. A download is cut off if it exceeds the `bytes` of its description "
        "(with some room if it is compressed) or 1 GiB; it is given up if it receives less than 16 KiB in 30 seconds. If lngraph is "
        "killed, the download stops with it.\n"
        "\n"
        "Some data sets, such as churn, are made by lngraph itself, always with the same bytes: files to open, change and train on. Nothing is downloaded "
        "for them; `lngraph doc churn` says how its examples are drawn, and how good a model can get.\n"
        "\n"
        "Without NAME, lists the standard data sets and where they are.",
    .example = "lngraph fetch\n"
               "lngraph fetch mnist --from=~/Downloads",
    .option = options,
    .run = fetch,
    .words = words,
};
