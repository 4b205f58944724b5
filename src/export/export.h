/* Exports: a graph in the formats of other tools. */
#ifndef LNG_EXPORT_EXPORT_H
#define LNG_EXPORT_EXPORT_H
#include "graph/op.h"

/* The live part of the graph as a DOT digraph (Graphviz): nodes are boxes, rounded for shared values; variables are cylinders. */
void lng_dot_write(const lng_graph *, const char *name, lng_text *);

#endif
