/* Text: growing strings, maps, the nearest name, numbers as text. */
#include "config.h"
#include "base/text.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- growing strings ---- */

static void reserve(lng_text *t, size_t more)
{
    if (more >= SIZE_MAX / 2 - t->length)
        lng_alloc(t->arena, SIZE_MAX); /* unwinds */
    size_t needed = t->length + more;
    t->at = lng_grow(t->arena, t->at, needed, &t->capacity, 1);
}

lng_text lng_text_new(lng_arena *arena)
{
    lng_text t = {.arena = arena};
    reserve(&t, 15);
    return t;
}

void lng_text_put(lng_text *t, const char *bytes, size_t n)
{
    reserve(t, n);
    if (n)
        memcpy(t->at + t->length, bytes, n);
    t->length += n;
    t->at[t->length] = 0;
}

void lng_text_base64(lng_text *t, const char *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = (const unsigned char *)bytes;
    for (size_t i = 0; i < n; i += 3) {
        const size_t left = n - i;
        const unsigned bits =
            (unsigned)b[i] << 16 | (left > 1 ? (unsigned)b[i + 1] << 8 : 0u) | (left > 2 ? (unsigned)b[i + 2] : 0u);
        const char four[] = {digit[bits >> 18], digit[bits >> 12 & 63], left > 1 ? digit[bits >> 6 & 63] : '=',
                             left > 2 ? digit[bits & 63] : '='};
        lng_text_put(t, four, sizeof four);
    }
}

void lng_text_add(lng_text *t, const char *format, ...)
{
    const size_t room = t->capacity - t->length;
    va_list args;
    va_start(args, format);
    int n = lng_vprint(t->at + t->length, room, format, args);
    va_end(args);
    if (n <= 0)
        return;
    if ((size_t)n >= room) { /* it was cut off */
        reserve(t, (size_t)n);
        va_start(args, format);
        lng_vprint(t->at + t->length, (size_t)n + 1, format, args);
        va_end(args);
    }
    t->length += (size_t)n;
}

/* ---- maps: a table of entry numbers with open addressing; the entries stay in order of insertion ---- */

typedef struct entry {
    const char *key;
    void *value;
    uint64_t hash;
    int number; /* the last that lng_map_new_name has found for the key; 0: none */
} entry;

struct lng_map {
    lng_arena *arena;
    entry *entry;
    size_t count, capacity;
    size_t *slot; /* number of the entry + 1; 0: free. A power of two, at most half full */
    size_t slots;
};

uint64_t lng_hash(const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ b[i]) * 0x100000001b3u;
    return h;
}

