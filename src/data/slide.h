/* Windows of rows that come a block at a time: of each series, the last rows are kept. */
#ifndef LNG_DATA_SLIDE_H
#define LNG_DATA_SLIDE_H
#include "data/array.h"
#include "data/spec.h"

typedef struct lng_slide lng_slide;
/* field: of the examples. NULL: out of memory. */
lng_slide *lng_slide_new(const lng_window_spec *, const lng_data_field *, size_t fields);
void lng_slide_free(lng_slide *);
/* The windows that end in a block of rows: how many, as an array for each field, which are the caller's; -1 after a failure. group: of each
 * row, from 0; NULL: they are one series. */
int64_t lng_slide_rows(lng_slide *, const lng_array *rows, const lng_array *group, lng_array *, lng_failure *);
int64_t lng_slide_row(const lng_slide *, int64_t window); /* of the last block, in which it ends */
/* Whether there were windows, after all rows; otherwise a failure. */
bool lng_slide_end(const lng_slide *, lng_failure *);

#endif
