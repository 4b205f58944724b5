/* Numbers in sections: a scalar of the document as a number, or the reason why it is not one. */
#ifndef LNG_DOC_NUMBER_H
#define LNG_DOC_NUMBER_H
#include "doc/doc.h"

bool lng_scalar_int(const lng_doc *, int64_t *, lng_errors *);
bool lng_scalar_number(const lng_doc *, double *, lng_errors *);
/* A hint after an error about what is written as BEFORE,AFTER (n bytes before the comma), if the comma stands between digits. */
void lng_comma_hint(const char *before, size_t n, const char *after, lng_errors *);
/* The same for {rate: 0,5}, which YAML cuts into `rate: 0` and a key 5, the i-th, without a value. */
void lng_cut_number_hint(const lng_doc *mapping, size_t i, lng_errors *);
#endif