lng_map *lng_map_new(lng_arena *arena)
{
    lng_map *m = LNG_NEW(arena, lng_map);
    m->arena = arena;
    m->slots = 16;
    m->slot = LNG_NEW_N(arena, m->slots, size_t);
    return m;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t *find(const lng_map *m, const char *key, uint64_t hash)
{
    size_t i = hash & (m->slots - 1);
    for (; m->slot[i]; i = (i + 1) & (m->slots - 1)) {
        const entry *e = &m->entry[m->slot[i] - 1];
        if (e->hash == hash && strcmp(e->key, key) == 0)
            break;
    }
    return &m->slot[i];
}

static void widen(lng_map *m)
{
    m->slot = LNG_NEW_N(m->arena, 2 * m->slots, size_t);
    m->slots *= 2;
    for (size_t i = 0; i < m->count; i++)
        *find(m, m->entry[i].key, m->entry[i].hash) = i + 1;
}

void *lng_map_get(const lng_map *m, const char *key)
{
    size_t found = *find(m, key, lng_hash(key, strlen(key)));
    return found ? m->entry[found - 1].value : NULL;
}

void *lng_map_put(lng_map *m, const char *key, void *value)
{
    uint64_t hash = lng_hash(key, strlen(key));
    size_t found = *find(m, key, hash);
    if (found) {
        void *old = m->entry[found - 1].value;
        m->entry[found - 1].value = value;
        return old;
    }
    if (2 * (m->count + 1) > m->slots)
        widen(m);
    m->entry = lng_grow(m->arena, m->entry, m->count, &m->capacity, sizeof *m->entry);
    m->entry[m->count] = (entry){lng_copy(m->arena, key), value, hash, 0};
    *find(m, key, hash) = ++m->count;
    return NULL;
}

/* Keys are never removed, so all numbers up to the last one found are taken. */
const char *lng_map_new_name(lng_map *m, const char *name)
{
    const size_t found = *find(m, name, lng_hash(name, strlen(name)));
    if (!found)
        return name;
    int *number = &m->entry[found - 1].number;
    const char *made;
    do {
        *number = *number ? *number + 1 : 2;
        made = lng_format(m->arena, "%s_%d", name, *number);
    } while (lng_map_get(m, made));
    return made;
}

size_t lng_map_count(const lng_map *m)
{
    return m->count;
}

const char *lng_map_key(const lng_map *m, size_t i)
{
    return m->entry[i].key;
}

void *lng_map_value(const lng_map *m, size_t i)
{
    return m->entry[i].value;
}

/* ---- the nearest name ---- */

#define MAX_NAME 64

static int min(int a, int b)
{
    return a < b ? a : b;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Optimal string alignment: insertions, deletions, replacements, swaps of neighbors. Case does not count. At most `most`, or more than that: no
 * cell farther from the diagonal can matter (Ukkonen 1985). */
static int distance(const char *a, int n, const char *b, int m, int most)
{
    int row[3][MAX_NAME + 2];
    int *before = row[0], *above = row[1], *now = row[2];
    for (int j = 0; j <= m + 1; j++)
        now[j] = j;
    for (int i = 1; i <= n; i++) {
        int *reuse = before, least = i;
        before = above;
        above = now;
        now = reuse;
        const int first = i > most + 1 ? i - most : 1, last = i + most < m ? i + most : m;
        now[first - 1] = first == 1 ? i : most + 1;
        for (int j = first; j <= last; j++) {
            char p = lower(a[i - 1]), q = lower(b[j - 1]);
            now[j] = min(min(above[j], now[j - 1]) + 1, above[j - 1] + (p != q));
            if (i > 1 && j > 1 && p == lower(b[j - 2]) && q == lower(a[i - 2]))
                now[j] = min(now[j], before[j - 2] + 1);
            least = min(least, now[j]);
        }
        now[last + 1] = most + 1;
        if (least > most)
            return most + 1;
    }
    return now[m];
}

/* Whether both have the same runs of letters, of whatever lengths. */
static bool same_but_for_repeats(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        const char run = lower(*a);
        while (lower(*a) == run)
            a++;
        while (lower(*b) == run)
            b++;
    }
    return !*a && !*b;
}

/* Whether one is the other with an s at its end. */
static bool is_plural(const char *a, int n, const char *b, int m)
{
    return n > m ? is_plural(b, m, a, n) : m == n + 1 && lower(b[n]) == 's' && distance(a, n, b, n, 0) == 0;
}

void lng_nearest_offer(lng_nearest *near, const char *candidate)
{
    size_t n = strlen(near->wrong), m = strlen(candidate);
    if (n > MAX_NAME || m > MAX_NAME || strcmp(near->wrong, candidate) == 0)
        return;
    if (lng_is_synonym(near->wrong, candidate)) {
        near->best = candidate;
        near->distance = 0;
        return;
    }
    /* Twice the distance. Of equals, one that differs in how often a letter is repeated is nearest: `adamm` is adam, not adamw; and a plural: `unit`
     * is units, not init; then one of the same length: `tahn` is tanh, not tan. */
    const bool special = same_but_for_repeats(near->wrong, candidate) || is_plural(near->wrong, (int)n, candidate, (int)m);
    const int allowed = n / 3 > 1 ? (int)(n / 3) : 1,
              most = near->best && !special ? min(allowed, (near->distance - 1) / 2) : allowed;
    if ((n > m ? n - m : m - n) > (size_t)most)
        return;
    const int d = distance(near->wrong, (int)n, candidate, (int)m, most), twice = d > 0 && special ? 1 : 2 * d + (n != m);
    if (d > most || (size_t)d >= n || (size_t)d >= m || (near->best && twice >= near->distance))
        return;
    near->best = candidate;
    near->distance = twice;
}

/* ---- numbers ---- */

/* The C locale is static in every C library we know: asking for it takes no memory. */
int lng_vprint(char *buffer, size_t size, const char *format, va_list args)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t old = c ? uselocale(c) : (locale_t)0;
    int n = vsnprintf(buffer, size, format, args);
    if (c) {
        uselocale(old);
        freelocale(c);
    }
    return n;
}

