/* A folder to run the program in (world.h). */
#include "config.h"
#include "world.h"
#include "base/file.h"
#include "lngraph/lngraph.h"
#include "suite.h"
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <sys/syscall.h>
#endif

#define MOST_WORDS  24
#define MOST_OUTPUT ((size_t)64 << 10)
#define MOST_FILE   ((size_t)64 << 20)
#define PATIENCE    60  /* seconds */
#define DESCRIPTORS 256 /* that are looked at */
#define HOUR        3600
#define CLASSES     3
#define SIDE        8

/* ---- trees ---- */
static void read_below(lng_arena *a, lng_map *tree, const char *folder, const char *below)
{
    DIR *dir = opendir(lng_format(a, "%s/%s", folder, below));
    bool empty = true;
    ck_assert_msg(dir, "%s/%s", folder, below);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        empty = false;
        const char *path = lng_format(a, "%s%s", below, entry->d_name), *whole = lng_format(a, "%s/%s", folder, path);
        struct stat st;
        ck_assert_int_eq(lstat(whole, &st), 0);
        if (S_ISDIR(st.st_mode)) {
            read_below(a, tree, folder, lng_format(a, "%s/", path));
            continue;
        }
        content *c = LNG_NEW(a, content);
        c->bytes = lng_file_read(a, whole, MOST_FILE, &c->length, errors);
        must(c->bytes != NULL);
        lng_map_put(tree, path, c);
    }
    closedir(dir);
    if (empty && *below)
        lng_map_put(tree, below, LNG_NEW(a, content));
}

lng_map *tree_read(lng_arena *a, const char *folder)
{
    lng_map *tree = lng_map_new(a);
    read_below(a, tree, folder, "");
    return tree;
}

void tree_write(lng_arena *a, const char *folder, const lng_map *tree)
{
    must(lng_folder_make(folder, errors));
    for (size_t i = 0; i < lng_map_count(tree); i++) {
        const content *c = lng_map_value(tree, i);
        char *path = lng_format(a, "%s/%s", folder, lng_map_key(tree, i)), *slash = strrchr(path, '/');
        *slash = 0;
        must(lng_folder_make(path, errors));
        *slash = '/';
        if (!slash[1])
            continue;
        const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666); /* plainly: no fsync for each file */
        ck_assert(fd >= 0 && write(fd, c->bytes, c->length) == (ssize_t)c->length && close(fd) == 0);
    }
}

static int erase(const char *name, const struct stat *status, int flag, struct FTW *at)
{
    (void)status, (void)flag, (void)at;
    return remove(name);
}

