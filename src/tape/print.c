/* The tape and its plan as text. */
#include "tape/inside.h"
#include <stdio.h>

static const char *const space_name[SPACES] = {"-", "variables", "common", "kept", "thread", "partial"};

static void print_operand(lng_text *out, const lng_tape *t, int number)
{
    if (number < 0) {
        lng_text_add(out, " -");
        return;
    }
    lng_text_add(out, " %s+%zu", space_name[t->slot[number].space], t->slot[number].offset);
    for (const slot *s = &t->slot[number]; s->whole >= 0; s = &t->slot[s->whole])
        if (s->turn)
            lng_text_add(out, "%+tdt", s->turn);
}

/* In how many of the first `loops` loops instruction i is. */
static int depth_at(const segment *s, int i, int loops)
{
    int depth = 0;
    for (int k = 0; k < loops; k++)
        depth += s->loop[k].first <= i && i < s->loop[k].end;
    return depth;
}

/* What a turn leaves for the next one. */
static void print_carries(lng_text *out, const lng_tape *t, const tape_loop *l, int depth)
{
    for (size_t k = 0; k < l->carries; k++) {
        lng_text_add(out, "%*s    %-35s", 2 * depth + 2, "", "next");
        print_operand(out, t, l->carry[k].to);
        lng_text_add(out, " <-");
        print_operand(out, t, l->carry[k].from);
        lng_text_add(out, "\n");
    }
}

static void print_segment(lng_text *out, const lng_tape *t, const segment *s, const char *title)
{
    if (!s->count)
        return;
    lng_text_add(out, "%s\n", title);
    for (int i = 0; i < s->count; i++) {
        const instr *in = &s->at[i];
        char shape[LNG_SHAPE_TEXT];
        for (int k = 0; k < s->loops; k++)
            if (s->loop[k].first == i)
                lng_text_add(out, "%*s%lld times:\n", 2 * depth_at(s, i, k) + 2, "", (long long)s->loop[k].loop->count);
        lng_text_add(out, "%*s%3d %-18s %-16s", 2 * depth_at(s, i, s->loops) + 2, "", in->time, in->node->op->name,
                     lng_shape_text(shape, in->node->out[0].shape));
        for (int k = 0; k < in->node->n_out; k++)
            print_operand(out, t, in->out[k]);
        lng_text_add(out, " <-");
        for (int k = 0; k < in->node->n_in; k++)
            print_operand(out, t, in->in[k]);
        lng_text_add(out, "%s%s%s\n", in->kernel ? "" : "  (naive)", *in->node->name ? " ; " : "", in->node->name);
        for (int k = s->loops - 1; k >= 0; k--)
            if (s->loop[k].end == i + 1)
                print_carries(out, t, &s->loop[k], depth_at(s, i, k + 1));
    }
}

void lng_tape_print(const lng_tape *t, lng_text *out)
{
    print_segment(out, t, &t->once, "constants, once");
    for (int i = 0; i < t->stages; i++) {
        char title[80];
        snprintf(title, sizeof title, "stage %d, shared", i);
        print_segment(out, t, &t->stage[i].shared, title);
        snprintf(title, sizeof title, "stage %d, for each slice of %d examples", i, LNG_LANES);
        print_segment(out, t, &t->stage[i].slice, title);
        snprintf(title, sizeof title, "stage %d, of all slices at once", i);
        print_segment(out, t, &t->stage[i].sums, title);
        if (t->stage[i].partial_floats)
            lng_text_add(out, "  combine partials: %zu floats -> common+%zu\n", t->stage[i].partial_floats,
                         t->slot[t->stage[i].result].offset);
    }
    for (size_t i = 0; i < t->updates; i++)
        lng_text_add(out, "update %s%s\n", t->variable[t->update[i].variable].name,
                     t->update[i].how == UPDATE_IN_PLACE ? " (in place)" : "");
}

static void print_slots(lng_text *out, const lng_tape *t)
{
    lng_text_add(out, "%-10s %10s %10s %6s %6s  %s\n", "space", "offset", "bytes", "first", "last", "value");
    for (int i = 0; i < t->slots; i++) {
        const slot *s = &t->slot[i];
        if (s->space == SPACE_NONE || !s->value)
            continue;
        char shape[LNG_SHAPE_TEXT];
        lng_text_add(out, "%-10s %10zu %10zu %6d %6d  %%%d %s %s%s%s\n", space_name[s->space], s->offset, s->bytes, s->first,
                     s->last, s->value->node->id, s->value->node->op->name, lng_shape_text(shape, s->value->shape),
                     *s->value->node->name ? " ; " : "", s->value->node->name);
    }
}

