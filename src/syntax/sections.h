/* The sections of a model file. */
#ifndef LNG_SYNTAX_SECTIONS_H
#define LNG_SYNTAX_SECTIONS_H
#include "data/spec.h"
#include "doc/schema.h"

#define LNG_MOST_CHECKPOINTS 100 /* that a run may keep */

/* lng_section_data: data/spec.h */
extern const lng_section lng_section_model, lng_section_block, lng_section_step, lng_section_scan, lng_section_include,
    lng_section_train, lng_section_report;
extern const lng_section *const lng_sections[]; /* all, for the manual */
extern const size_t lng_section_count;
#endif
