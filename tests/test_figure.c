/* Figures: marks, ticks and markup of the canvas; that each figure is well-formed, titled and escaped, whatever names and numbers it gets. */
#include "figure/inside.h"
#include "suite.h"
#include <math.h>
#include <string.h>

static const char hostile[] = "<script>alert('x')</script> \"&\" \xe2\x80\xae txet";

static lng_model model;
static lng_model_metric metric[] = {{.label = "accuracy"}, {.label = "auc"}};
static lng_layer layer[] = {{"a<b", "dense", {1, {10}}, 7850, 7840, 40, NULL}, {"softmax", "softmax", {1, {10}}, 0, 0, 40, NULL}};
static lng_data_field field[] = {{.name = "image", .dtype = LNG_F32, .shape = {2, {2, 3}}}};
static uint8_t pixel[4][6] = {{0, 9, 200, 0, 0, 255}, {1}, {2}, {3}};
static lng_array stored = {.type = LNG_ARRAY_U8, .shape = {2, {2, 3}}, .count = 4, .at = pixel};
static lng_data data;
static const float score[] = {.7f, .2f, .1f, .3f, .4f, .3f, .2f, .3f, .5f, .1f, .2f, .7f};
static const int32_t label[] = {0, 0, 1, 2};
static int64_t confusion[] = {1, 1, 0, 0, 0, 1, 0, 0, 1};
static lng_scored kept[3];
static lng_scores scores;
static lng_drawn drawn;

static void set_up(void)
{
    metric[0].label = "accuracy";
    metric[1].collective = lng_metric_find("auc");
    model = (lng_model){.name = hostile, .metric = metric, .metrics = 2, .layer = layer, .layers = 2, .field = field, .fields = 1};
    data = (lng_data){.name = "t",
                      .train = {.count = 4, .array = &stored, .fields = 1},
                      .test = {.count = 4, .array = &stored, .fields = 1},
                      .train_count = 4};
    kept[1] = (lng_scored){4, 3, score, label, NULL};
    scores = (lng_scores){.count = 4, .examples = kept, .confusion = confusion, .classes = 3};
    drawn = (lng_drawn){.model = &model,
                        .data = &data,
                        .scores = &scores,
                        .split = LNG_TEST,
                        .history = "epoch,examples,loss,accuracy,validation_loss,validation_accuracy,validation_auc_macro\n"
                                   "1,8,2,0.5,1.5,0.25,0.5\n2,8,1,0.75,1,0.5,\n3,8,0.5,0.75,1.25,0.5,0.75\n"};
}

static const char *draw(const char *name, bool alone)
{
    lng_text out = lng_text_new(arena);
    const lng_figure *f = lng_figure_find(name);
    ck_assert(lng_figure_applies(f, &drawn));
    f->draw(&drawn, &out, alone);
    return out.at;
}

