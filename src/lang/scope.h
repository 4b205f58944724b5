/* Scopes: what elaboration knows while it turns blocks and expressions into graphs.
 *
 * A scope is one call of a block. Its names are bound to data (datum.h) on demand: a let, default, parameter or state is evaluated when
 * it is first read, so what only an untaken branch reads does not exist. Chains of lets are settled without recursion; the recursion
 * that is left (expressions, calls, conditions) is counted against a limit.
 *
 * The same tree is elaborated for training and for evaluation. A call's name in its scope comes from its place in the text
 * (call_names.c), so both graphs give the same nodes the same names. */
#ifndef LNG_LANG_SCOPE_H
#define LNG_LANG_SCOPE_H
#include "data/spec.h"
#include "lang/datum.h"
#include "syntax/library.h"

#define LNG_MAX_NESTING           400    /* of evaluations */
#define LNG_MAX_CALLS             48     /* of blocks in blocks */
#define LNG_MAX_NODES             20000  /* of a graph, before differentiation */
#define LNG_MAX_WORK              200000 /* names bound and expressions evaluated */
#define LNG_MAX_UPDATE_NODES      100    /* what an optimizer may add for each parameter */
#define LNG_MAX_UPDATE_WORK       1000
#define LNG_MAX_VARIABLE_ELEMENTS ((int64_t)1 << 31) /* of all parameters and state: 8 GiB */

/* What a call of params gave. */
typedef struct lng_parameter_list {
    const char *pattern;
    size_t count;
    lng_place place;
} lng_parameter_list;

typedef struct lng_elab {
    lng_arena *arena;
    lng_errors *errors;
    lng_library *library;
    lng_graph *graph;         /* where ops go now */
    lng_graph *init;          /* initial values */
    const char *initializing; /* the variable whose initial value is being made, or NULL */
    const char *draws_of;     /* the same, outside of what is read on demand: random draws have its name */
    bool training;
    lng_data_field *field;        /* what the model reads */
    const lng_value *in_units[2]; /* the result and what it predicts, in the units of the data; NULL: they are not scaled */
    size_t fields;
    int batch; /* examples of a training step */
    int nesting, calls;
    int64_t work, most_work;
    size_t most_nodes;  /* of the graph */
    bool exhausted;     /* a limit of the whole model was exceeded: everything is NONE from here on */
    lng_map *reported;  /* places and codes of errors */
    bool silent;        /* the newest error was not recorded, nor are its hints */
    lng_map *misnamed;  /* names whose lack an error has told -> the first block that it was in */
    lng_map *suggested; /* names that hints to errors have given: they are not called unused */
    lng_map *updated;   /* variable -> lng_updated of this graph */
    int64_t updates;    /* how many there have been */
    lng_map *stored;    /* full name -> lng_stored */
    lng_map *shared;    /* path of a shared block -> lng_scope of its first call that went well */
    int64_t elements;   /* of everything stored */
    int64_t parameters; /* elements of those that this graph reads */
    bool complete;      /* the model's body has been elaborated: what remains is the loss and the metrics */
    lng_parameter_list *listed;
    size_t lists, list_capacity;
    struct lng_layers *layers; /* rows of the layer table (layers.h); NULL: nobody asks for them */
} lng_elab;

/* What the calls so far have made of a variable: a later call of the same shared block goes on from there. */
typedef struct lng_updated {
    lng_value *value;
    int64_t at; /* by lng_elab's count */
} lng_updated;

typedef struct lng_binding {
    enum { LNG_BIND_DATUM, LNG_BIND_ATTR, LNG_BIND_DEFINE, LNG_BIND_STEP, LNG_BIND_ABSENT } kind;
    const lng_attr_decl *attr; /* a default */
    const lng_define *define;  /* let, param, state, shared, update */
    size_t index;              /* which of the define's names */
    struct lng_binding *first; /* of the same define */
    lng_place place;
    struct {
        enum { LNG_WAITING, LNG_OPEN, LNG_READY } status;
        lng_datum datum;
    } slot[2]; /* outside and inside of initial values */
} lng_binding;

typedef struct lng_turn lng_turn; /* turn.h */
typedef struct lng_scope lng_scope;
struct lng_scope {
    lng_elab *e;
    lng_scope *caller;
    lng_block *block;
    const char *path; /* "residual.conv2d_2"; "" for the model; names what is stored */
    const char *site; /* the same, but a shared block has one for each call; names what is drawn */
    lng_place place;  /* of the call */
    lng_map *name;    /* value name -> lng_binding */
    lng_graph *graph; /* where the call is */
    lng_loop *loop;   /* of that graph; NULL: none */
    lng_turn *turn;   /* that is being evaluated; NULL: none */
    int64_t since;    /* the count of updates when its body began: later ones are none of its business */
    const char *now;  /* path of the present step or definition, which names nodes; NULL: that of the scope does */
    lng_datum it;
    bool has_it;
    bool outside;          /* of the chain: a definition is being evaluated, which has no `it` */
    lng_map *call, *calls; /* while calls are named: names that they have; how many calls of each block */
    bool muted;            /* an earlier call of the block has reported its mistakes */
};

void lng_elab_begin(lng_elab *, lng_arena *, lng_errors *, lng_library *);
lng_scope *lng_scope_new(lng_elab *, lng_scope *caller, lng_block *, const char *path, const char *site, lng_place);
/* Whether an error has told that the block lacks this name: a field that `in` misspells, or what a step wants to name. */
bool lng_is_misnamed(const lng_scope *, const char *name);
/* The binding of a name in the present turns or in the scope; NULL: there is none. */
lng_binding *lng_scope_find(const lng_scope *, const char *name);
lng_binding *lng_scope_bind(lng_scope *, const char *name, lng_datum);
void lng_scope_leave_out(lng_scope *,
                         const lng_port_decl *); /* an optional port without a value, and the sizes that only it names */
/* What the names of calls begin with: a scope's path and site, or those of the present turn. */
const char *lng_scope_path(const lng_scope *);
const char *lng_scope_site(const lng_scope *);
lng_datum lng_scope_read(lng_scope *, lng_binding *, const lng_expr *at);
/* ---- call_names.c ---- */
bool lng_step_calls(lng_scope *, const lng_step *);        /* a block or op; else the step is a value, or an expression */
void lng_name_calls(lng_scope *);                          /* of the scope's block */
void lng_name_calls_of(lng_scope *, lng_expr *, lng_type); /* of one more expression of it, which is wanted as this type */
#endif