/* A space in one line: the bytes of a copy, and of all copies. */
static void print_space(lng_text *out, const char *name, size_t bytes, size_t sum, size_t copies, const char *of)
{
    char number[2][LNG_NUMBER_SIZE] = {"", ""};
    lng_grouped(number[0], (int64_t)bytes);
    if (sum)
        lng_grouped(number[1], (int64_t)sum);
    lng_text_add(out, "%-9s %14s %14s %6zu %-8s %12s\n", name, number[0], number[1], copies, of,
                 lng_bytes_text(out->arena, (int64_t)(bytes * copies)));
}

static void print_spaces(lng_text *out, const lng_tape *t, int threads)
{
    const size_t team = (size_t)threads, slices = (size_t)t->slices, all = lng_tape_memory(t, threads);
    const size_t takers = (size_t)lng_tape_takers(t, threads), copies = takers * (size_t)lng_tape_group(t, threads);
    const size_t partial = (t->partial_floats * sizeof(float) + 63) / 64 * 64;
    size_t *offset = LNG_NEW_N(out->arena, t->variables + 1, size_t);
    const size_t store = lng_store_layout(t->variable, t->variables, offset) * sizeof(float);
    const size_t peak = t->common_bytes + t->kept_bytes * slices + lng_tape_thread_bytes(t, threads) * takers;
    const size_t sum = t->sum_bytes[SPACE_COMMON] + t->sum_bytes[SPACE_KEPT] * slices + t->sum_bytes[SPACE_THREAD] * copies;
    char number[LNG_NUMBER_SIZE];
    lng_text_add(out, "\n%-9s %14s %14s %15s %12s\n", "space", "bytes", "without reuse", "copies", "total");
    print_space(out, "common", t->common_bytes, t->sum_bytes[SPACE_COMMON], 1, "");
    print_space(out, "kept", t->kept_bytes, t->sum_bytes[SPACE_KEPT], slices, "slices");
    print_space(out, "thread", t->thread_bytes, t->sum_bytes[SPACE_THREAD], copies, "copies");
    print_space(out, "scratch", t->scratch_bytes, 0, takers, "threads");
    if (takers < team)
        print_space(out, "", t->part_scratch, 0, team - takers, "others");
    print_space(out, "partial", partial, 0, takers * (size_t)lng_tape_partial_blocks(t, threads), "blocks");
    print_space(out, "outputs", lng_tape_output_bytes(t), 0, 1, "");
    lng_text_add(out, "\nAn engine with %d thread%s allocates %s bytes (%s) for batches of %d;\n", threads, threads == 1 ? "" : "s",
                 lng_grouped(number, (int64_t)all), lng_bytes_text(out->arena, (int64_t)all), t->options.max_batch);
    lng_text_add(out, "values take %s of this; without reuse they would take %s (ratio %.2f).\n",
                 lng_bytes_text(out->arena, (int64_t)peak), lng_bytes_text(out->arena, (int64_t)sum),
                 sum ? (double)peak / (double)sum : 1.0);
    lng_text_add(out, "The variables, one copy for all engines, take %s.\n", lng_bytes_text(out->arena, (int64_t)store));
}

typedef struct work {
    int64_t instructions, multiply_adds, bytes;
} work;

/* shared: where to count the bytes of shared values. */
static void add_work(work *w, work *shared, const segment *s)
{
    for (int i = 0; i < s->count; i++) {
        const int64_t turns = lng_node_turns(s->at[i].node);
        w->instructions += turns;
        w->multiply_adds += lng_node_cost(s->at[i].node);
        w->bytes += lng_instr_bytes(&s->at[i], true) * turns;
        shared->bytes += lng_instr_bytes(&s->at[i], false) * turns;
    }
}

/* What a step does, whatever the machine. */
static void print_work(lng_text *out, const lng_tape *t)
{
    char number[5][LNG_NUMBER_SIZE];
    work shared = {0}, slice = {0};
    for (int i = 0; i < t->stages; i++) {
        add_work(&shared, &shared, &t->stage[i].shared);
        add_work(&slice, &slice, &t->stage[i].slice);
        add_work(&slice, &shared, &t->stage[i].sums);
    }
    lng_text_add(out,
                 "\nA step does %s multiply-adds for each example. For each slice of %d examples %s instructions read and write\n",
                 lng_grouped(number[0], slice.multiply_adds), LNG_LANES, lng_grouped(number[1], slice.instructions));
    lng_text_add(out, "%s bytes; once for all slices, %s instructions read and write %s bytes.\n",
                 lng_grouped(number[2], slice.bytes), lng_grouped(number[3], shared.instructions),
                 lng_grouped(number[4], shared.bytes));
}

void lng_tape_print_plan(const lng_tape *t, int threads, lng_text *out)
{
    print_slots(out, t);
    print_spaces(out, t, threads);
    print_work(out, t);
}
