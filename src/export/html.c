/* A model as one page (page/): the C program in it is compiled to WebAssembly; what the page asks for and shows follows from these facts. */
#include "config.h"
#include "base/json.h"
#include "base/printable.h"
#include "data/image.h"
#include "export/html.h"
#include "figure/canvas.h"
#include "graph/ops.h"
#include "std/std.h"
#include <string.h>

#define MOST_NUMBERS 4096 /* that anyone pastes */
#define MOST_COLUMNS 256  /* fields of a form */
#define LEAST_SIDE   4    /* of a picture */

typedef enum { NOTHING, PICTURE, COLUMNS, WORDS, TEXT, NUMBERS } kind;

static const lng_value **reads_of(const lng_html *h, lng_arena *arena)
{
    const lng_value **reads = LNG_NEW_N(arena, h->program->fields + 1, const lng_value *);
    lng_graph_reads(h->program->graph, arena, reads);
    return reads;
}

static bool is_picture(lng_shape s)
{
    return lng_shape_is_image(s) && (lng_shape_channels(s) == 1 || lng_shape_channels(s) == 3) && s.dim[0] >= LEAST_SIDE &&
           s.dim[1] >= LEAST_SIDE;
}

/* How a field is asked for; NOTHING: a page has no way. */
static kind kind_of(const lng_data_field *f)
{
    const lng_column_spec *s = f->columns;
    const int64_t size = lng_shape_size(f->shape);
    if (f->dtype == LNG_F32 && (!s || s->image) && is_picture(f->shape))
        return PICTURE;
    if (s && s->text && f->dtype == LNG_I32)
        return TEXT;
    if (s && s->words && s->word && size == 1)
        return WORDS;
    if (s && f->dtype == LNG_F32 && size <= MOST_COLUMNS)
        return COLUMNS;
    return size <= MOST_NUMBERS ? NUMBERS : NOTHING;
}

bool lng_html_check(const lng_html *h, lng_arena *arena, lng_errors *errors)
{
    const lng_value **reads = reads_of(h, arena);
    char shape[LNG_SHAPE_TEXT];
    bool good = true;
    for (size_t i = 0; i < h->program->fields; i++) {
        const lng_data_field *f = &h->field[i].of;
        if (!reads[i] || kind_of(f) != NOTHING)
            continue;
        good = lng_error(errors, LNG_E_NOT_YET, f->place, "a page has no way to ask for `%s`, %s", f->name,
                         lng_shape_text(shape, f->shape));
        lng_error_hint(errors,
                       "it can ask for pictures, [height, width], [height, width, 1] or [height, width, 3]; for the columns of a "
                       "table; for texts; and for at most %d other numbers",
                       MOST_NUMBERS);
    }
    return good;
}

/* ---- the program ---- */
/* What <string.h> has, for a machine without a library. */
static const char before[] = "typedef __SIZE_TYPE__ size_t;\n"
                             "void *memcpy(void *to, const void *from, size_t n)\n"
                             "{\n"
                             "    for (size_t i = 0; i < n; i++)\n"
                             "        ((char *)to)[i] = ((const char *)from)[i];\n"
                             "    return to;\n"
                             "}\n"
                             "void *memset(void *to, int value, size_t n)\n"
                             "{\n"
                             "    for (size_t i = 0; i < n; i++)\n"
                             "        ((char *)to)[i] = (char)value;\n"
                             "    return to;\n"
                             "}\n"
                             "int strcmp(const char *a, const char *b)\n"
                             "{\n"
                             "    while (*a && *a == *b)\n"
                             "        a++, b++;\n"
                             "    return (unsigned char)*a - (unsigned char)*b;\n"
                             "}\n"
                             "#define memcpy __builtin_memcpy\n"
                             "#define memset __builtin_memset\n";

static const char *type_of(const lng_value *v)
{
    return v->dtype == LNG_I32 ? "int32_t" : "float";
}