static int print(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int print(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = lng_vprint(buffer, size, format, args);
    va_end(args);
    return n;
}

size_t lng_digits(char *to, uint64_t x)
{
    size_t n = 1;
    for (uint64_t rest = x; rest >= 10; rest /= 10)
        n++;
    for (size_t i = n; i-- > 0; x /= 10)
        to[i] = (char)('0' + x % 10);
    return n;
}

/* A whole number whose digits are all exact. */
static const char *whole(char buffer[LNG_NUMBER_SIZE], double x)
{
    const size_t sign = signbit(x) != 0;
    buffer[0] = '-';
    buffer[sign + lng_digits(buffer + sign, (uint64_t)fabs(x))] = '\0';
    return buffer;
}

/* With the fewest digits, from `digits` to `most`, that read back. */
static const char *shortest(char buffer[LNG_NUMBER_SIZE], double x, int digits, int most, bool single)
{
    if (x != x)
        return strcpy(buffer, "nan");
    if (fabs(x) < 1e15 && x == (double)(int64_t)x)
        return whole(buffer, x);
    for (; digits <= most; digits++) {
        print(buffer, LNG_NUMBER_SIZE, "%.*g", digits, x);
        double back;
        if (lng_parse_double(buffer, strlen(buffer), &back) && (single ? (double)(float)back : back) == x)
            break;
    }
    return buffer;
}

const char *lng_number(char buffer[LNG_NUMBER_SIZE], double x)
{
    return shortest(buffer, x, 15, 17, false);
}

const char *lng_number_float(char buffer[LNG_NUMBER_SIZE], float x)
{
    return shortest(buffer, (double)x, 6, 9, true);
}

static size_t skip_digits(const char *text, size_t n, size_t i)
{
    while (i < n && text[i] >= '0' && text[i] <= '9')
        i++;
    return i;
}

/* [sign] (digits [. [digits]] | . digits) [e [sign] digits], no needless leading zero */
static bool is_decimal(const char *text, size_t n)
{
    size_t i = n && (text[0] == '-' || text[0] == '+');
    size_t start = i;
    i = skip_digits(text, n, i);
    size_t whole = i - start, part = 0;
    if (whole > 1 && text[start] == '0')
        return false;
    if (i < n && text[i] == '.') {
        size_t end = skip_digits(text, n, i + 1);
        part = end - i - 1;
        i = end;
    }
    if (whole + part == 0)
        return false;
    if (i < n && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        i += i < n && (text[i] == '-' || text[i] == '+');
        size_t end = skip_digits(text, n, i);
        if (end == i)
            return false;
        i = end;
    }
    return i == n;
}

bool lng_parse_double(const char *text, size_t n, double *out)
{
    char copy[400];
    if (n >= sizeof copy || !is_decimal(text, n))
        return false;
    memcpy(copy, text, n);
    copy[n] = 0;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t old = c ? uselocale(c) : (locale_t)0;
    double x = strtod(copy, NULL);
    if (c) {
        uselocale(old);
        freelocale(c);
    }
    bool vanished = x == 0 && strcspn(copy, "123456789") < strcspn(copy, "eE");
    if (x > 1.7976931348623157e308 || x < -1.7976931348623157e308 || vanished)
        return false;
    *out = x;
    return true;
}

bool lng_parse_int(const char *text, size_t n, int64_t *out)
{
    size_t start = n && (text[0] == '-' || text[0] == '+');
    bool negative = n && text[0] == '-';
    if (n == start || skip_digits(text, n, start) != n || (n - start > 1 && text[start] == '0'))
        return false;
    uint64_t most = (uint64_t)INT64_MAX + negative, x = 0;
    for (size_t i = start; i < n; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (x > (most - digit) / 10)
            return false;
        x = 10 * x + digit;
    }
    *out = negative ? (int64_t)(0 - x) : (int64_t)x;
    return true;
}

const char *lng_grouped(char buffer[LNG_NUMBER_SIZE], int64_t x)
{
    char reversed[LNG_NUMBER_SIZE];
    uint64_t rest = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
    int n = 0, digits = 0;
    do {
        if (digits && digits % 3 == 0)
            reversed[n++] = ',';
        reversed[n++] = (char)('0' + rest % 10);
        digits++;
    } while (rest /= 10);
    if (x < 0)
        reversed[n++] = '-';
    for (int i = 0; i < n; i++)
        buffer[i] = reversed[n - 1 - i];
    buffer[n] = 0;
    return buffer;
}

const char *lng_grouped_number(char buffer[LNG_NUMBER_SIZE], double x)
{
    return fabs(x) < 1e15 && x == (double)(int64_t)x ? lng_grouped(buffer, (int64_t)x) : lng_number(buffer, x);
}

const char *lng_bytes_text(lng_arena *a, int64_t bytes)
{
    if (bytes < 10000)
        return lng_format(a, "%lld B", (long long)bytes);
    if (bytes < 10 << 20)
        return lng_format(a, "%.1f KiB", (double)bytes / 1024);
    return lng_format(a, "%.1f MiB", (double)bytes / (1 << 20));
}

/* ---- UTF-8 ---- */

int lng_utf8(const char *at, size_t n, uint32_t *code)
{
    const unsigned char *b = (const unsigned char *)at;
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    int length = b[0] < 0x80 ? 1 : b[0] >> 5 == 6 ? 2 : b[0] >> 4 == 14 ? 3 : b[0] >> 3 == 30 ? 4 : 0;
    if (length == 0 || (size_t)length > n)
        return 0;
    uint32_t c = length == 1 ? b[0] : b[0] & (0x7fu >> length);
    for (int i = 1; i < length; i++) {
        if (b[i] >> 6 != 2)
            return 0;
        c = c << 6 | (b[i] & 0x3f);
    }
    if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return length;
}

bool lng_matches(const char *pattern, const char *name)
{
    const char *star = NULL, *from = NULL; /* the last `*`, and where the rest after it was tried */
    while (*name)
        if (*pattern == '*') {
            star = pattern++;
            from = name;
        } else if (*pattern == '?' || *pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++from;
        } else
            return false;
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
