/* Exports: a graph, and the language, in the formats of other tools. */
#ifndef LNG_EXPORT_EXPORT_H
#define LNG_EXPORT_EXPORT_H
#include "graph/op.h"

/* The live part of the graph as a DOT digraph (Graphviz): nodes are boxes, rounded for shared values; variables are cylinders. */
void lng_dot_write(const lng_graph *, const char *name, lng_text *);

/* A JSON Schema of model files; false after an error, which is a defect: the library is the program's own. */
bool lng_schema_write(lng_text *, lng_errors *);

#endif
