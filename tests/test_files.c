/* The base room: files, SHA-256, JSON. */
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "suite.h"
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

static int entries(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

static const char *content(const char *path)
{
    size_t n;
    return lng_file_read(arena, path, 1 << 20, &n, errors);
}

START_TEST(file_round_trip)
{
    const char *path = in_folder("a");
    ck_assert(lng_file_write(path, "one", 3, errors));
    ck_assert_str_eq(content(path), "one");
    ck_assert(lng_file_write(path, "", 0, errors));
    ck_assert_str_eq(content(path), "");
    char *big = lng_alloc(arena, 300000);
    memset(big, 'b', 300000);
    lng_file *f = lng_file_begin(path, errors);
    for (int i = 0; i < 5; i++)
        ck_assert(lng_file_put(f, "small", 5));
    ck_assert(lng_file_put(f, big, 300000) && lng_file_put(f, "end", 3));
    ck_assert_str_eq(content(path), ""); /* nobody sees half a file */
    ck_assert(lng_file_commit(f));
    size_t n;
    char *back = lng_file_read(arena, path, 400000, &n, errors);
    ck_assert(back && n == 300028 && back[n] == 0 && memcmp(back, "smallsmallsmallsmallsmallbbb", 28) == 0);
    ck_assert_str_eq(back + n - 4, "bend");
    f = lng_file_begin(path, errors);
    lng_file_put(f, "gone", 4);
    lng_file_abandon(f);
    lng_file_abandon(NULL);
    ck_assert_int_eq((int)strlen(content(path)), 300028);
    ck_assert_int_eq(entries(folder()), 1);
    ck_assert_int_eq((int)lng_errors_count(errors), 0);
}
END_TEST

START_TEST(file_keeps_mode_and_links)
{
    const char *path = in_folder("mode"), *link = in_folder("link");
    ck_assert(lng_file_write(path, "x", 1, errors) && chmod(path, 0600) == 0 && symlink("mode", link) == 0);
    ck_assert(lng_file_write(link, "y", 1, errors));
    struct stat st;
    ck_assert(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    ck_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    ck_assert_str_eq(content(path), "y");
    ck_assert(lng_file_write_own(path, "z", 1, errors) && lng_file_write_own(link, "own", 3, errors));
    ck_assert(lstat(link, &st) == 0 && S_ISREG(st.st_mode));
    ck_assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    ck_assert_str_eq(content(path), "z");
    ck_assert_str_eq(content(link), "own");
    ck_assert(!lng_file_write_own(folder(), "x", 1, errors));
    lng_errors_clear(errors);
}
END_TEST

static lng_code read_code(const char *path, size_t limit)
{
    size_t n;
    lng_errors_clear(errors);
    ck_assert_ptr_null(lng_file_read(arena, path, limit, &n, errors));
    ck_assert_int_eq((int)lng_errors_count(errors), 1);
    return lng_errors_code(errors, 0);
}

START_TEST(reading_refuses_what_is_no_file)
{
    const char *fifo = in_folder("fifo");
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(read_code(fifo, 100), LNG_E_NOT_A_FILE);
    ck_assert_int_eq(read_code(folder(), 100), LNG_E_NOT_A_FILE);
    ck_assert_int_eq(read_code("/dev/zero", 100), LNG_E_NOT_A_FILE);
    ck_assert_int_eq(read_code("/dev/tty", 100) != LNG_E_NONE, 1);
    ck_assert(lng_file_write(in_folder("model.yaml"), "12345", 5, errors));
    ck_assert_int_eq(read_code(in_folder("model.yaml"), 4), LNG_E_LIMIT);
    ck_assert_str_eq(content(in_folder("model.yaml")), "12345");
    ck_assert_int_eq(read_code(in_folder("modle.yaml"), 100), LNG_E_IO);
    ck_assert_ptr_nonnull(strstr(rendered(false), "/model.yaml`?"));
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
    unlink(fifo);
}
END_TEST

START_TEST(reading_standard_input_is_limited)
{
    int keep = dup(0), zero = open("/dev/zero", O_RDONLY);
    dup2(zero, 0);
    ck_assert_int_eq(read_code("-", 100000), LNG_E_LIMIT);
    int ends[2];
    ck_assert(pipe(ends) == 0 && write(ends[1], "hello", 5) == 5);
    close(ends[1]);
    dup2(ends[0], 0);
    ck_assert_str_eq(content("-"), "hello");
    dup2(keep, 0);
    close(keep), close(zero), close(ends[0]);
}
END_TEST

START_TEST(failed_writing_leaves_nothing)
{
    const char *path = in_folder("kept");
    ck_assert(lng_file_write(path, "old", 3, errors));
    int before = entries(folder());
    struct rlimit old, tight = {1000, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &old);
    tight.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tight);
    char *big = lng_alloc(arena, 100000);
    bool wrote = lng_file_write(path, big, 100000, errors);
    setrlimit(RLIMIT_FSIZE, &old);
    ck_assert(!wrote);
    ck_assert_str_eq(content(path), "old");
    ck_assert_int_eq(entries(folder()), before);
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
    lng_errors_clear(errors);
    ck_assert(!lng_file_write("/dev/full", "x", 1, errors));
    ck_assert_ptr_nonnull(strstr(lng_errors_text(errors, 0), "/dev/full: error[io]: cannot be written: No space left on device"));
    lng_errors_clear(errors);
    ck_assert(!lng_file_write(folder(), "x", 1, errors) && !lng_file_write(in_folder("no/such"), "x", 1, errors));
    ck_assert_int_eq((int)lng_errors_count(errors), 2);
    ck_assert(lng_file_write("/dev/null", "x", 1, errors));
    struct stat st;
    ck_assert(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
}
END_TEST

static bool is_empty(const char *path)
{
    bool empty;
    ck_assert(lng_folder_is_empty(path, &empty, errors));
    return empty;
}

/* Reserved space is not part of the file, and cannot exceed the disk. */
START_TEST(reserved_space)
{
    const char *path = in_folder("reserved");
    lng_file *f = lng_file_begin(path, errors);
    ck_assert(lng_file_reserve(f, 100000) && lng_file_put(f, "abc", 3) && lng_file_commit(f));
    size_t n;
    ck_assert_str_eq(lng_file_read(arena, path, 10, &n, errors), "abc");
    f = lng_file_begin(path, errors);
    ck_assert(!lng_file_reserve(f, (size_t)1 << 60));
    ck_assert_int_eq(lng_errors_code(errors, 0), LNG_E_IO);
    ck_assert(!lng_file_put(f, "abc", 3));
    lng_file_abandon(f);
    ck_assert_str_eq(lng_file_read(arena, path, 10, &n, errors), "abc");
}
END_TEST

START_TEST(swept_folders)
{
    char living[64], own[64];
    snprintf(living, sizeof living, ".lngraph-%ld-0.tmp", (long)getppid());
    snprintf(own, sizeof own, ".lngraph-%ld-0.tmp", (long)getpid());
    const char *const stay[] = {living, ".lngraph-x-0.tmp", ".lngraph-1-0.tmpx", "model.yaml", ".lngraph-0-0.tmp"};
    const char *const go[] = {".lngraph-2147483647-3.tmp", own};
    const int fd = open(folder(), O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < sizeof go / sizeof *go; i++)
        ck_assert(lng_file_write(in_folder(go[i]), "", 0, errors));
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        ck_assert(lng_file_write(in_folder(stay[i]), "", 0, errors));
    lng_folder_sweep(fd);
    for (size_t i = 0; i < sizeof go / sizeof *go; i++)
        ck_assert(!lng_file_exists(in_folder(go[i])));
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        ck_assert(lng_file_exists(in_folder(stay[i])));
    close(fd);
    lng_folder_sweep(fd);
}
END_TEST

START_TEST(folders)
{
    const char *deep = in_folder("x/y//z/");
    ck_assert(is_empty(deep));
    ck_assert(lng_folder_make(deep, errors) && lng_folder_make(deep, errors));
    ck_assert(is_empty(deep) && !is_empty(in_folder("x")));
    ck_assert(lng_file_exists(deep) && !lng_file_exists(in_folder("nothing")));
    ck_assert(lng_file_write(in_folder("x/file"), "", 0, errors));
    bool empty;
    ck_assert(!lng_folder_is_empty(in_folder("x/file"), &empty, errors) && !empty);
    ck_assert_ptr_nonnull(strstr(lng_errors_text(errors, 0), "this folder cannot be read: Not a directory"));
    ck_assert(!lng_folder_make(in_folder("x/file/below"), errors) && !lng_folder_make("", errors));
    ck_assert(symlink("nowhere", in_folder("dangling")) == 0 && !lng_folder_make(in_folder("dangling"), errors));
    ck_assert_ptr_nonnull(strstr(lng_errors_text(errors, 3), "this folder cannot be created: File exists"));
    ck_assert_int_eq(lng_errors_status(errors), LNG_SYSTEM);
}
END_TEST

START_TEST(reading_survives_failing_allocations)
{
    const char *path = in_folder("fails");
    ck_assert(lng_file_write(path, "text", 4, errors));
    for (int n = 1;; n++) {
        size_t length;
        lng_errors_clear(errors);
        fail_allocation(n, true);
        char *text = lng_file_read(arena, path, 100, &length, errors);
        bool struck = fail_allocation(0, false) == 0;
        ck_assert_int_eq(text == NULL, struck);
        ck_assert_int_eq(lng_errors_code(errors, 0), struck ? LNG_E_MEMORY : LNG_E_NONE);
        if (!struck)
            break;
    }
}
END_TEST

START_TEST(sha256_known_answers)
{
    char hex[65], *million = lng_alloc(arena, 1000000);
    lng_sha256 s;
    lng_sha256_begin(&s);
    lng_sha256_end(&s, hex);
    ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    lng_sha256_begin(&s);
    lng_sha256_add(&s, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56);
    lng_sha256_end(&s, hex);
    ck_assert_str_eq(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(million, 'a', 1000000);
    lng_sha256_begin(&s);
    for (size_t at = 0, n = 1; at < 1000000; at += n, n = (n * 7 + 3) % 301) /* in pieces of many lengths */
        lng_sha256_add(&s, million + at, n < 1000000 - at ? n : 1000000 - at);
    lng_sha256_end(&s, hex);
    ck_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

/* ---- JSON ---- */

START_TEST(json_writes)
{
    for (int indent = 0; indent <= 2; indent += 2) {
        lng_json j = lng_json_new(arena, indent);
        lng_json_object(&j, NULL);
        lng_json_string(&j, "te\"xt", "a\\b\n\x01\xff\xc3\xa9");
        lng_json_array(&j, "n");
        lng_json_int(&j, NULL, -5);
        lng_json_number(&j, NULL, 0.1);
        lng_json_number(&j, NULL, NAN);
        lng_json_end_array(&j);
        lng_json_array(&j, "rows");
        lng_json_array(&j, NULL);
        lng_json_number(&j, NULL, INFINITY);
        lng_json_int(&j, NULL, 7);
        lng_json_end_array(&j);
        lng_json_array(&j, NULL);
        lng_json_end_array(&j);
        lng_json_end_array(&j);
        lng_json_object(&j, "o");
        lng_json_end(&j);
        lng_json_end(&j);
        ck_assert_str_eq(j.text.at,
                         indent ? "{\n  \"te\\\"xt\": \"a\\\\b\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\n  \"n\": [-5, 0.1, null],\n"
                                  "  \"rows\": [\n    [null, 7],\n    []\n  ],\n  \"o\": {}\n}"
                                : "{\"te\\\"xt\":\"a\\\\b\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\"n\":[-5,0.1,null],"
                                  "\"rows\":[[null,7],[]],\"o\":{}}");
        size_t offset;
        const char *why;
        const lng_json_value *v = lng_json_parse(arena, j.text.at, j.text.length, &offset, &why);
        ck_assert(v && v->count == 4 && !why);
        const lng_json_value *n = lng_json_get(v, "n");
        ck_assert(n && n->kind == LNG_JSON_ARRAY && n->count == 3 && n->item[0].integral && n->item[0].integer == -5);
        ck_assert(n->item[1].number == 0.1 && !n->item[1].integral && n->item[2].kind == LNG_JSON_NULL);
        ck_assert_ptr_null(lng_json_get(v, "none"));
    }
}
END_TEST

static const char *why_not(const char *text, size_t n)
{
    size_t offset;
    const char *why;
    const lng_json_value *v = lng_json_parse(arena, text, n, &offset, &why);
    ck_assert_int_eq(v == NULL, why != NULL);
    ck_assert(offset <= n);
    return why ? why : "";
}

START_TEST(json_is_strict)
{
    static const char bad[] =
        "| |[|]|{|[1,]|[1 2]|{\"a\" 1}|{\"a\":1,}|{a:1}|{\"a\":1,\"a\":2}|{\"a\"}|{1:2}|01|-|1.|.5|1e|+1|1e999|NaN|nul|tru|True|"
        "\"|\"\\x\"|\"\\u12\"|\"\\ud800\"|\"\\ud800\\u0041\"|\"\\udc00\"|\"\\u0000\"|\"\n\"|\"\t\"|\"\xff\"|\"\xc3\"|"
        "1 1|[1]]|'a'|//x\n1|\xef\xbb\xbf[]";
    for (const char *at = bad, *end; *at; at = end + (*end == '|')) {
        end = at + strcspn(at, "|");
        ck_assert_msg(*why_not(at, (size_t)(end - at)), "`%.*s` was read", (int)(end - at), at);
    }
    ck_assert(*why_not("1\0", 2));
    static const char *const good[] = {
        "0", "-0", " [ ] ", "{}", "1E+2", "\"\\ud83d\\ude00\\/\"", "[[[]]]", "{\"a\":{\"a\":1}}", "9223372036854775808"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_str_eq(why_not(good[i], strlen(good[i])), "");
    size_t offset;
    const char *why;
    const lng_json_value *v = lng_json_parse(arena, "\"\\u00e9\\ud83d\\ude00\\u20ac\"", 26, &offset, &why);
    ck_assert_str_eq(v->string, "\xc3\xa9\xf0\x9f\x98\x80\xe2\x82\xac");
    v = lng_json_parse(arena, "[1, 2, x]", 9, &offset, &why);
    ck_assert(!v && offset == 7);
}
END_TEST

START_TEST(json_has_limits)
{
    enum { N = 1 << 20 };
    char *deep = lng_alloc(arena, N);
    memset(deep, '[', N);
    ck_assert_str_eq(why_not(deep, N), "deeper than the limit allows");
    lng_text many = lng_text_new(arena);
    lng_text_add(&many, "[0");
    for (int i = 0; i < 1 << 20; i++)
        lng_text_add(&many, ",0");
    lng_text_add(&many, "]");
    ck_assert_str_eq(why_not(many.at, many.length), "more values than the limit allows");
    lng_text keys = lng_text_new(arena);
    lng_text_add(&keys, "{");
    for (int i = 0; i < 5000; i++)
        lng_text_add(&keys, "\"k%d\":%d,", i, i);
    size_t fine = keys.length;
    lng_text_add(&keys, "\"k\":0}");
    ck_assert_str_eq(why_not(keys.at, keys.length), "");
    keys.length = fine;
    lng_text_add(&keys, "\"k77\":0}");
    ck_assert_str_eq(why_not(keys.at, keys.length), "duplicate key `k77`");
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(file_round_trip),
        TEST(file_keeps_mode_and_links),
        TEST(reading_refuses_what_is_no_file),
        TEST(reading_standard_input_is_limited),
        TEST(failed_writing_leaves_nothing),
        TEST(reserved_space),
        TEST(swept_folders),
        TEST(folders),
        TEST(reading_survives_failing_allocations),
        TEST(sha256_known_answers),
        TEST(json_writes),
        TEST(json_is_strict),
        TEST(json_has_limits),
        {0},
    };
    return suite_run("files", tests, NULL, NULL);
}
