/* Shared by the files of this room, and not for other rooms. */
#ifndef LNG_DOC_INSIDE_H
#define LNG_DOC_INSIDE_H
#include "doc/doc.h"

/* Adds an item to a collection (key: NULL in a sequence). Capacity follows from the count, so nodes need not keep it. */
void lng_doc_push(lng_arena *, lng_doc *collection, lng_doc *key, lng_doc *item);

/* Checks that a source is text that this language takes; false after recording the first byte that is not. */
bool lng_doc_check_text(const lng_source *, lng_errors *);
/* The byte where a place starts; the source's length when it has no such line. */
size_t lng_place_offset(lng_place);
/* The same, counted on from a place at or before it whose byte is known. */
size_t lng_place_offset_from(lng_place known, size_t offset, lng_place);
/* Whether a character can stand in a source as it is (line ends and tabs aside), and in what is written. */
bool lng_doc_is_visible(uint32_t code);

bool lng_doc_is_control(uint32_t code); /* a terminal could take it for an order */

/* Explains libyaml's complaint in the words of this language. `yaml` is its yaml_parser_t. */
struct yaml_parser_s;
void lng_doc_explain(const struct yaml_parser_s *yaml, const lng_source *, lng_errors *);

/* `(` minus `)` of a text; a bracketed expression that YAML's commas cut leaves pieces that do not balance. */
int lng_doc_balance(const char *text, size_t n);

#endif
