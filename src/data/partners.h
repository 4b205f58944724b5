/* Partners of examples: which fields their copies are made of, and the copies. Not for other rooms. */
#ifndef LNG_DATA_PARTNERS_H
#define LNG_DATA_PARTNERS_H
#include "data/data.h"

/* The fields to open for a model that reads `field`: its own, and those from which partners are made. */
lng_data_field *lng_partners_need(lng_arena *, const lng_data_spec *, const lng_data_field *field, size_t fields, size_t *count);
/* Makes the model's fields of those that were opened. */
bool lng_partners_join(lng_data *, const lng_data_field *opened, size_t count, const lng_data_field *field, size_t fields,
                       lng_errors *);

#endif
