/* Where a data set's files are: the places in order, each file with or without .gz. Some programs unpack t10k-images-idx3-ubyte as
 * t10k-images.idx3-ubyte, so in a name that is found no other way, a dot and a dash are the same. */
#include "config.h"
#include "data/find.h"
#include "data/made.h"
#include "base/file.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_PLACES 8

typedef struct places {
    const char *folder[MAX_PLACES], *lacks[MAX_PLACES];
    int count;
} places;

static char plain(char c)
{
    return c == '.' ? '-' : c;
}

static bool is_alike(const char *entry, const char *name)
{
    while (*entry && plain(*entry) == plain(*name))
        entry++, name++;
    return !*name && (!*entry || strcmp(entry, ".gz") == 0);
}

/* Of several, the first alphabetically, so that the file system's order does not matter; "" if there is none. */
static void find_alike(const char *folder, const char *name, char found[256])
{
    DIR *dir = opendir(folder);
    found[0] = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (is_alike(entry->d_name, name) && strlen(entry->d_name) < 256 && (!found[0] || strcmp(entry->d_name, found) < 0))
            strcpy(found, entry->d_name);
    if (dir)
        closedir(dir);
}

/* The path of a file in a folder, with or without .gz; NULL: there is none. */
static const char *file_in(lng_arena *arena, const char *folder, const char *name)
{
    const char *const slash = *folder && folder[strlen(folder) - 1] == '/' ? "" : "/";
    const char *path = lng_format(arena, "%s%s%s", folder, slash, name);
    if (lng_file_exists(path))
        return path;
    path = lng_format(arena, "%s.gz", path);
    if (lng_file_exists(path))
        return path;
    char alike[256];
    find_alike(folder, name, alike);
    return alike[0] ? lng_format(arena, "%s%s%s", folder, slash, alike) : NULL;
}

/* Whether all files are in the folder; remembers what it lacks. */
static bool try_folder(lng_arena *arena, places *seen, const char *folder, const char *const *file, size_t n, const char **path)
{
    const char *lacks = lng_folder_exists(folder) ? NULL : "no such folder";
    for (size_t i = 0; i < n && !lacks; i++) {
        path[i] = file_in(arena, folder, file[i]);
        if (!path[i])
            lacks = lng_format(arena, "has no %s or %s.gz", file[i], file[i]);
    }
    seen->folder[seen->count] = folder;
    seen->lacks[seen->count++] = lacks;
    return !lacks;
}

static const char *cache_folder(lng_arena *arena)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && cache[0] == '/') /* the base directory specification says to ignore relative paths */
        return lng_format(arena, "%s/lngraph", cache);
    return home && *home ? lng_format(arena, "%s/.cache/lngraph", home) : NULL;
}

const char *lng_data_cache(lng_arena *arena, const char *name)
{
    const char *folder = cache_folder(arena);
    return folder ? lng_format(arena, "%s/%s", folder, name) : NULL;
}

static bool not_found(const lng_data_spec *spec, const places *seen, lng_errors *errors)
{
    lng_error(errors, LNG_E_DATA_NOT_FOUND, spec->place, "the files of the data set `%s` were not found", spec->name);
    for (int i = 0; i < seen->count; i++)
        lng_error_hint(errors, "%s: %s", seen->folder[i], seen->lacks[i]);
    const bool made = spec->standard && lng_made_find(spec->name);
    if (spec->urls || made)
        lng_error_hint(errors, "`lngraph fetch %s` %s it",
                       spec->standard || !spec->place.source ? spec->name : spec->place.source->name, made ? "makes" : "downloads");
    if (!spec->standard && !spec->dir)
        lng_error_hint(errors, "`dir: .` in `data` says that they are beside the model file");
    lng_error_hint(errors, "--data DIR or the environment variable LNGRAPH_DATA names its folder");
    if (spec->standard && !made)
        lng_error_hint(errors, "--data digits uses the built-in digits instead, which need no files");
    return false;
}

/* Whether other files could have the names: those of several standard sets are MNIST's, and only a digest tells them apart. */
static bool is_ambiguous(const lng_data_spec *spec)
{
    bool digests = lng_data_files(spec) > 0;
    for (size_t i = 0; i < lng_data_files(spec); i++)
        digests = digests && lng_data_file_at(spec, i)->sha256;
    return spec->standard && !digests;
}

bool lng_data_find(lng_arena *arena, const lng_data_spec *spec, const char *folder, const char *const *file, size_t n,
                   const char **path, const char **where, lng_errors *errors)
{
    places seen = {.count = 0};
    const char *env = getenv("LNGRAPH_DATA"), *cache = cache_folder(arena);
    /* a folder that was named is the only place: other data than the user asked for would go unnoticed */
    const char *base[] = {folder, folder ? NULL : spec->dir, folder || !env || !*env ? NULL : env,
                          folder || !spec->named ? NULL : cache};
    for (size_t i = 0; i < sizeof base / sizeof *base; i++) {
        if (!base[i])
            continue;
        const char *named = lng_format(arena, "%s/%s", base[i], spec->name);
        const bool plain = base[i] != cache && !(base[i] == env && is_ambiguous(spec));
        if (try_folder(arena, &seen, named, file, n, path) || (plain && try_folder(arena, &seen, base[i], file, n, path))) {
            *where = seen.folder[seen.count - 1];
            return true;
        }
    }
    return not_found(spec, &seen, errors);
}
