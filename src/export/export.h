/* Exports: a graph in the formats of other tools. */
#ifndef LNG_EXPORT_EXPORT_H
#define LNG_EXPORT_EXPORT_H
#include "graph/op.h"

/* The live part of the graph as a DOT digraph (Graphviz): a box a node, shared values rounded, variables as cylinders. */
void lng_dot_write(const lng_graph *, const char *name, lng_text *);

#endif
