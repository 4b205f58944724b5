/* A table with open addressing over words that lie one after the other. Files load in parallel, so it is of blocks, not of an arena. */
#include "config.h"
#include "data/vocabulary.h"
#include "base/arena.h"
#include "base/text.h"
#include "doc/doc.h"
#include <stdio.h>
#include <string.h>

struct lng_vocabulary {
    char *text;
    size_t used, text_room;
    size_t *at;     /* of each word */
    uint32_t *slot; /* 1 + the word; 0: free. Twice as many as there may be words */
    size_t count, room;
};

lng_vocabulary *lng_vocabulary_new(void)
{
    return lng_block_new(sizeof(lng_vocabulary));
}

void lng_vocabulary_free(lng_vocabulary *w)
{
    if (!w)
        return;
    lng_block_free(w->text);
    lng_block_free(w->at);
    lng_block_free(w->slot);
    lng_block_free(w);
}

static bool is_word(const lng_vocabulary *w, size_t i, const char *word, size_t n)
{
    const char *mine = w->text + w->at[i];
    return memcmp(mine, word, n) == 0 && mine[n] == 0;
}

/* Where the word is, or belongs. */
static size_t slot_of(const lng_vocabulary *w, const char *word, size_t n)
{
    size_t i = (size_t)lng_hash(word, n) % (2 * w->room);
    while (w->slot[i] && !(w->used - w->at[w->slot[i] - 1] > n && is_word(w, w->slot[i] - 1, word, n)))
        i = (i + 1) % (2 * w->room);
    return i;
}

int64_t lng_vocabulary_find(const lng_vocabulary *w, const char *word, size_t n)
{
    return w->room ? (int64_t)w->slot[slot_of(w, word, n)] - 1 : -1;
}

static bool grow(lng_vocabulary *w)
{
    const size_t room = w->room ? 2 * w->room : 64;
    size_t *at = lng_block_grow(w->at, w->count * sizeof *at, room * sizeof *at);
    uint32_t *slot = at ? lng_block_new(2 * room * sizeof *slot) : NULL;
    w->at = at ? at : w->at;
    if (!slot)
        return false;
    lng_block_free(w->slot);
    w->slot = slot;
    w->room = room;
    for (size_t i = 0; i < w->count; i++) {
        const char *word = w->text + at[i];
        slot[slot_of(w, word, strlen(word))] = (uint32_t)i + 1;
    }
    return true;
}

static bool append(lng_vocabulary *w, const char *word, size_t n)
{
    if (w->text_room - w->used < n + 1) {
        const size_t room = 2 * (w->used + n) + 1024;
        char *text = lng_block_grow(w->text, w->used, room);
        if (!text)
            return false;
        w->text = text;
        w->text_room = room;
    }
    memcpy(w->text + w->used, word, n);
    w->text[w->used + n] = 0;
    w->used += n + 1;
    return true;
}

int64_t lng_vocabulary_add(lng_vocabulary *w, const char *word, size_t n)
{
    const int64_t known = lng_vocabulary_find(w, word, n);
    if (known >= 0)
        return known;
    const size_t at = w->used;
    if ((w->count == w->room && !grow(w)) || !append(w, word, n))
        return -1;
    w->at[w->count] = at;
    w->slot[slot_of(w, word, n)] = (uint32_t)w->count + 1;
    return (int64_t)w->count++;
}

int64_t lng_vocabulary_count(const lng_vocabulary *w)
{
    return (int64_t)w->count;
}

const char *lng_vocabulary_at(const lng_vocabulary *w, int64_t i)
{
    return w->text + w->at[i];
}

const char *lng_name_fault(const char *name, size_t n, size_t *byte)
{
    uint32_t code;
    for (int length; n > *byte; *byte += (size_t)length)
        if ((length = lng_utf8(name + *byte, n - *byte, &code)) == 0)
            return "not UTF-8";
        else if (lng_doc_is_refused(code))
            return "a control character";
    return NULL;
}

void lng_words_text(char text[LNG_WORDS_TEXT], const char *const *word, size_t n)
{
    size_t used = 0;
    bool fits = true;
    text[0] = 0;
    for (size_t i = 0; i < n && fits; i++) {
        fits = strlen(word[i]) + sizeof ", , ..." < LNG_WORDS_TEXT - used;
        used += (size_t)snprintf(text + used, LNG_WORDS_TEXT - used, "%s%s", i ? ", " : "", fits ? word[i] : "...");
    }
}
