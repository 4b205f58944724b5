/* Elaboration: blocks and expressions to graphs.
 *
 * A scope is one call of a block. Its names are bound to terms on demand: a let, default, parameter or state is evaluated when it is
 * first read, so what only an untaken branch reads does not exist. Chains of lets are settled without recursion; what is left of
 * recursion (expressions, calls, conditions) counts its depth against a limit.
 *
 * The same tree is elaborated for training and for evaluation. A call's name in its scope is remembered by its place in the text, so both
 * phases name the same nodes alike.
 *
 * Errors go to the user's text: in a standard block, to the term's origin or the call. */
#ifndef LNG_LANG_ELAB_H
#define LNG_LANG_ELAB_H
#include "lang/library.h"
#include "lang/term.h"

#define LNG_MAX_NESTING           400                /* of evaluations */
#define LNG_MAX_CALLS             48                 /* of blocks in blocks */
#define LNG_MAX_NODES             20000              /* of a phase's graph, before differentiation */
#define LNG_MAX_WORK              200000             /* names bound and expressions evaluated */
#define LNG_MAX_VARIABLE_ELEMENTS ((int64_t)1 << 31) /* of all parameters and state: 8 GiB */

/* A parameter or state, made by the first scope that reads it. */
typedef struct lng_stored {
    lng_variable variable;
    const lng_define *define;
    lng_term origin; /* of its initial value: the place counts */
    bool read_in[2]; /* by phase: evaluation, training */
} lng_stored;

typedef struct lng_elab {
    lng_arena *arena;
    lng_errors *errors;
    lng_library *library;
    lng_graph *graph;    /* where ops go now */
    lng_graph *init;     /* initial values */
    const char *drawing; /* the variable whose initial value is being made; NULL otherwise */
    bool training;
    int nesting, calls;
    int64_t work;
    bool exhausted;    /* a limit of the whole model was passed: everything is NONE from here on */
    lng_map *reported; /* places and codes of errors */
    bool silent;       /* the newest error was not recorded: nor are its hints */
    lng_map *site;     /* scope path and place in the text -> name */
    lng_map *count;    /* scope path and block -> names given */
    lng_map *updated;  /* variable -> itself, when this phase has updated it */
    lng_map *stored;   /* full name -> lng_stored */
    int64_t elements;  /* of everything stored */
} lng_elab;

typedef struct lng_binding {
    enum { LNG_BIND_TERM, LNG_BIND_WITH, LNG_BIND_DEFINE, LNG_BIND_STEP } kind;
    const lng_with *with;      /* a default */
    const lng_define *define;  /* let, param, state, shared, update */
    size_t index;              /* which of the define's names */
    struct lng_binding *first; /* of the same define */
    lng_place place;
    struct {
        enum { LNG_WAITING, LNG_OPEN, LNG_READY } status;
        lng_term term;
    } slot[2]; /* outside and inside of initial values */
} lng_binding;

typedef struct lng_scope lng_scope;
struct lng_scope {
    lng_elab *e;
    lng_scope *caller;
    lng_block *block;
    const char *path; /* "residual.conv2d_2"; "" for the model */
    lng_place place;  /* of the call */
    lng_map *name;    /* value name -> lng_binding */
    const char *now;  /* path of the present step; NULL: outside of the chain */
    lng_term it;
    bool has_it;
    bool muted; /* an earlier call of the same block has reported what is wrong in it */
};

/* An argument: an expression of the caller, or a term when there is none. */
typedef struct lng_arg {
    const char *label; /* NULL by position */
    const lng_expr *expr;
    lng_term term;
    lng_place place;
} lng_arg;
typedef struct lng_args {
    lng_arg *arg;
    size_t count, values; /* those by position come first */
} lng_args;