/* The functions that the page calls: where the inputs and the output are, and the prediction. */
static void put_calls(const lng_html *h, lng_text *to)
{
    const lng_c_program *p = h->program;
    const lng_value **reads = reads_of(h, to->arena), *out = lng_graph_find_output(p->graph, "out");
    lng_text call = lng_text_new(to->arena);
    int n = 0;
    lng_text_add(to, "#define CALLED(name) __attribute__((export_name(name)))\n");
    for (size_t i = 0; i < p->fields; i++) {
        if (!reads[i])
            continue;
        lng_text_add(to, "static %s input%d[%lld];\nCALLED(\"input%d\") void *get_input%d(void) { return input%d; }\n",
                     type_of(reads[i]), n, (long long)lng_shape_size(reads[i]->shape), n, n, n);
        lng_text_add(&call, ", input%d", n++);
    }
    lng_text_add(to,
                 "static %s output[%lld];\nCALLED(\"output\") void *get_output(void) { return output; }\n"
                 "static %s_context context;\n"
                 "CALLED(\"predict\") void predict(void) { %s_predict(&context%s, output); }\n",
                 type_of(out), (long long)lng_shape_size(out->shape), p->name, p->name, call.at);
}

void lng_html_source(const lng_html *h, lng_text *to)
{
    lng_text header = lng_text_new(to->arena), source = lng_text_new(to->arena);
    lng_c_write(h->program, NULL, &header, &source, NULL);
    lng_text_put(to, before, sizeof before - 1);
    lng_text_put(to, header.at, header.length);
    lng_text_put(to, source.at, source.length);
    put_calls(h, to);
}

/* ---- the facts, as page.js reads them ---- */
/* A text to show. */
static void put_text(lng_json *j, const char *text)
{
    const size_t most = 10 * strlen(text) + 1;
    char *shown = lng_alloc_n(j->text.arena, most, 1);
    lng_printable(shown, most, text);
    lng_json_string(j, NULL, shown);
}

static void put_words(lng_json *j, const char *key, const char *const *word, int64_t n)
{
    lng_json_array(j, key);
    for (int64_t i = 0; i < n; i++)
        put_text(j, word[i]);
    lng_json_end_array(j);
}

static void put_numbers(lng_json *j, const char *key, const double *number, int64_t n)
{
    if (!number)
        return;
    lng_json_array(j, key);
    for (int64_t i = 0; i < n; i++)
        lng_json_number(j, NULL, number[i]);
    lng_json_end_array(j);
}

static void put_shape(lng_json *j, lng_shape s)
{
    lng_json_array(j, "shape");
    for (int i = 0; i < s.rank; i++)
        lng_json_int(j, NULL, s.dim[i]);
    lng_json_end_array(j);
}

static void put_picture(lng_json *j, const lng_html_field *f)
{
    lng_json_int(j, "height", f->of.shape.dim[0]);
    lng_json_int(j, "width", f->of.shape.dim[1]);
    lng_json_int(j, "channels", lng_shape_channels(f->of.shape));
    lng_json_number(j, "least", f->least);
    lng_json_number(j, "most", f->most);
    lng_json_bool(j, "light", f->light);
    lng_json_bool(j, "center", f->center);
}

/* What a number is called: as its column, if the description names it, in a window with the number of its row. */
static const char *name_of(lng_arena *arena, const lng_data_field *f, int64_t i)
{
    const lng_column_spec *s = f->columns;
    const int64_t row = lng_field_row(f), size = lng_shape_size(f->shape);
    const bool named = !s->patterns && s->column && s->columns == (size_t)row;
    const char *name = named ? s->column[i % row] : row > 1 ? lng_format(arena, "%s %lld", f->name, (long long)(i % row)) : f->name;
    return row < size ? lng_format(arena, "%s, row %lld", name, (long long)(i / row + 1)) : name;
}

static void put_columns(lng_json *j, const lng_data_field *f)
{
    lng_json_array(j, "columns");
    for (int64_t i = 0; i < lng_shape_size(f->shape); i++)
        put_text(j, name_of(j->text.arena, f, i));
    lng_json_end_array(j);
    lng_json_bool(j, "date", f->columns->date);
}

static void put_preparation(lng_json *j, const lng_data_field *f)
{
    const lng_column_spec *s = f->columns;
    const int64_t n = lng_field_row(f);
    if (!s || s->words)
        return;
    put_numbers(j, "fill", s->fill, n);
    put_numbers(j, "subtract", s->subtract, n);
    put_numbers(j, "divide", s->subtract ? s->divide : NULL, n);
    lng_json_bool(j, "log", s->scale == LNG_SCALE_LOG1P);
}