/* Tags that nest, attributes in quotes, and no other `<` or `&`. */
static void well_formed(const char *at)
{
    const char *open[32];
    int depth = 0;
    for (; *at; at++) {
        if (*at == '&')
            ck_assert_msg(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 || strncmp(at, "&gt;", 4) == 0 ||
                              strncmp(at, "&quot;", 6) == 0 || strncmp(at, "&#39;", 5) == 0,
                          "%.20s", at);
        if (*at != '<')
            continue;
        const bool closes = at[1] == '/';
        const char *name = at + 1 + closes, *end = strchr(at, '>');
        const size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz");
        int quotes = 0;
        ck_assert(n > 0 && end);
        for (const char *p = at; p < end; p++)
            quotes += *p == '"';
        ck_assert_int_eq(quotes % 2, 0);
        if (closes)
            ck_assert_msg(depth > 0 && strncmp(open[--depth], name, n) == 0, "%.30s", at);
        else if (end[-1] != '/') {
            ck_assert_int_lt(depth, 32);
            open[depth++] = name;
        }
        at = end;
    }
    ck_assert_int_eq(depth, 0);
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void check_figure(const char *name)
{
    for (int alone = 0; alone < 2; alone++) {
        const char *svg = draw(name, alone);
        well_formed(svg);
        ck_assert(has(svg, "role=\"img\"") && has(svg, "<title id=") && has(svg, "<desc id="));
        ck_assert(has(svg, "xmlns=") == alone && has(svg, "prefers-color-scheme") == alone);
        ck_assert(!has(svg, "<script") && !has(svg, "\xe2\x80\xae") && !has(svg, "nan") && !has(svg, "inf\""));
    }
}

static bool is_of_numbers(const lng_figure *f)
{
    return f == &lng_figure_predicted || f == &lng_figure_residuals;
}

START_TEST(every_figure)
{
    for (size_t i = 0; i < lng_figure_count; i++)
        if (!lng_figures[i]->needs_weights && !is_of_numbers(lng_figures[i]))
            check_figure(lng_figures[i]->name);
}
END_TEST

/* Two numbers of each of two examples: four marks in two colors, where they are right on the diagonal, and off by -4 on the lowest line. */
START_TEST(figures_of_numbers)
{
    static const float said[] = {1, 2, 3, 4}, right[] = {1, 2, 3, 8};
    ck_assert(!lng_figure_applies(&lng_figure_predicted, &drawn));
    kept[1] = (lng_scored){2, 2, said, NULL, right};
    metric[1].collective = lng_metric_find("r2");
    check_figure("predicted");
    check_figure("residuals");
    const char *svg = draw("predicted", false);
    ck_assert(has(svg, "2 of 2 examples"));
    ck_assert(has(svg, "<circle class=\"f0\" cx=\"117.5\" cy=\"344.5\"")); /* 1 of 0 to 8, in both directions */
    ck_assert(has(svg, "number 1"));
    svg = draw("residuals", false);
    ck_assert(has(svg, ">-4<") && has(svg, "<circle class=\"f1\" cx=\"450.0\" cy=\"392.0\""));
}
END_TEST

START_TEST(markup)
{
    lng_text out = lng_text_new(arena);
    lng_markup(&out, "a<b> & \"c\" 'd'\n\xe2\x80\xae\xff\x1b"
                     "é");
    ck_assert_str_eq(out.at, "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;\n&lt;U+202E&gt;\\xff\\x1bé");
}
END_TEST

START_TEST(ranges)
{
    const double wanted[][4] = {
        {0.13, 0.97, 0, 1},    {-3, 42, -10, 50},           {5, 5, 4.4, 5.6},   {0, 0, -1, 1},
        {1e-9, 9e-9, 0, 1e-8}, {1, 1 + 0x1p-52, 0.9, 1.15}, {0, 5e-324, -1, 1}, {-INFINITY, INFINITY, -1e300, 1e300}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        double low = wanted[i][0], high = wanted[i][1];
        lng_round_range(&low, &high);
        ck_assert_double_eq_tol(low, wanted[i][2], 1e-9 * fabs(high));
        ck_assert_double_eq_tol(high, wanted[i][3], 1e-9 * fabs(high));
    }
}
END_TEST

/* A gap where a number is missing; what is too near, or on a line, is left out, but not the last point. */
START_TEST(curve)
{
    lng_text out = lng_text_new(arena);
    lng_canvas c = {&out, 100, 100};
    const lng_plot p = {&c, 0, 0, 100, 100, 0, 1, 0, 1, false};
    const double x[] = {0, 0.5, 0.502, 0.6, 0.7, 0.8, 0.9, 0.9}, y[] = {0, 0.5, 0.502, NAN, 1, 1, 1, 0};
    lng_plot_curve(&p, 2, x, y, 8);
    ck_assert_str_eq(out.at, "<path class=\"s2\" d=\"M0.0 100.0L50.0 50.0M70.0 0.0L90.0 0.0L90.0 100.0\"/>\n");
}
END_TEST

START_TEST(history)
{
    const lng_columns c = lng_history_read(arena, "epoch,\"a,\"\"b\"\"\",c\n1,2,\n2,,\n3\n");
    ck_assert_uint_eq(c.columns, 3);
    ck_assert_uint_eq(c.rows, 3);
    ck_assert_str_eq(c.name[1], "a,\"b\"");
    ck_assert_double_eq(lng_column_named(&c, "epoch")[2], 3);
    ck_assert_double_eq(lng_column_named(&c, "a,\"b\"")[0], 2);
    ck_assert_double_nan(lng_column_named(&c, "a,\"b\"")[1]);
    ck_assert_double_nan(lng_column_named(&c, "a,\"b\"")[2]);
    ck_assert_ptr_null(lng_column_named(&c, "c")); /* empty */
    ck_assert_ptr_null(lng_column_named(&c, "d"));
}
END_TEST

/* Numbers that a figure must show. */
START_TEST(what_they_show)
{
    const char *svg = draw("confusion", false);
    ck_assert(has(svg, "2 of 4 examples are on the diagonal"));
    ck_assert(has(svg, ">50 %<"));
    svg = draw("curves", false);
    ck_assert(has(svg, "The validation loss is least after epoch 2"));
    svg = draw("pixels", false);
    ck_assert(has(svg, "3 are not zero") && has(svg, ">200<") && has(svg, ">255<"));
    svg = draw("architecture", false);
    ck_assert(has(svg, "a&lt;b") && has(svg, "7,850 parameters") && has(svg, "[10]"));
    svg = draw("roc", false);
    ck_assert(has(svg, "macro") && has(svg, "micro"));
}
END_TEST

/* Text on a box is never on the same shade. */
START_TEST(shades)
{
    ck_assert_double_eq(lng_shade(0), 0);
    ck_assert_double_eq(lng_shade(1), 1);
    for (double part = 0; part <= 1; part += 1.0 / 64) {
        const bool over = *lng_shade_text(part) != 0;
        ck_assert(over ? lng_shade(part) >= 0.94 : lng_shade(part) <= 0.5);
        ck_assert(part == 0 || lng_shade(part) > lng_shade(part - 1.0 / 64));
    }
}
END_TEST

/* Names of classes come from the data, and are escaped. */
START_TEST(names_of_classes)
{
    static const char *word[] = {"a<b", "sparrow", "kite"};
    static const lng_column_spec spec = {.class = true, .words = 3, .word = word};
    ck_assert_str_eq(lng_class_text(arena, &drawn, 2), "2");
    field[0].columns = &spec;
    field[0].dtype = LNG_I32;
    field[0].shape.rank = 0;
    ck_assert_str_eq(lng_class_text(arena, &drawn, 2), "kite");
    ck_assert_str_eq(lng_class_text(arena, &drawn, 3), "3");
    const char *svg = draw("confusion", true);
    well_formed(svg);
    ck_assert(has(svg, ">a&lt;b<") && has(svg, ">sparrow<"));
    static const char *other[] = {"x", "y", "z"};
    static const lng_column_spec known = {.class = true, .words = 3, .word = other}, *learned[] = {&known};
    data.learned = learned;
    ck_assert_str_eq(lng_class_text(arena, &drawn, 2), "z"); /* the data know it best */
    data.learned = NULL;
    field[0].columns = NULL;
    field[0].dtype = LNG_F32;
}
END_TEST

/* The corners of a rectangle, turned: its sides are the components. And noise, whose components must be those of its covariance. */
START_TEST(principal_components)
{
    double row[] = {3 * 0.6 - 0.8 + 7,  3 * 0.8 + 0.6,  3 * 0.6 + 0.8 + 7,  3 * 0.8 - 0.6,
                    -3 * 0.6 - 0.8 + 7, -3 * 0.8 + 0.6, -3 * 0.6 + 0.8 + 7, -3 * 0.8 - 0.6};
    double at[40 * LNG_PCA_AXES], part[LNG_PCA_AXES], noise[40 * 7];
    const double wanted[][2] = {{3, 1}, {3, -1}, {-3, 1}, {-3, -1}};
    lng_pca(arena, row, 4, 2, at, part);
    ck_assert_double_eq_tol(part[0], 0.9, 1e-12);
    ck_assert_double_eq_tol(part[1], 0.1, 1e-12);
    for (int i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(at[2 * i], wanted[i][0], 1e-9);
        ck_assert_double_eq_tol(fabs(at[2 * i + 1]), 1, 1e-9);
        ck_assert(at[2 * i + 1] * at[1] * wanted[i][1] > 0);
    }
    uint32_t state = 1;
    for (int i = 0; i < 40 * 7; i++) {
        state = state * 1664525 + 1013904223;
        noise[i] = (double)(state >> 8) / (1 << 24) * (1 + i % 7);
    }
    lng_pca(arena, noise, 40, 7, at, part);
    double across = 0, first = 0, all = 0; /* noise is centered now */
    for (int i = 0; i < 40; i++) {
        across += at[2 * i] * at[2 * i + 1];
        first += at[2 * i] * at[2 * i];
    }
    for (int i = 0; i < 40 * 7; i++)
        all += noise[i] * noise[i];
    ck_assert_double_eq_tol(across / all, 0, 1e-6);
    ck_assert_double_eq_tol(first / all, part[0], 1e-9);
    ck_assert(part[0] > part[1] && part[1] > 0.1);
}
END_TEST

START_TEST(no_variance)
{
    double row[12], at[6 * LNG_PCA_AXES], part[LNG_PCA_AXES];
    for (int i = 0; i < 12; i++)
        row[i] = 5;
    lng_pca(arena, row, 6, 2, at, part);
    for (int i = 0; i < 6 * LNG_PCA_AXES; i++)
        ck_assert_double_eq(at[i], 0);
    ck_assert_double_eq(part[0], 0);
}
END_TEST

/* The most confident mistake first; of the least sure, the surest last; of equals, the earlier example. */
START_TEST(answers)
{
    lng_answer list[4];
    ck_assert_uint_eq(lng_answers_find(&drawn, true, list, 4), 2);
    ck_assert(list[0].example == 2 && list[1].example == 1);
    ck_assert_str_eq(lng_answer_said(arena, &drawn, &list[0]), "2 (50.0 %)");
    ck_assert_str_eq(lng_answer_right(arena, &drawn, &list[0]), "label 1");
    ck_assert_uint_eq(lng_answers_find(&drawn, false, list, 3), 3);
    ck_assert(list[0].example == 1 && list[1].example == 2 && list[2].example == 0);
}
END_TEST

/* Of targets, each is a question; of numbers, how far off they are. */
START_TEST(answers_of_targets_and_numbers)
{
    static const float p[] = {.9f, .2f, .4f, .6f}, right[] = {0, 0, 0, 1}, near[] = {1, 2, 3, 4}, number[] = {1, 2.5f, 3, 7};
    lng_answer list[4];
    kept[1] = (lng_scored){2, 2, p, NULL, right};
    ck_assert_uint_eq(lng_answers_find(&drawn, true, list, 4), 1);
    ck_assert(list[0].example == 0 && list[0].column == 0);
    ck_assert_str_eq(lng_answer_said(arena, &drawn, &list[0]), "0: yes (90.0 %)");
    ck_assert_str_eq(lng_answer_right(arena, &drawn, &list[0]), "right: no");
    kept[1] = (lng_scored){2, 2, near, NULL, number};
    metric[1].collective = lng_metric_find("r2");
    ck_assert(lng_answers_are_numbers(&drawn));
    ck_assert_uint_eq(lng_answers_find(&drawn, true, list, 1), 1);
    ck_assert(list[0].example == 1 && list[0].column == 1);
    ck_assert_str_eq(lng_answer_said(arena, &drawn, &list[0]), "1: 4");
    ck_assert_str_eq(lng_answer_right(arena, &drawn, &list[0]), "right: 7");
}
END_TEST

/* What is in an example, as it was before it was scaled; the label is not part of it, a category is. */
START_TEST(what_is_in_an_example)
{
    static float number[] = {-1, 0.5f, 2, 0};
    static int32_t plan[] = {1, 0}, class[] = {0, 1};
    static const double mean[] = {40, 0}, width[] = {10, 2};
    static const char *column[] = {"age", "income"}, *word[] = {"gold", "a<b"};
    static const lng_column_spec numbers = {.column = column, .columns = 2, .subtract = mean, .divide = width},
                                 category = {.words = 2, .word = word}, label_spec = {.class = true, .words = 2, .word = word};
    lng_data_field fields[] = {{.name = "x", .dtype = LNG_F32, .shape = {1, {2}}, .columns = &numbers},
                               {.name = "plan", .dtype = LNG_I32, .classes = 2, .columns = &category},
                               {.name = "label", .dtype = LNG_I32, .classes = 2, .columns = &label_spec}};
    lng_array array[] = {{.type = LNG_ARRAY_F32, .shape = {1, {2}}, .count = 2, .at = number},
                         {.type = LNG_ARRAY_I32, .count = 2, .at = plan},
                         {.type = LNG_ARRAY_I32, .count = 2, .at = class}};
    model.field = fields;
    model.fields = 3;
    data.train = (lng_part){.count = 2, .array = array, .fields = 3};
    data.train_count = 2;
    const lng_range r = lng_split_range(&data, LNG_TRAIN);
    ck_assert_uint_eq(lng_label_field(&model), 2);
    ck_assert_str_eq(lng_example_text(arena, &drawn, &r, 0, 100), "age 30, income 1, plan a<b");
    ck_assert_str_eq(lng_example_text(arena, &drawn, &r, 1, 12), "age 60, ...");
    const char *svg = draw("samples", true);
    well_formed(svg);
    ck_assert(has(svg, ">gold, example 0<") && has(svg, ">age 30, income 1, plan a&lt;b<"));
}
END_TEST

START_TEST(what_cannot_be_drawn)
{
    static const float wild[] = {7, 2, 1, 3, 4, 3, 2, 3, 5, 1, 2, 7};
    kept[1].score = wild;
    ck_assert(!lng_figure_applies(&lng_figure_calibration, &drawn));
    ck_assert(lng_figure_applies(&lng_figure_roc, &drawn)); /* ranks need no probabilities */
    kept[1].score = NULL;
    ck_assert(!lng_figure_applies(&lng_figure_roc, &drawn));
    drawn.history = "epoch,examples,loss\n";
    ck_assert(!lng_figure_applies(&lng_figure_curves, &drawn));
    drawn.scores = NULL;
    ck_assert(!lng_figure_applies(&lng_figure_confusion, &drawn));
    field[0].shape.dim[0] = 65;
    ck_assert(!lng_figure_applies(&lng_figure_pixels, &drawn));
    field[0].shape.dim[0] = 2;
    ck_assert_ptr_null(lng_figure_find("rock"));
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(every_figure),
        TEST(figures_of_numbers),
        TEST(markup),
        TEST(ranges),
        TEST(curve),
        TEST(history),
        TEST(what_they_show),
        TEST(shades),
        TEST(names_of_classes),
        TEST(principal_components),
        TEST(no_variance),
        TEST(answers),
        TEST(answers_of_targets_and_numbers),
        TEST(what_is_in_an_example),
        TEST(what_cannot_be_drawn),
        {0},
    };
    return suite_run("figure", tests, set_up, NULL);
}
