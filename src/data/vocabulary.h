/* Words to integers, counted in the order of their first appearance. */
#ifndef LNG_DATA_VOCABULARY_H
#define LNG_DATA_VOCABULARY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lng_vocabulary lng_vocabulary;
lng_vocabulary *lng_vocabulary_new(void); /* NULL: out of memory */
void lng_vocabulary_free(lng_vocabulary *);
int64_t lng_vocabulary_find(const lng_vocabulary *, const char *, size_t n); /* -1: it is not there */
int64_t lng_vocabulary_add(lng_vocabulary *, const char *, size_t n);        /* found or added; -1: out of memory */
int64_t lng_vocabulary_count(const lng_vocabulary *);
const char *lng_vocabulary_at(const lng_vocabulary *, int64_t i); /* ends in NUL; valid until the next one is added */

/* Why no description could hold a name, and from which byte on: "a control character", "not UTF-8". NULL: it can. */
const char *lng_name_fault(const char *, size_t n, size_t *byte);

/* "a, b, ...": the first n words, as many as fit, for failures. */
#define LNG_WORDS_TEXT 200
void lng_words_text(char text[LNG_WORDS_TEXT], const char *const *word, size_t n);
#endif