/* ---- errors (report.c) ---- always false */
bool lng_complain(const lng_scope *, lng_place, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_complain_at(const lng_scope *, const lng_expr *, lng_code, const char *format, ...) __attribute__((format(printf, 4, 5)));
bool lng_complain_term(const lng_scope *, const lng_term *, lng_code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A hint or second place for the error just recorded. */
void lng_hint(const lng_scope *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lng_related(const lng_scope *, lng_place, const char *format, ...) __attribute__((format(printf, 3, 4)));
lng_place lng_user_place(const lng_scope *, lng_place); /* the place, or the user's call that led to it */
void lng_relate(const lng_scope *,
                lng_place); /* adds to the newest error where it is inside a standard block, or the call that led to it */

bool lng_exhausted(lng_scope *, const lng_expr *at, int64_t work); /* counts work; true (recorded once) past a limit */

/* ---- names (scope.c) ---- */
lng_scope *lng_scope_new(lng_elab *, lng_scope *caller, lng_block *, const char *path, lng_place);
lng_binding *lng_scope_bind(lng_scope *, const char *name, lng_term);
lng_term lng_scope_read(lng_scope *, lng_binding *, const lng_expr *at);
const char *lng_scope_name_node(lng_scope *, const void *site, const char *block, const char *as); /* its full path */
lng_term lng_stored_read(lng_scope *, lng_binding *, const lng_expr *at);

/* ---- expressions (eval.c) ---- */
lng_term lng_eval(lng_scope *, const lng_expr *);
lng_term lng_eval_as(lng_scope *, const lng_expr *, const lng_with *);   /* as an attribute asks for it */
lng_term lng_convert(lng_scope *, lng_term, const lng_with *);           /* the same for a term */
lng_term lng_eval_block(lng_scope *, const lng_expr *);                  /* a block, perhaps with bound attributes */
lng_term lng_operate(lng_scope *, const lng_expr *, lng_term, lng_term); /* a binary operator (operator.c) */
lng_term lng_negate(lng_scope *, const lng_expr *, lng_term);
lng_term lng_derived(const lng_scope *, const lng_expr *, lng_term_kind, const lng_term *from, size_t n); /* its place */

lng_term lng_unknown_value(lng_scope *, const lng_expr *); /* records the error */

/* ---- values (value.c) ---- */
lng_value *lng_term_value(lng_scope *, lng_term); /* as a value of the present graph; NULL after an error */
lng_term lng_emit_op(lng_scope *, const lng_expr *, const lng_op *, const lng_term *in, size_t n, const lng_attr *,
                     const lng_place *attr_place);
lng_term lng_emit_named(lng_scope *, const lng_expr *, const char *op, const lng_term *in, size_t n);

/* ---- calls (call.c, call_block.c, call_op.c, builtin.c) ---- */
bool lng_find_callable(lng_scope *, const char *name, lng_callable *); /* in the library; false: there is none (nothing recorded) */
void lng_offer_callables(const lng_scope *, lng_nearest *);
lng_args lng_args_of(lng_scope *, const lng_expr *call, const lng_term *first, size_t n); /* the call's, after `first` */
lng_term lng_apply_named(lng_scope *, const lng_expr *call, lng_args, const char *as);    /* resolves the name of a call */
lng_term lng_apply(lng_scope *, const lng_callable *, lng_args, const lng_expr *at, const char *as);
lng_term lng_apply_block(lng_scope *, const lng_callable *, lng_args, const lng_expr *at, const char *as);
lng_term lng_apply_op(lng_scope *, const lng_callable *, lng_args, const lng_expr *at);
lng_term lng_bind_attribute(lng_scope *, const lng_callable *, const char *label, const lng_expr *, lng_place);
lng_term lng_eval_op_attribute(lng_scope *, const lng_op *, int attribute, const lng_expr *);
lng_term lng_unknown_attribute(lng_scope *, const lng_callable *, const char *label, lng_place); /* records the error */
bool lng_unknown_block(lng_scope *, const lng_expr *, const char *name);                         /* records the error */
bool lng_match_shape(lng_scope *in, const lng_port_decl *, lng_shape, lng_place);                /* binds the sizes' names */
bool lng_is_builtin(const char *name);
lng_term lng_apply_builtin(lng_scope *, const lng_expr *, lng_args);

/* ---- bodies (body.c) ---- */
lng_term lng_body(lng_scope *);     /* steps, then out */
void lng_body_updates(lng_scope *); /* what training changes */
/* told of every step of a scope's chain (the layer table) */
lng_term lng_steps(lng_scope *, void (*told)(void *, const lng_step *, const char *name, const lng_term *), void *context);
lng_term lng_out(lng_scope *, lng_term end);
#endif
