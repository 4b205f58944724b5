/* Calls of blocks, ops and built-in functions (call.c, call_block.c, call_op.c, call_builtin.c, einsum.c, stack.c). */
#ifndef LNG_LANG_CALL_H
#define LNG_LANG_CALL_H
#include "lang/scope.h"

/* An argument: an expression of the caller, or else a datum. */
typedef struct lng_arg {
    const char *label; /* NULL by position */
    const lng_expr *expr;
    lng_datum datum;
    lng_place place;
    bool absent; /* an optional port is left out */
} lng_arg;
typedef struct lng_args {
    lng_arg *arg;
    size_t count, values; /* those by position come first */
} lng_args;

lng_binding *lng_block_binding(const lng_scope *, const char *name);   /* a shared block or attribute of type block, else NULL */
bool lng_find_callable(lng_scope *, const char *name, lng_callable *); /* in the library; false, without an error: there is none */
const char *lng_nearest_block(const lng_scope *, const char *name);    /* another block or op that may be meant, or NULL */
int lng_ports_of(lng_scope *, const lng_callable *);                   /* the number of values that it takes; -1 after an error */
lng_args lng_args_of(lng_scope *, const lng_expr *call, const lng_datum *first, size_t n); /* the call's, after `first` */
lng_datum lng_apply_named(lng_scope *, const lng_expr *call, lng_args);                    /* resolves the name of a call */
lng_datum lng_apply(lng_scope *, const lng_callable *, lng_args, const lng_expr *at);      /* `at` names the call */
/* The result of a block without ports; else the datum. */
lng_datum lng_apply_schedule(lng_scope *, const lng_datum *, const lng_expr *at);
lng_datum lng_apply_block(lng_scope *, const lng_callable *, lng_args, const lng_expr *at);
lng_datum lng_apply_op(lng_scope *, const lng_callable *, lng_args, const lng_expr *at);
/* The op of any number of operands, which are written over. */
lng_datum lng_emit_many(lng_scope *, const lng_expr *at, const lng_op *, lng_datum *in, size_t n, const lng_attr *,
                        const lng_place *);
lng_datum lng_apply_builtin(lng_scope *, const lng_expr *, lng_args);
lng_datum lng_apply_einsum(lng_scope *, const lng_expr *, lng_args);
lng_datum lng_apply_stack(lng_scope *, const lng_expr *, lng_args);
lng_datum lng_apply_grad(lng_scope *, const lng_expr *, lng_args);
lng_datum lng_apply_params(lng_scope *, const lng_expr *, lng_args);
bool lng_lists_are_whole(lng_elab *); /* nothing was made that a call of params lacks; at the end of a graph */
lng_datum lng_apply_range(lng_scope *, const lng_expr *, lng_args);
/* Lists (list.c): the items of arguments that are lists take their place, false after an error; the sum of a list or shape. */
bool lng_spread(lng_scope *, lng_args *, bool *listed);
lng_datum lng_sum_of_list(lng_scope *, const lng_expr *, const lng_datum *list);
lng_datum lng_join_lists(lng_scope *, const lng_expr *, const lng_datum *, const lng_datum *); /* each a list or a shape */
lng_datum lng_argument(lng_scope *, const lng_arg *); /* its value, evaluated if it is an expression */
lng_datum lng_bind_attribute(lng_scope *, const lng_callable *, const char *label, const lng_expr *, lng_place);
lng_datum lng_eval_op_attribute(lng_scope *, const lng_op *, int attribute, const lng_expr *);
lng_place lng_argument_place(const lng_arg *, const lng_datum *); /* where a mistake in its value is shown */
/* Warns of a value that is certainly not what its port expects (lint.c). `at` is where it was given. */
void lng_lint(const lng_scope *, const lng_callable *, const lng_port_decl *, const lng_value *, lng_place at);
/* Warns of a value that certainly is no probability, where the caller c takes one. */
void lng_lint_probabilities(const lng_scope *, const lng_callable *c, bool sum_to_one, const lng_value *, lng_place at);
/* Warns of an op's result that says nothing: a one_hot with less depth than classes, a softmax over one number. */
void lng_lint_op(const lng_scope *, const lng_value *);
/* Warns of more scores than classes. */
void lng_lint_surplus(const lng_scope *, const lng_value *scores, lng_place at, int64_t n, int64_t classes);
/* Checks what a block's ports require of their values beyond the shape (ports.c); false after an error. */
bool lng_ports_hold(lng_scope *, lng_scope *in, const lng_callable *, const lng_args *);
/* A hint after an error about the number of values: how a step passes them. */
void lng_arguments_hint(const lng_scope *, const lng_callable *, const lng_args *, const lng_expr *at);
/* A call's values from `first` on, which are numbers, as the attributes that may be meant, from the first that must be given on:
 * "filters=8, kernel=3", where `is` is "=". NULL: another value is among them, or there are too few attributes. */
const char *lng_name_numbers(lng_arena *, const lng_callable *, const lng_expr *call, size_t first, const char *is);
/* A hint where the call has numbers without a name: the attributes that may be meant. */
void lng_unnamed_hint(lng_scope *, const lng_callable *, const lng_expr *call);
bool lng_match_shape(lng_scope *in, const lng_port_decl *, lng_shape, lng_place); /* binds the sizes' names */
/* The type that a called block or op declares an attribute with; false when it is not known, and *type as it was. */
bool lng_attribute_type(lng_scope *, const lng_callable *, const char *label, lng_type *type);
/* These record the error. */
lng_datum lng_unknown_attribute(lng_scope *, const lng_callable *, const char *label, lng_place);
bool lng_not_a_block(lng_scope *, const lng_expr *); /* complains */
bool lng_is_misplaced_scan(const lng_expr *);        /* a call of no block that has the keys of one */
bool lng_unknown_block(lng_scope *, const lng_expr *, const char *name, const char *group); /* wanted: "optimizers", or NULL */
#endif