void tree_remove(const char *folder)
{
    if (lng_file_exists(folder))
        ck_assert_int_eq(nftw(folder, erase, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static int age(const char *name, const struct stat *status, int flag, struct FTW *at)
{
    const struct timespec times[] = {{status->st_atime - HOUR, 0}, {status->st_mtime - HOUR, 0}};
    (void)flag, (void)at;
    return utimensat(AT_FDCWD, name, times, 0);
}

const char *tree_age(const char *folder)
{
    ck_assert_int_eq(nftw(folder, age, 8, FTW_DEPTH | FTW_PHYS), 0);
    return folder;
}

static int lock(const char *name, const struct stat *status, int flag, struct FTW *at)
{
    (void)flag, (void)at;
    return chmod(name, status->st_mode & 07555);
}

static int unlock(const char *name, const struct stat *status, int flag, struct FTW *at)
{
    (void)flag, (void)at;
    return chmod(name, status->st_mode | 0200);
}

void tree_lock(const char *folder, bool locked)
{
    ck_assert_int_eq(nftw(folder, locked ? lock : unlock, 8, FTW_PHYS), 0);
}

bool same_content(const content *a, const content *b)
{
    return a == b || (a && b && a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0));
}

/* ---- running ---- */
static int open_descriptors(void)
{
    int n = 0;
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

typedef struct ending {
    int status, left_open;
    long leaked;
} ending;

extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

static void pester(int number)
{
    (void)number;
}

/* Root may write everywhere, by a capability that is given up here. */
static bool drop_privileges(void)
{
#ifdef __linux__
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    return syscall(SYS_capset, &head, none) == 0;
#else
    return geteuid() != 0;
#endif
}

/* path NULL: it stays */
static bool change(int stream, const char *path)
{
    if (!path || !*path)
        return !path || close(stream) == 0;
    const int fd = open(path, O_WRONLY);
    return fd >= 0 && dup2(fd, stream) >= 0 && close(fd) == 0;
}

static bool set_up(const conditions *k)
{
    const struct rlimit most = {k->most_bytes, k->most_bytes};
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    struct sigaction action = {.sa_handler = pester}; /* calls are not begun again */
    return change(STDOUT_FILENO, k->out) && change(STDERR_FILENO, k->err) &&
           (!k->most_bytes || setrlimit(RLIMIT_FSIZE, &most) == 0) && (!k->unprivileged || drop_privileges()) &&
           (!k->pestered || (sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0));
}

/* In the new process, which reports its ending through a pipe. A run that ends by a signal reports none. */
static _Noreturn void act(const char *folder, calls *c, const conditions *k, char **argv, int argc, int out, int err, int report)
{
    if (chdir(folder) != 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 || !freopen("/dev/null", "r", stdin))
        _exit(99);
    char cache[PATH_MAX];
    snprintf(cache, sizeof cache, "%s/cache", folder);
    setenv("XDG_CACHE_HOME", cache, 1);
    alarm(PATIENCE);
    setvbuf(stdout, NULL, _IOFBF, BUFSIZ); /* allocates now */
    if (k && !set_up(k))
        _exit(99);
    ending e = {.left_open = open_descriptors(), .leaked = calls_blocks()};
    calls_begin(c);
    e.status = lng_main(argc, argv);
    calls_begin(NULL);
    fflush(NULL);
    e.leaked = calls_blocks() - e.leaked;
    e.left_open = open_descriptors() - e.left_open;
    if (__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check())
        e.leaked++;
    _exit(write(report, &e, sizeof e) == sizeof e ? 0 : 99);
}

static const char *read_back(lng_arena *a, FILE *f)
{
    char *text = lng_alloc(a, MOST_OUTPUT + 1);
    rewind(f);
    text[fread(text, 1, MOST_OUTPUT, f)] = 0;
    fclose(f);
    return text;
}

/* All that is written into the pipe: errors are heard where no file may grow, too. */
static const char *drain(lng_arena *a, int from)
{
    lng_text text = lng_text_new(a);
    char some[4096];
    for (ssize_t n; (n = read(from, some, sizeof some)) > 0;)
        lng_text_put(&text, some, (size_t)n);
    close(from);
    return text.at;
}

static outcome run_in(lng_arena *a, const char *folder, calls *c, const conditions *k, const char *command)
{
    char *argv[MOST_WORDS + 2] = {"lngraph"}, *words = lng_copy(a, command);
    int argc = 1, says[2], ends[2], status;
    for (char *word = strtok(words, " "); word && argc <= MOST_WORDS; word = strtok(NULL, " "))
        argv[argc++] = word;
    FILE *out = tmpfile();
    ck_assert(out && pipe(says) == 0 && pipe(ends) == 0);
    fflush(NULL);
    const pid_t child = fork();
    ck_assert(child >= 0);
    if (child == 0)
        act(folder, c, k, argv, argc, fileno(out), says[1], ends[1]);
    close(ends[1]);
    close(says[1]);
    const char *err = drain(a, says[0]);
    ending e = {.status = -1};
    const bool reported = read(ends[0], &e, sizeof e) == sizeof e;
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return (outcome){.status = reported ? e.status : -1,
                     .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                     .leaked = e.leaked,
                     .left_open = e.left_open,
                     .out = read_back(a, out),
                     .err = err};
}

outcome world_run(lng_arena *a, const char *folder, calls *c, const char *command)
{
    return run_in(a, folder, c, NULL, command);
}

outcome world_run_under(lng_arena *a, const char *folder, const conditions *k, const char *command)
{
    return run_in(a, folder, NULL, k, command);
}

int errors_said(const char *text)
{
    int n = 0;
    for (const char *line = text, *end; *line; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        const char *error = strstr(line, "error["), *memory = strstr(line, "lngraph: out of memory");
        n += *line != ' ' && ((error && error < end) || (memory && memory < end));
    }
    return n;
}

void world_must(lng_arena *a, const char *folder, const char *command)
{
    const outcome o = world_run(a, folder, NULL, command);
    ck_assert_msg(o.status == 0, "lngraph %s: %d\n%s", command, o.status, o.err);
}

/* ---- the world ---- */
/* `count` images of noise with a bright bar, which is where the label says; and their labels. */
static void write_part(lng_arena *a, const char *folder, const char *part, int count, unsigned seed)
{
    const unsigned char images[16] = {0, 0, 8, 3, 0, 0, 0, (unsigned char)count, 0, 0, 0, SIDE, 0, 0, 0, SIDE},
                        labels[8] = {0, 0, 8, 1, 0, 0, 0, (unsigned char)count};
    const size_t size = SIDE * SIDE;
    unsigned char *image = lng_alloc(a, sizeof images + (size_t)count * size), *label = lng_alloc(a, sizeof labels + (size_t)count);
    memcpy(image, images, sizeof images);
    memcpy(label, labels, sizeof labels);
    for (size_t i = 0, p = 0; i < (size_t)count; i++) {
        const unsigned kind = (seed = seed * 1103515245u + 12345u) / 65536u % CLASSES;
        label[sizeof labels + i] = (unsigned char)kind;
        for (size_t at = 0; at < size; at++, p++) {
            seed = seed * 1103515245u + 12345u;
            image[sizeof images + p] = (unsigned char)(seed / 65536u % 200u + (at / SIDE / 2 == kind ? 50u : 0u));
        }
    }
    must(lng_file_write(lng_format(a, "%s/data/%s-images", folder, part), image, sizeof images + (size_t)count * size, errors) &&
         lng_file_write(lng_format(a, "%s/data/%s-labels", folder, part), label, sizeof labels + (size_t)count, errors));
}

static const char model[] = "lngraph: 1\n"
                            "name: bars\n"
                            "data:\n"
                            "  source:\n"
                            "    name: bars\n"
                            "    format: idx\n"
                            "    classes: 3\n"
                            "    fields: {image: [8, 8, 1], label: class}\n"
                            "    train: {image: {file: train-images}, label: {file: train-labels}}\n"
                            "    test: {image: {file: test-images}, label: {file: test-labels}}\n"
                            "  validation: {last: 0.25}\n"
                            "in: image[8, 8, 1], label\n"
                            "graph:\n"
                            "  - image / 255\n"
                            "  - flatten\n"
                            "  - dense: {units: 3, activation: softmax}\n"
                            "train:\n"
                            "  loss: cross_entropy(out, label)\n"
                            "  optimizer: adam(lr=0.01)\n"
                            "  batch: 16\n"
                            "  epochs: 2\n"
                            "  seed: 7\n"
                            "  checkpoint: {every: 2 steps}\n"
                            "report: {metrics: ['accuracy(out, label)']}\n";

void world_make(lng_arena *a, const char *folder)
{
    setenv("LNGRAPH_DATA", "data", 1); /* the run is made in the folder */
    setenv("NO_COLOR", "1", 1);
    must(lng_folder_make(lng_format(a, "%s/data", folder), errors));
    write_part(a, folder, "train", 64, 1);
    write_part(a, folder, "test", 16, 2);
    must(lng_file_write(lng_format(a, "%s/bars.yaml", folder), model, sizeof model - 1, errors));
    world_must(a, folder, "run -q -t 1 -o done bars.yaml");
    world_must(a, folder, "export --to=onnx -o done.onnx done");
}
