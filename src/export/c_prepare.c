/* What comes before the graph: numbers of a table are filled and scaled, words get their codes, as when the data are read. */
#include "export/c.h"

static bool has_numbers(const lng_column_spec *s)
{
    return s && !s->words && (s->fill || s->subtract);
}
static bool has_words(const lng_column_spec *s)
{
    return s && s->words && s->word;
}

void lng_c_prepare_declare(const lng_c *c, const lng_value *const *reads, lng_text *to)
{
    for (size_t i = 0; i < c->program->fields; i++) {
        const lng_c_field *f = &c->program->field[i];
        const lng_column_spec *s = f->spec;
        if (!reads[i] || !s)
            continue;
        const long long size = (long long)lng_shape_size(reads[i]->shape);
        if (s->scale == LNG_SCALE_LOG1P)
            lng_text_add(to, "/* %s: the logarithms of 1 + x, where x are the numbers in the columns. */\n\n", f->name);
        else if (has_numbers(s))
            lng_text_add(
                to,
                "/* From the numbers in the columns, NaN where one is missing, to those that the model reads. */\nvoid $prepare_%s(const float column[%lld], float %s[%lld]);\n\n",
                f->name, size, f->name, size);
        if (has_words(s))
            lng_text_add(to, "/* The code of a word; %s. */\nint32_t $code_%s(const char *word);\n\n",
                         s->other ? "unknown words have one, too" : "-1: it is unknown", f->name);
    }
}

static void write_doubles(const char *what, const double *at, int64_t n, lng_text *to)
{
    lng_text_add(to, "    static const double %s[%lld] = {", what, (long long)n);
    for (int64_t i = 0; i < n; i++)
        lng_text_add(to, "%s%a", i ? ", " : "", at[i]);
    lng_text_add(to, "};\n");
}

static void define_numbers(const lng_c_field *f, int64_t n, lng_text *to)
{
    const lng_column_spec *s = f->spec;
    const char *at = f->row < n ? "k" : "i"; /* the number's place in its row */
    lng_text_add(to, "void $prepare_%s(const float column[%lld], float %s[%lld])\n{\n", f->name, (long long)n, f->name,
                 (long long)n);
    if (s->fill)
        write_doubles("fill", s->fill, f->row, to);
    if (s->subtract) {
        write_doubles("subtract", s->subtract, f->row, to);
        write_doubles("divide", s->divide, f->row, to);
    }
    lng_text_add(to, "    for (int32_t i = 0; i < %lld; i++) {\n", (long long)n);
    if (f->row < n)
        lng_text_add(to, "        const int32_t k = i %% %lld;\n", (long long)f->row);
    lng_text_add(to, "        const double x = (double)column[i], y = ");
    lng_text_add(to, s->fill ? "x == x ? x : fill[%s];\n" : "x;\n", at);
    lng_text_add(to, s->subtract ? "        %s[i] = (float)((y - subtract[%s]) / divide[%s]);\n" : "        %s[i] = (float)y;\n",
                 f->name, at, at);
    lng_text_add(to, "    }\n}\n\n");
}

static void define_words(const lng_c *c, const lng_c_field *f, lng_text *to)
{
    const lng_column_spec *s = f->spec;
    lng_text_add(to, "int32_t $code_%s(const char *word)\n{\n    static const char *const words[%lld] = {", f->name,
                 (long long)s->words);
    for (int64_t i = 0; i < s->words; i++)
        lng_text_add(to, "%s\"%s\"", i ? ", " : "", lng_c_quoted(c->arena, s->word[i]));
    lng_text_add(
        to,
        "};\n    for (int32_t i = 0; i < %lld; i++)\n        if (strcmp(word, words[i]) == 0)\n            return i;\n    return %lld;\n}\n\n",
        (long long)s->words, s->other ? (long long)s->words : -1LL);
}

void lng_c_prepare_define(const lng_c *c, lng_text *to)
{
    const lng_value **reads = lng_c_reads(c);
    for (size_t i = 0; i < c->program->fields; i++) {
        const lng_c_field *f = &c->program->field[i];
        if (reads[i] && has_numbers(f->spec) && f->spec->scale != LNG_SCALE_LOG1P)
            define_numbers(f, lng_shape_size(reads[i]->shape), to);
        if (reads[i] && has_words(f->spec))
            define_words(c, f, to);
    }
}