static void put_field(lng_json *j, const lng_html_field *f)
{
    static const char *const kinds[] = {
        [PICTURE] = "picture", [COLUMNS] = "columns", [WORDS] = "words", [TEXT] = "text", [NUMBERS] = "numbers"};
    const lng_column_spec *s = f->of.columns;
    const kind k = kind_of(&f->of);
    lng_json_object(j, NULL);
    lng_json_string(j, "name", f->of.name);
    lng_json_string(j, "kind", kinds[k]);
    put_shape(j, f->of.shape);
    lng_json_int(j, "size", lng_shape_size(f->of.shape));
    lng_json_bool(j, "integer", f->of.dtype == LNG_I32);
    lng_json_int(j, "classes", f->of.classes);
    if (k == PICTURE)
        put_picture(j, f);
    if (k == COLUMNS)
        put_columns(j, &f->of);
    if (k == COLUMNS || k == NUMBERS)
        put_preparation(j, &f->of);
    if (k == WORDS) {
        put_words(j, "words", s->word, s->words);
        lng_json_bool(j, "other", s->other);
    }
    lng_json_end(j);
}

static void put_output(lng_json *j, const lng_html *h)
{
    static const char *const kinds[] = {
        [LNG_MEANS_NUMBERS] = "numbers", [LNG_MEANS_CLASSES] = "classes", [LNG_MEANS_LABELS] = "labels"};
    static const char *const plain[] = {"0", "1"};
    const lng_value *out = lng_graph_find_output(h->program->graph, "out");
    const lng_meaning *m = h->program->meaning;
    lng_json_object(j, "output");
    lng_json_string(j, "kind", kinds[m->kind]);
    lng_json_int(j, "size", lng_shape_size(out->shape));
    put_shape(j, out->shape);
    lng_json_bool(j, "picture", out->dtype == LNG_F32 && is_picture(out->shape));
    lng_json_bool(j, "integer", out->dtype == LNG_I32);
    lng_json_bool(j, "pair", m->pair);
    lng_json_int(j, "classes", m->classes);
    if (m->name)
        put_words(j, "names", m->name, m->names);
    if (m->word) {
        lng_json_array(j, "words");
        for (int64_t i = 0; i < m->names; i++)
            put_words(j, NULL, m->word[i] ? m->word[i] : plain, 2);
        lng_json_end_array(j);
    }
    lng_json_end(j);
}

/* In a script of a page, `<` could end it. */
static void put_facts(const lng_html *h, lng_text *to)
{
    lng_json json = lng_json_new(to->arena, 0), *j = &json;
    const lng_value **reads = reads_of(h, to->arena);
    lng_json_object(j, NULL);
    lng_json_array(j, "inputs");
    for (size_t i = 0; i < h->program->fields; i++)
        if (reads[i])
            put_field(j, &h->field[i]);
    lng_json_end_array(j);
    put_output(j, h);
    lng_json_end(j);
    for (const char *at = j->text.at; *at; at++)
        lng_text_put(to, *at == '<' ? "\\u003c" : at, *at == '<' ? 6 : 1);
}

/* ---- the page ---- */
static const lng_std_file *part_of(const char *name)
{
    size_t i = 0;
    while (i + 1 < lng_page_count && strcmp(lng_page_files[i].name, name) != 0)
        i++;
    return &lng_page_files[i];
}

static void put_part(const lng_html *h, const char *name, size_t n, const lng_text *program, lng_text *to)
{
    static const char *const files[][2] = {{"style", "page.css"}, {"script", "page.js"}};
    for (size_t i = 0; i < 2; i++)
        if (strncmp(name, files[i][0], n) == 0)
            lng_text_put(to, part_of(files[i][1])->text, part_of(files[i][1])->length);
    if (strncmp(name, "title", n) == 0)
        lng_markup(to, h->program->title);
    if (strncmp(name, "note", n) == 0 && h->note) {
        lng_text_add(to, "<p>");
        lng_markup(to, h->note);
        lng_text_add(to, "</p>");
    }
    if (strncmp(name, "maker", n) == 0)
        lng_text_add(to, "lngraph " PACKAGE_VERSION);
    if (strncmp(name, "facts", n) == 0)
        put_facts(h, to);
    if (strncmp(name, "program", n) == 0)
        lng_text_base64(to, program->at, program->length);
}

/* Names in double braces are replaced. */
void lng_html_write(const lng_html *h, const lng_text *program, lng_text *to)
{
    const char *at = part_of("page.html")->text, *open;
    for (; (open = strstr(at, "{{")); at = strstr(open, "}}") + 2) {
        lng_text_put(to, at, (size_t)(open - at));
        put_part(h, open + 2, (size_t)(strstr(open, "}}") - open - 2), program, to);
    }
    lng_text_put(to, at, strlen(at));
}
