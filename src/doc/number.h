/* Numbers in sections: a scalar of the document as a number, or the reason why it is not one. */
#ifndef LNG_DOC_NUMBER_H
#define LNG_DOC_NUMBER_H
#include "doc/doc.h"

bool lng_scalar_int(const lng_doc *, int64_t *, lng_errors *);
bool lng_scalar_number(const lng_doc *, double *, lng_errors *);
#endif
