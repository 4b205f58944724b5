/* Text: a growing string, maps by name, and the nearest right name for a wrong one. All memory is the arena's. */
#ifndef LNG_BASE_TEXT_H
#define LNG_BASE_TEXT_H
#include "base/arena.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct lng_text {
    lng_arena *arena;
    char *at; /* always ends in NUL */
    size_t length, capacity;
} lng_text;

lng_text lng_text_new(lng_arena *);
void lng_text_add(lng_text *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lng_text_put(lng_text *, const char *bytes, size_t n);
void lng_text_base64(lng_text *, const char *bytes, size_t n); /* RFC 4648, section 4 */

/* A map from strings to pointers, in order of insertion. Keys are copied. */
typedef struct lng_map lng_map;
lng_map *lng_map_new(lng_arena *);
void *lng_map_get(const lng_map *, const char *key);        /* NULL if absent */
void *lng_map_put(lng_map *, const char *key, void *value); /* returns the value that it replaced, or NULL */
/* The name itself when the map does not have it, else the first of NAME_2, NAME_3 and so on that it does not have, in the arena. */
const char *lng_map_new_name(lng_map *, const char *name);
size_t lng_map_count(const lng_map *);
const char *lng_map_key(const lng_map *, size_t i);
void *lng_map_value(const lng_map *, size_t i);

/* The candidate nearest to a wrong name by edit distance (a transposition counts as one edit). NULL if none is near enough: one edit is
 * always allowed, more up to a third of the name's length. A synonym is nearest. Offer all candidates, then
 * read `best`. */
typedef struct lng_nearest {
    const char *wrong, *best;
    int distance;
} lng_nearest;
void lng_nearest_offer(lng_nearest *, const char *candidate);
/* Whether a pattern matches a whole name: `*` stands for any characters, `?` for one. */
bool lng_matches(const char *pattern, const char *name);
bool lng_is_synonym(const char *wrong, const char *right); /* right is what lngraph calls it */

/* A number as text that reads back to the same double (shortest form), locale-independent. Returns buffer. */
#define LNG_NUMBER_SIZE 32
const char *lng_number(char buffer[LNG_NUMBER_SIZE], double);
const char *lng_number_float(char buffer[LNG_NUMBER_SIZE], float); /* that reads back to the same float */
/* The reverse, for a whole string, in the C locale whatever the locale of the process. */
bool lng_parse_double(const char *text, size_t n, double *out); /* decimal only; no inf, nan, hex; false also on overflow */
bool lng_parse_int(const char *text, size_t n, int64_t *out);   /* decimal, optional sign, no leading zeros */

/* Writes the decimal digits of x to `to`, without a NUL; returns their number, at most 20. */
size_t lng_digits(char *to, uint64_t x);
/* "1,234,567", for people. */
const char *lng_grouped(char buffer[LNG_NUMBER_SIZE], int64_t);
const char *lng_grouped_number(char buffer[LNG_NUMBER_SIZE],
                               double); /* whole: grouped, if it has at most 15 digits; else as lng_number */
/* "640 B", "12.5 KiB", "60.1 MiB" for people, in the arena. */
const char *lng_bytes_text(lng_arena *, int64_t bytes);

/* vsnprintf with the C locale's numbers, whatever the locale of the process. */
int lng_vprint(char *buffer, size_t size, const char *format, va_list) __attribute__((format(printf, 3, 0)));

/* Decodes the UTF-8 character at `at`, where n > 0 bytes are left: its length in bytes, 0 if it is malformed. */
int lng_utf8(const char *at, size_t n, uint32_t *code);

uint64_t lng_hash(const void *bytes, size_t n); /* FNV-1a, 64 bits: part of the random scheme, never change it */

#endif
