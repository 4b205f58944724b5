/* Declared ports: `image[28, 28, 1], label`, `x[..., n]`. */
#ifndef LNG_SYNTAX_PORT_DECL_H
#define LNG_SYNTAX_PORT_DECL_H
#include "doc/doc.h"
#include "graph/graph.h"

typedef struct lng_dim {
    enum { LNG_DIM_SIZE, LNG_DIM_NAME, LNG_DIM_ANY } kind; /* 28, n, ... */
    int64_t size;
    const char *name;
} lng_dim;
typedef struct lng_port_decl {
    const char *name;
    lng_place place;
    bool shaped; /* a shape was given */
    lng_dim dim[LNG_MAX_RANK];
    int dims;
    const char *text; /* as written: "x[..., n]" */
} lng_port_decl;
/* false after recording errors. */
bool lng_port_decl_parse(lng_arena *, const lng_doc *, lng_port_decl **, size_t *count, lng_errors *);
#endif
