/* Declared attributes (`with:`): NAME: TYPE [RANGE] [or TYPE [RANGE]] [= DEFAULT].
 *     int > 0        float in [0, 1) = 0.5        string in {valid, same} = valid        block = identity        int = 2 * size
 *     int[2] > 0     two integers, or one that stands for both             int[2, 2] >= 0     two of these lists, or one for both
 * RANGE is a comparison with a number, an interval, or the words allowed. What follows `or` is taken beside words. The default is an
 * expression of the block's own names. */
#ifndef LNG_SYNTAX_ATTR_DECL_H
#define LNG_SYNTAX_ATTR_DECL_H
#include "syntax/expression.h"

typedef enum lng_type {
    LNG_TYPE_INT,
    LNG_TYPE_FLOAT,
    LNG_TYPE_BOOL,
    LNG_TYPE_STRING,
    LNG_TYPE_SHAPE,
    LNG_TYPE_BLOCK,
    LNG_TYPE_INTS
} lng_type;
const char *lng_type_text(lng_type); /* "an integer" */
typedef struct lng_attr_decl {
    const char *name;
    lng_type type;
    double low, high;          /* -inf, inf if there is no limit */
    int64_t low_int, high_int; /* the same, exactly, of an integer */
    bool low_open, high_open;
    int rows, count;                   /* of INTS: so many integers or, if rows > 0, so many lists of them */
    const struct lng_attr_decl *other; /* of a string: what else is taken; else NULL */
    const char **choice;
    size_t choices;
    lng_expr *fallback; /* NULL: required */
    lng_place place;
    const char *text; /* as written */
} lng_attr_decl;
bool lng_attr_decl_parse(lng_arena *, const lng_doc *key, const lng_doc *value, lng_attr_decl *, lng_errors *);
const char *lng_attr_decl_default(lng_arena *, const char *text); /* where the default starts in a declaration; NULL: it has none */
bool lng_attr_decl_allows(const lng_attr_decl *, double);
bool lng_attr_decl_allows_int(const lng_attr_decl *, int64_t);
const char *lng_attr_decl_range(lng_arena *, const lng_attr_decl *);  /* "> 0", "in [0, 1)"; "" for none */
const char *lng_attr_decl_wanted(lng_arena *, const lng_attr_decl *); /* "an integer > 0" */
#endif
