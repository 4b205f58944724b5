/* lngraph fetch: brings a data set into the user's cache. curl or wget do the transfers (no shell in between), a cut transfer is taken up again, and a
 * file gets its name only when the digest of its content is right. The only verb that touches the network. */
#include "config.h"
#include "base/file.h"
#include "cli/cli.h"
#include "data/data.h"
#include "doc/doc.h"
#include "lang/library.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const lng_place nowhere;

/* Runs a program and waits; its exit status, 127 when it is not there, -1 when a signal ended it (which is remembered). */
static int run_program(lng_command *c, const char *const *argv)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (child > 0 && WIFSIGNALED(status) && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM))
        c->signal = WTERMSIG(status);
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Takes up where an earlier transfer into `to` ended. */
static bool transfer(lng_command *c, const char *url, const char *to)
{
    const char *const curl[] = {"curl", c->live ? "-#" : "-sS", "-fL", "--retry", "2", "-C", "-", "-o", to, "--", url, NULL};
    const char *const wget[] = {"wget", c->live ? "-q" : "-nv", c->live ? "--show-progress" : "-nv", "-c", "-O", to, "--", url,
                                NULL};
    int status = run_program(c, curl);
    if (status == 127)
        status = run_program(c, wget);
    if (status == 127)
        lng_error(c->errors, LNG_E_SYSTEM, nowhere, "neither curl nor wget is installed");
    return status == 0;
}

/* Whether the file's content is what the description promises; what is wrong goes to `errors`. */
static bool is_right(const char *path, const lng_data_file *file, lng_errors *errors)
{
    lng_array array = {0};
    const bool right = lng_idx_read(path, 0, file->sha256, &array, errors);
    lng_array_free(&array);
    return right;
}

static bool is_url(const char *from)
{
    return strstr(from, "://") != NULL;
}

static const char *joined(lng_command *c, const char *folder, const char *file, const char *ending)
{
    const size_t n = strlen(folder);
    return lng_format(c->arena, "%s%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", file, ending);
}

static bool copy_file(lng_command *c, const char *from, const char *to)
{
    size_t length;
    char *bytes = lng_file_read(c->arena, from, (size_t)1 << 32, &length, c->errors);
    return bytes && lng_file_write(to, bytes, length, c->errors);
}

/* Into `part`, from a folder (with or without .gz) or from one mirror. */
static bool bring(lng_command *c, const char *from, const char *file, const char *part)
{
    if (is_url(from))
        return transfer(c, joined(c, from, file, ".gz"), part);
    const char *packed = joined(c, from, file, ".gz"), *plain = joined(c, from, file, "");
    if (!lng_file_exists(packed) && !lng_file_exists(plain))
        return lng_error(c->errors, LNG_E_IO, nowhere, "%s: there is no %s and no %s.gz", from, file, file);
    return copy_file(c, lng_file_exists(packed) ? packed : plain, part);
}

static bool fetch_file(lng_command *c, const lng_data_spec *spec, const lng_data_file *file, const char *folder)
{
    const char *to = joined(c, folder, file->file, ".gz"), *part = joined(c, folder, file->file, ".gz.part");
    const char *given = lng_command_get(c, "from");
    lng_errors *quiet = lng_errors_new();
    bool done = quiet && lng_file_exists(to) && is_right(to, file, quiet);
    if (done)
        fprintf(stderr, "%s: is there\n", file->file);
    for (size_t i = 0; quiet && !done && !c->signal && i < (given ? 1 : spec->urls); i++) {
        const char *from = given ? given : spec->url[i];
        fprintf(stderr, "%s: from %s\n", file->file, from);
        if (!bring(c, from, file->file, part))
            continue;
        lng_errors_clear(quiet);
        done = is_right(part, file, quiet);
        if (!done) {
            fprintf(stderr, "%s\n", lng_errors_text(quiet, 0));
            unlink(part); /* damaged: taking it up again would keep the damage */
        } else if (rename(part, to) != 0) {
            done = lng_error(c->errors, LNG_E_IO, nowhere, "%s: %s", to, strerror(errno));
        }
    }
    lng_errors_free(quiet);
    if (!done && !c->signal && lng_errors_count(c->errors) == 0) {
        lng_error(c->errors, LNG_E_DATA_NOT_FOUND, nowhere, "`%s` of the data set `%s` could not be fetched", file->file,
                  spec->name);
        lng_error_hint(c->errors, "--from DIR takes the files from a folder, --from URL from another mirror");
    }
    return done;
}

static void fetch(lng_command *c)
{
    const char *name = c->operands ? c->operand[0] : "mnist";
    lng_data_spec spec;
    if (!lng_data_describe(c->arena, name, &spec, c->errors))
        return;
    if (spec.n_train + spec.n_test == 0) {
        lng_text_add(&c->out, "the data set `%s` is built in: there is nothing to fetch\n", spec.name);
        return;
    }
    const char *folder = lng_data_cache(c->arena, spec.name);
    if (!folder) {
        lng_error(c->errors, LNG_E_IO, nowhere, "there is no place for a cache: neither XDG_CACHE_HOME nor HOME is set");
        return;
    }
    if (!lng_folder_make(folder, c->errors))
        return;
    for (size_t i = 0; i < spec.n_train + spec.n_test; i++)
        if (!fetch_file(c, &spec, i < spec.n_train ? &spec.train[i] : &spec.test[i - spec.n_train], folder))
            return;
    lng_text_add(&c->out, "the data set `%s` is in %s\n", spec.name, folder);
}

/* The standard data sets. */
static void words(lng_arena *arena, lng_map *to)
{
    lng_errors *errors = lng_errors_new();
    const lng_library *library = errors ? lng_library_new(arena, errors) : NULL;
    for (size_t i = 0; library && i < lng_map_count(library->data); i++) {
        const lng_doc *about = lng_doc_get(lng_map_value(library->data, i), "about");
        lng_map_put(to, lng_map_key(library->data, i), (void *)(about ? about->text : ""));
    }
    lng_errors_free(errors);
}

static const lng_option options[] = {
    {"from", 0, "DIR|URL", "take the files from this folder or mirror"},
    {NULL, 0, NULL, NULL},
};
const lng_verb lng_verb_fetch = {
    .name = "fetch",
    .operands = "[NAME]",
    .least = 0,
    .most = 1,
    .about = "brings a data set (default: mnist) into the user's cache",
    .details =
        "Downloads the files of a standard data set with curl or wget, checks the SHA-256 of their content, and keeps them where `lngraph run` "
        "looks. A transfer that was cut is taken up again. No other verb uses the network.",
    .option = options,
    .run = fetch,
    .words = words,
};
