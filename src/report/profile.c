/* The profile of a tape: one row per instruction, the most expensive first, then the cost of the rest of a step. Times are summed over
 * all threads. */
#include "graph/fused.h"
#include "graph/ops.h"
#include "report/report.h"
#include <stdlib.h>
#include <string.h>

#define FUSED_WIDTH 22 /* of a fused node's name, which lists as many of its ops as fit */

static const char *row_name(lng_arena *a, const lng_profile_row *r)
{
    lng_fused program;
    if (!r->node || r->node->op != &lng_op_fused || !lng_fused_parse(r->node->attr[LNG_FUSED_PROGRAM].s, &program))
        return r->what;
    lng_text t = lng_text_new(a);
    int i = 0;
    lng_text_add(&t, "fused(%s", program.step[i++].op->name);
    for (; i < program.steps; i++) {
        const size_t left = i + 1 < program.steps ? strlen(",+9)") : strlen(")");
        if (t.length + 1 + strlen(program.step[i].op->name) + left > FUSED_WIDTH)
            break;
        lng_text_add(&t, ",%s", program.step[i].op->name);
    }
    if (i < program.steps)
        lng_text_add(&t, ",+%d", program.steps - i);
    lng_text_add(&t, ")");
    return t.at;
}

/* Instructions come first; each group is sorted by time. */
static int by_seconds(const void *a, const void *b)
{
    const lng_profile_row *x = a, *y = b;
    if (!x->node != !y->node)
        return x->node ? -1 : 1;
    return x->seconds > y->seconds ? -1 : x->seconds < y->seconds;
}

static const lng_profile_row *sorted(lng_arena *a, const lng_profile *p)
{
    lng_profile_row *row = LNG_NEW_N(a, p->rows, lng_profile_row);
    memcpy(row, p->row, p->rows * sizeof *row);
    qsort(row, p->rows, sizeof *row, by_seconds);
    return row;
}

static double sum(const lng_profile *p)
{
    double seconds = 0;
    for (size_t i = 0; i < p->rows; i++)
        seconds += p->row[i].seconds;
    return seconds;
}

static double flops(const lng_profile_row *r)
{
    return r->multiply_adds > 0 && r->seconds > 0 ? 2 * (double)r->multiply_adds / r->seconds : 0;
}

/* What keeps an instruction from being faster: multiply-adds and other arithmetic, or, if moving its operands and results at the machine's best
 * rate takes most of the time, where they are. */
static const char *bound(const lng_machine *m, const lng_profile_row *r)
{
    if (!r->node || m->flops <= 0 || r->seconds <= 0)
        return "";
    const double moving = (double)r->bytes / (r->cached ? m->cache : m->memory),
                 computing = 2 * (double)r->multiply_adds / m->flops;
    return moving < computing || moving < r->seconds / 2 ? "compute" : r->cached ? "cache" : "memory";
}

/* Empty unless positive. */
static const char *some(lng_arena *a, double value, int decimals)
{
    return value > 0 ? lng_fixed(a, value, decimals) : "";
}

/* Rows other than instructions leave most columns empty. */
static void put_row(lng_table *t, lng_arena *a, const lng_profile_report *r, const lng_profile_row *row, double all)
{
    const double steps = (double)r->profile->steps;
    char shape[LNG_SHAPE_TEXT];
    lng_table_cell(t, LNG_PLAIN, lng_fixed(a, 1e6 * row->seconds / steps, 1));
    lng_table_cell(t, LNG_PLAIN, lng_format(a, "%s %%", lng_fixed(a, 100 * row->seconds / all, 1)));
    lng_table_cell(t, LNG_PLAIN, row_name(a, row));
    lng_table_cell(t, LNG_PLAIN, row->node && row->node->name ? row->node->name : "");
    lng_table_cell(t, LNG_PLAIN,
                   r->machine.flops > 0 && flops(row) > 0 ? lng_format(a, "%.0f %%", 100 * flops(row) / r->machine.flops) : "");
    lng_table_cell(t, LNG_PLAIN, bound(&r->machine, row));
    lng_table_cell(t, LNG_PLAIN, some(a, 1e-9 * flops(row), 1));
    lng_table_cell(t, LNG_PLAIN, some(a, (double)row->bytes / steps / 1e3, 1));
    lng_table_cell(t, LNG_PLAIN, row->node ? lng_copy(a, lng_shape_text(shape, row->node->out[0].shape)) : "");
}

