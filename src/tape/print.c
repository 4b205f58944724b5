/* The tape and its plan as text. */
#include "tape/inside.h"
#include <stdio.h>

static const char *const space_name[SPACES] = {"-", "variables", "shared", "kept", "arena", "leaves"};

static void print_operand(lng_text *out, const lng_tape *t, int slot)
{
    if (slot < 0)
        lng_text_add(out, " -");
    else
        lng_text_add(out, " %s+%zu", space_name[t->slot[slot].space], t->slot[slot].offset);
}

static void print_segment(lng_text *out, const lng_tape *t, const segment *s, const char *title)
{
    if (!s->count)
        return;
    lng_text_add(out, "%s\n", title);
    for (int i = 0; i < s->count; i++) {
        const instr *in = &s->at[i];
        char shape[LNG_SHAPE_TEXT];
        lng_text_add(out, "  %3d %-18s %-16s", in->time, in->node->op->name, lng_shape_text(shape, in->node->out[0].shape));
        for (int k = 0; k < in->node->n_out; k++)
            print_operand(out, t, in->out[k]);
        lng_text_add(out, " <-");
        for (int k = 0; k < in->node->n_in; k++)
            print_operand(out, t, in->in[k]);
        lng_text_add(out, "%s%s%s\n", in->kernel ? "" : "  (naive)", *in->node->name ? " ; " : "", in->node->name);
    }
}

void lng_tape_print(const lng_tape *t, lng_text *out)
{
    print_segment(out, t, &t->once, "once");
    for (int i = 0; i < t->stages; i++) {
        char title[80];
        snprintf(title, sizeof title, "stage %d, shared", i);
        print_segment(out, t, &t->stage[i].shared, title);
        snprintf(title, sizeof title, "stage %d, each slice of %d examples", i, LNG_LANES);
        print_segment(out, t, &t->stage[i].slice, title);
        if (t->stage[i].leaf_floats)
            lng_text_add(out, "  join %zu floats -> shared+%zu\n", t->stage[i].leaf_floats, t->stage[i].result_offset);
    }
    for (size_t i = 0; i < t->updates; i++)
        lng_text_add(out, "update %s%s\n", t->variable[t->update[i].variable].name, t->update[i].in_place ? " (in place)" : "");
}

void lng_tape_print_plan(const lng_tape *t, lng_text *out)
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
    const size_t peak[SPACES] = {[SPACE_SHARED] = t->shared_bytes, [SPACE_KEPT] = t->kept_bytes, [SPACE_ARENA] = t->arena_bytes};
    lng_text_add(out, "\n%-10s %14s %16s\n", "space", "planned bytes", "without reuse");
    for (int i = SPACE_SHARED; i <= SPACE_ARENA; i++)
        lng_text_add(out, "%-10s %14zu %16zu%s\n", space_name[i], peak[i], t->sum_bytes[i],
                     i == SPACE_SHARED ? ""
                     : i == SPACE_KEPT ? "  for each slice"
                                       : "  for each thread");
    lng_text_add(out, "%-10s %14zu %16s  for each thread\n", "scratch", t->scratch_bytes, "");
    lng_text_add(out, "%-10s %14zu %16s  for each level of the tree and thread\n", "leaves", t->leaf_floats * sizeof(float), "");
}
