/* What pages take from the tables: topics, exit statuses; and the pages that are made of little else. */
#include "mdoc.h"
#include <stdio.h>
#include <string.h>

bool put_topic(const lng_topics *t, const char *class, const char *name)
{
    const lng_topic *topic = lng_topics_find(t, class, name);
    lng_pen pen = pen_new(t->arena);
    if (!topic)
        return fprintf(stderr, "pages: there is no `%s` among the %s\n", name, class), false;
    topic->tell(&pen, topic);
    pen_end(&pen);
    return true;
}

bool put_topics(const lng_topics *t, const char *group, bool titled)
{
    lng_pen pen = pen_new(t->arena);
    size_t told = 0;
    for (size_t i = 0; i < t->count; i++) {
        const lng_topic *topic = &t->at[i];
        if (!topic->group || strcmp(topic->group, group) != 0)
            continue;
        if (titled)
            lng_topic_tell(&pen, topic);
        else
            topic->tell(&pen, topic);
        told++;
    }
    pen_end(&pen);
    return told > 0 || (fprintf(stderr, "pages: there is no group `%s`\n", group), false);
}

void put_exit_statuses(lng_arena *arena)
{
    puts(".Bl -tag -width Ds -compact");
    for (int i = 0; i < LNG_STATUSES; i++) {
        printf(".It %d\n", i);
        put_sentence(arena, lng_status_about(i));
    }
    puts(".El\n.Pp\nA run that is ended by a signal dies by that signal, once what was trained is safe.");
}

bool write_ops(const lng_topics *t)
{
    page_begin("lngraph-ops", 7, "the operations of lngraph");
    puts(
        ".Sh DESCRIPTION\n"
        "Everything that a model computes is made of these operations.\n"
        "The blocks of\n.Xr lngraph-blocks 7\nare written with them, and a model file may call them like blocks:\n"
        "operands by position, attributes by name.\nWhere a block has the same name,\n.Li op.NAME\nis the operation.\n.Pp\n"
        "Each stands here with its signature, operands, then attributes with types and defaults, then results; its formula; and an\n"
        "example.\nAn example that begins with a dash is a step of a\n.Ic graph ;\nothers are keys of the model file.\n.Pp\n"
        "The formula of an operation defines its value to the bit, with the order of summation where there is one;\n"
        "a contraction starts at +0 and takes one fused multiply-add for each term.\n"
        "Numbers closer to zero than 2 ^ -126, about 1.2e-38, count as zero of the same sign, whether they are operands, results, data or\n"
        "weights: relu(1e-40) is 0.\n"
        "Shapes are those of one example.\nElement-wise operations broadcast: shapes are aligned at their last\n"
        "dimension, and a dimension of 1 is repeated.\n.Sh OPERATIONS");
    const bool good = put_topics(t, "ops", true);
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-doc 1 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-blocks 7");
    return good;
}

bool write_blocks(const lng_topics *t)
{
    char heading[64];
    const char *before = "";
    bool good = true;
    page_begin("lngraph-blocks", 7, "the standard blocks of lngraph");
    puts(
        ".Sh DESCRIPTION\n"
        "Layers, activations, losses, optimizers, schedules, initial values and metrics are blocks, written in the language of\n"
        ".Xr lngraph-model 5 .\n"
        "Each stands here with its signature (ports, then attributes with types, ranges and defaults), an example, and its whole\n"
        "definition.\nAn example that begins with a dash is a step of a\n.Ic graph ;\nothers are keys of\n.Ic train\nor\n"
        ".Ic report .\n"
        "A block of your own can do whatever these do: copy one into a model file under another name, and change it.\n.Pp\n"
        "Many activations, such as\n.Li relu , sigmoid , tanh\nand\n.Li softmax ,\nare operations, and stand in\n.Xr lngraph-ops 7 .");
    for (size_t i = 0; i < t->count; i++) {
        const char *group = t->at[i].group;
        if (strcmp(t->at[i].class, "blocks") == 0 && strcmp(group, before) != 0) {
            put_macro("Sh", upper(group, heading));
            good = put_topics(t, group, true) && good;
            before = group;
        }
    }
    puts(".Sh SEE ALSO\n.Xr lngraph 1 ,\n.Xr lngraph-doc 1 ,\n.Xr lngraph-model 5 ,\n.Xr lngraph-ops 7");
    return good;
}