static void put_words(lng_table *t, lng_style style, const char *const cell[9])
{
    for (int i = 0; i < 9; i++)
        lng_table_cell(t, style, cell[i]);
}

void lng_profile_text(const lng_profile_report *r, lng_text *out, lng_look look)
{
    const lng_profile *p = r->profile;
    lng_arena *a = out->arena;
    const lng_profile_row *row = sorted(a, p);
    const double all = sum(p), steps = (double)p->steps;
    lng_table *t = lng_table_new(a, "rrlLRLRRL", 0, 1);
    put_words(t, LNG_BOLD, (const char *const[]){"us/step", "share", "op", "of", "peak", "bound", "GFLOP/s", "kB/step", "output"});
    lng_table_rule(t);
    for (size_t i = 0; i < p->rows; i++) {
        if (i > 0 && !row[i].node && row[i - 1].node)
            lng_table_rule(t);
        put_row(t, a, r, &row[i], all);
    }
    lng_table_rule(t);
    put_words(t, LNG_BOLD,
              (const char *const[]){lng_fixed(a, 1e6 * all / steps, 1), "100 %", "all threads", "", "", "", "", "", ""});
    lng_table_write(t, out, look);
    lng_text_add(out, "\n");
    lng_wrap(
        out,
        lng_format(a,
                   "A step of %lld images took %s us (%+.1f %% by measuring); times are those of %d thread%s. "
                   "Measured, each thread at the same time: %s GFLOP/s; %s GB/s to and from its cache, %s GB/s to and from memory.",
                   (long long)(p->examples / p->steps), lng_fixed(a, 1e6 * p->seconds / steps, 1), 100 * r->overhead, p->threads,
                   p->threads == 1 ? "" : "s together", lng_fixed(a, 1e-9 * r->machine.flops, 1),
                   lng_fixed(a, 1e-9 * r->machine.cache, 1), lng_fixed(a, 1e-9 * r->machine.memory, 1)),
        "", look.width);
    lng_text_add(out, "\n");
}

static void json_row(lng_json *j, lng_arena *a, const lng_profile_report *r, const lng_profile_row *row, double all)
{
    const double steps = (double)r->profile->steps;
    lng_json_object(j, NULL);
    lng_json_string(j, "op", row_name(a, row));
    if (row->node) {
        char shape[LNG_SHAPE_TEXT];
        lng_json_string(j, "of", row->node->name ? row->node->name : "");
        lng_json_string(j, "output", lng_shape_text(shape, row->node->out[0].shape));
    }
    lng_json_number(j, "us_per_step", 1e6 * row->seconds / steps);
    lng_json_number(j, "share", row->seconds / all);
    if (row->node) {
        lng_json_number(j, "multiply_adds_per_step", (double)row->multiply_adds / steps);
        lng_json_number(j, "bytes_per_step", (double)row->bytes / steps);
        lng_json_string(j, "bound", bound(&r->machine, row));
    }
    lng_json_end(j);
}

void lng_profile_json(const lng_profile_report *r, lng_json *j)
{
    const lng_profile *p = r->profile;
    const lng_profile_row *row = sorted(j->text.arena, p);
    const double all = sum(p);
    lng_json_number(j, "step_us", 1e6 * p->seconds / (double)p->steps);
    lng_json_number(j, "overhead", r->overhead);
    lng_json_number(j, "peak_gflops_per_thread", 1e-9 * r->machine.flops);
    lng_json_number(j, "cache_gbytes_per_second_per_thread", 1e-9 * r->machine.cache);
    lng_json_number(j, "memory_gbytes_per_second_per_thread", 1e-9 * r->machine.memory);
    lng_json_array(j, "profile");
    for (size_t i = 0; i < p->rows; i++)
        json_row(j, j->text.arena, r, &row[i], all);
    lng_json_end_array(j);
}
