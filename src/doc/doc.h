/* Documents: YAML text to a tree in which every node has its place.
 *
 * YAML without its traps: no anchors, aliases, tags, `<<` or second documents; a duplicate key is an error; all mistakes of a file
 * are reported at once if the parser can go on. A scalar is text; the table that reads it decides what it means.
 * Built from libyaml's events, with limits on depth (64, checked from the events), nodes (200,000), scalar length (64 KiB), key
 * length (200 bytes) and bytes (4 MiB), so that hostile input is refused early. Byte-order mark and CRLF make no difference. */
#ifndef LNG_DOC_DOC_H
#define LNG_DOC_DOC_H
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

typedef enum { LNG_DOC_SCALAR, LNG_DOC_SEQUENCE, LNG_DOC_MAPPING } lng_doc_kind;

typedef struct lng_doc lng_doc;
struct lng_doc {
    lng_doc_kind kind;
    lng_place place;
    size_t at; /* byte of the source where it starts; 0 for nodes that did not come from a source */
    /* scalar */
    const char *text; /* NUL-terminated; no NUL inside */
    size_t length;
    bool quoted; /* in quotes, or a block scalar: never null or empty by its form */
    bool block;  /* a literal (|) or folded (>) scalar: columns inside it do not map to the source */
    bool flow;   /* a collection in {} or [], or a scalar inside of one */
    /* collection: `count` items; a mapping has key[i] -> item[i], keys are scalars, in the order of the text */
    size_t count;
    lng_doc **key;
    lng_doc **item;
};

#define LNG_DOC_MAX_BYTES  (4u << 20)
#define LNG_DOC_MAX_DEPTH  64
#define LNG_DOC_MAX_NODES  200000
#define LNG_DOC_MAX_SCALAR (64u << 10)

/* Parses a whole document. NULL after recording errors. The source must outlive the tree. */
lng_doc *lng_doc_parse(lng_arena *, const lng_source *, lng_errors *);
/* Parses some of its lines, which must be whole and good text: those of the bytes from `at` to `end`, of which the first has the number
 * `line`. */
lng_doc *lng_doc_parse_lines(lng_arena *, const lng_source *, size_t at, size_t end, int line, lng_errors *);
/* Reads a file ("-" is standard input, named <stdin>) and parses it. *source, with its bytes, is made in the arena. */
lng_doc *lng_doc_read(lng_arena *, const char *path, const lng_source **source, lng_errors *);

lng_doc *lng_doc_get(const lng_doc *mapping, const char *key); /* NULL if absent or not a mapping */
lng_doc *lng_doc_key(const lng_doc *mapping, const char *key); /* the key itself, likewise */
bool lng_doc_is_null(const lng_doc *);                         /* an empty or `null`/`~` plain scalar */
/* A place inside a scalar: `offset` bytes into its text, `width` characters. Block scalars give the scalar's own place. */
lng_place lng_doc_place_at(const lng_doc *scalar, size_t offset, int width);
/* The same for many offsets: in ascending order they take one walk along the scalar altogether. */
typedef struct lng_doc_walk {
    const lng_doc *doc;
    size_t offset;        /* in the text */
    const char *at, *end; /* in the source; NULL: nothing is known of the places inside */
    int line, column;
    char quote; /* 0: a plain scalar */
} lng_doc_walk;
lng_doc_walk lng_doc_walk_new(const lng_doc *scalar);
lng_place lng_doc_walk_to(lng_doc_walk *, size_t offset, int width);

/* Making and changing trees (overrides, expansion). New nodes take `place`. */
lng_doc *lng_doc_scalar(lng_arena *, const char *text, lng_place);
lng_doc *lng_doc_mapping(lng_arena *, lng_place);
lng_doc *lng_doc_sequence(lng_arena *, lng_place);                               /* empty */
void lng_doc_set(lng_arena *, lng_doc *mapping, const char *key, lng_doc *item); /* replaces or appends */
void lng_doc_remove(lng_doc *mapping, const char *key);                          /* nothing if it is absent */
/* Adds an item to a collection (key: NULL in a sequence). Capacity follows from the count, so nodes need not keep it. */
void lng_doc_push(lng_arena *, lng_doc *collection, lng_doc *key, lng_doc *item);
lng_doc *lng_doc_copy(lng_arena *, const lng_doc *);

/* A control character that no text can contain, not even as an escape. */
bool lng_doc_is_refused(uint32_t code);
/* Writes the tree as YAML that parses back to an equal tree: block style, flow for short collections of scalars. */
void lng_doc_write(lng_text *, const lng_doc *);
/* A text in double quotes, with escapes for what no file may contain. */
void lng_doc_quote(lng_text *, const char *, size_t);

#endif
