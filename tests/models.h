/* Models for tests of the language: read from text, with a head and a tail that most of them share; and what came of them, as text. */
#ifndef LNG_TESTS_MODELS_H
#define LNG_TESTS_MODELS_H
#include "lang/model.h"

extern const char head[], tail[]; /* up to the fields of MNIST; the section train */
lng_model *model(const char *text, const lng_override *, size_t overrides);
/* A model of head, this middle and tail; it must be good. */
lng_model *good(const char *middle);
const lng_variable *variable(const lng_model *, const char *name); /* which it must have */
const char *printed(const lng_graph *);
const char *expanded(const lng_model *);
#endif
