/* Every pointwise op has the bits of plain C at every level of the machine, over all 2^32 floats: of the first operand, while a second and a third one go
 * through all of them in orders of their own. (A NaN is a NaN, whichever.)
 *
 * usage: levels [NAME...]: of these ops; default: all. All cores work: for minutes, where plain C needs a function. The exit status is 1 if bits differ. */
#include "base/team.h"
#include "graph/level.h"
#include "graph/ops.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK  4096 /* floats */
#define BLOCKS (int)((UINT64_C(1) << 32) / BLOCK)

typedef struct job {
    const lng_op *op;
    lng_tile *tile[LNG_ISA_COUNT];
    atomic_int next, differs; /* the next block; a block that differs, plus one */
} job;

typedef struct block {
    uint32_t in[3][BLOCK], expected[BLOCK], got[BLOCK] __attribute__((aligned(64)));
} block;

static bool is_nan(uint32_t bits)
{
    return (bits & 0x7fffffff) > 0x7f800000;
}

static bool is_equal(const block *b)
{
    if (memcmp(b->got, b->expected, sizeof b->got) == 0)
        return true;
    for (int i = 0; i < BLOCK; i++)
        if (b->got[i] != b->expected[i] && !(is_nan(b->got[i]) && is_nan(b->expected[i])))
            return false;
    return true;
}

static void compute(const job *j, lng_isa isa, block *b, uint32_t *out)
{
    j->tile[isa](out, (const void *[]){b->in[0], b->in[1], b->in[2]}, BLOCK / LNG_LANES);
}

static void run_blocks(void *context, int part)
{
    job *j = context;
    static _Thread_local block b;
    (void)part;
    for (int at; (at = atomic_fetch_add(&j->next, 1)) < BLOCKS && !j->differs;) {
        for (uint32_t i = 0; i < BLOCK; i++) {
            const uint32_t x = (uint32_t)at * BLOCK + i;
            b.in[0][i] = x, b.in[1][i] = x * 0x9e3779b1u, b.in[2][i] = x * 0x85ebca6bu; /* odd, so each comes once */
        }
        compute(j, LNG_ISA_BASELINE, &b, b.expected);
        for (int isa = LNG_ISA_BASELINE + 1; isa < LNG_ISA_COUNT; isa++)
            if (j->tile[isa]) {
                compute(j, (lng_isa)isa, &b, b.got);
                if (!is_equal(&b))
                    j->differs = at + 1;
            }
    }
}

/* The kernels for operands that are floats. */
static int find_tiles(job *j)
{
    lng_value operand = {.dtype = LNG_F32}, out = {.dtype = LNG_F32};
    lng_value *in[3] = {&operand, &operand, &operand};
    const lng_node n = {.op = j->op, .n_in = j->op->n_in, .n_out = 1, .in = in, .out = &out};
    int levels = 0;
    for (int isa = 0; isa < LNG_ISA_COUNT; isa++)
        if (lng_isa_available((lng_isa)isa) && lng_op_kernels((lng_isa)isa, j->op)->tile)
            j->tile[isa] = lng_op_kernels((lng_isa)isa, j->op)->tile(&n), levels++;
    return levels;
}

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 1;
}

int main(int argc, char **argv)
{
    lng_team *team = lng_team_new(lng_cores());
    int compared = 0, differ = 0;
    for (size_t i = 0; team && i < lng_op_count; i++) {
        job j = {.op = lng_ops[i]};
        if (!is_wanted(j.op->name, argc, argv) || find_tiles(&j) < 2)
            continue;
        lng_team_run(team, run_blocks, &j);
        if (j.differs)
            printf("%s: DIFFERS at %#llx or behind it\n", j.op->name, (unsigned long long)(j.differs - 1) * BLOCK);
        else
            printf("%s: the same bits\n", j.op->name);
        fflush(stdout);
        compared++, differ += j.differs != 0;
    }
    lng_team_free(team);
    return compared > 0 && differ == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
