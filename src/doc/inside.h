/* Shared by the files of this room, and not for other rooms. */
#ifndef LNG_DOC_INSIDE_H
#define LNG_DOC_INSIDE_H
#include "doc/doc.h"

/* Checks that a source is text that this language takes; false after recording the first byte that is not. */
bool lng_doc_check_text(const lng_source *, lng_errors *);
/* The byte where a place starts; the source's length if it has no such line. */
size_t lng_place_offset(lng_place);
/* The same, counted from an earlier place whose byte is known. */
size_t lng_place_offset_from(lng_place known, size_t offset, lng_place);
/* Whether a character may be in a source (line ends and tabs aside), and in what is written. */
bool lng_doc_is_visible(uint32_t code);

/* Explains libyaml's complaint in the terms of this language. `yaml` is its yaml_parser_t. */
struct yaml_parser_s;
void lng_doc_explain(const struct yaml_parser_s *yaml, const lng_source *, lng_errors *);

/* The number of `(` minus that of `)`: if YAML cuts an expression at commas, the pieces do not balance. */
int lng_doc_balance(const char *text, size_t n);

#endif
