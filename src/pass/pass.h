/* Passes: graph to graph, one file each. A pass copies the live nodes of the old graph into a new one in order, and may replace a node by
 * others. Common subexpressions, constants and dead code need no pass: the builder and the copying take care of them.
 *
 * A rule gets a node whose operands are already in the new graph. It returns true after setting out[port] for every output of the node, or false
 * to have the node copied. */
#ifndef LNG_PASS_PASS_H
#define LNG_PASS_PASS_H
#include "graph/ops.h"

typedef struct lng_rewrite {
    lng_graph *to;
    const lng_node *node;        /* of the old graph */
    lng_value *in[LNG_MAX_IN];   /* its operands, in the new one */
    lng_value *out[LNG_MAX_OUT]; /* to set */
    const int *uses;             /* how many live nodes, outputs and updates read each value of the old graph: by lng_value_index */
    lng_value *const *made;      /* what each value of the old graph has become, by lng_value_index; NULL: not made yet */
    bool *live;                  /* the nodes of the old graph to replace or copy, by id */
    const void *survey;          /* what the pass's own survey found */
} lng_rewrite;
typedef bool lng_rewrite_rule(lng_rewrite *);

typedef struct lng_pass {
    const char *name, *about;
    const lng_op *const *replaces; /* the ops that the rule applies to, then NULL; NULL: all */
    lng_rewrite_rule *rule;
    /* Looks at the whole graph before the first node is copied, and may clear `live` where no copy will be needed; or NULL */
    const void *(*survey)(const lng_rewrite *, const lng_graph *, lng_arena *);
    bool changes_kinds; /* what was per-example may be shared in the new graph */
} lng_pass;

/* The new graph (in the arena), with the same outputs and updates, and without dead code. */
lng_graph *lng_pass_run(const lng_pass *, const lng_graph *, lng_arena *);
extern const lng_pass lng_pass_copy;         /* changes nothing */
extern const lng_pass *const lng_rewrites[]; /* before differentiation, in order; NULL at the end */
extern const lng_pass *const lng_fusions[];  /* after it */
/* For a single example: its inputs are shared, and so is all that comes from them. */
extern const lng_pass lng_pass_one;
/* Whether the graph of that pass computes what this one does for each of its examples: none depends on another. */
bool lng_graph_has_one(const lng_graph *);
/* Runs, in order, the passes of a list that find an op to replace, each followed by the verifier. Returns the new graph. */
lng_graph *lng_passes_run(const lng_pass *const *, const lng_graph *, lng_arena *, lng_errors *);

int lng_rewrite_uses(const lng_rewrite *, const lng_value *old); /* the number of readers of a value of the old graph */

#endif
