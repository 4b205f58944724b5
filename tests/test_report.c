/* Reports: the text for people, the contract for programs, made of hand-written figures. */
#include "base/json.h"
#include "report/facts.h"
#include "suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lng_model model;
static lng_data data;
static lng_scores train, test;
static lng_history history;
static lng_epoch epoch[2];
static lng_report report;
static lng_model_metric metric[] = {{.label = "accuracy"}, {.label = "auc", .collective = NULL}, {.label = "mae"}};
static lng_published published[] = {{"test", "accuracy", 0.9619}, {"test", "auc.macro", 0.999}};
static lng_requirement requirement[] = {{"test", "accuracy", ">= 0.25", true, true, 0.25, {0}},
                                        {"test", "auc.macro", "> 0.5", true, false, 0.5, {0}}};
static double train_mean[] = {0.5, NAN, 1.25}, test_mean[] = {0.25, NAN, 3};
static double class_train[] = {0.5, 1}, class_test[] = {0.75, NAN};
static int64_t support_train[] = {3, 5}, support_test[] = {8, 0};
static lng_measure train_measure[3], test_measure[3];
static lng_interval train_interval[3], test_interval[3];
static int64_t confusion[] = {3, 0, 1, 4};
static double running[] = {0.5, NAN, 2}, later[] = {0.75, NAN, NAN};

static lng_data_field field[] = {{.name = "image", .dtype = LNG_F32}, {.name = "label", .dtype = LNG_I32}};
static uint8_t pixel[18] = {3, 9, 200, 100, 9, 9, 9, 9, 99, 150, 9, 9, 9, 9, 9, 9, 255, 0};
static lng_array stored[2];
static int32_t digit[9];

static void set_up(void)
{
    model = (lng_model){.name = "small", .seed = 7, .epochs = 3, .parameters = 44300, .metric = metric, .metrics = 3};
    model.train = lng_graph_new(arena, errors); /* without a learning rate */
    model.published = published;
    model.published_count = 2;
    model.requirement = requirement;
    model.requirements = 2;
    model.published_data = "mnist";
    model.published_source = "the card";
    model.field = field;
    model.fields = 2;
    stored[0] = (lng_array){.type = LNG_ARRAY_U8, .shape = {2, {1, 2}}, .count = 9, .at = pixel};
    stored[1] = (lng_array){.type = LNG_ARRAY_I32, .count = 9, .at = digit};
    data = (lng_data){.name = "mnist", .train_count = 8, .train = {.count = 9, .array = stored, .fields = 2}, .test = {.count = 8}};
    metric[1].collective = lng_metric_find("auc");
    for (int i = 0; i < 3; i++)
        train_interval[i] = test_interval[i] = LNG_NO_INTERVAL;
    test_interval[0] = (lng_interval){0.125, 0.5};
    train_measure[1] = (lng_measure){.figure = {0.75, 0.7, 0.6},
                                     .interval = {{0.5, 1}, {NAN, NAN}, {NAN, NAN}},
                                     .columns = 2,
                                     .per_class = class_train,
                                     .classes = 2,
                                     .examples = support_train};
    test_measure[1] = (lng_measure){.figure = {NAN, 0.75, 0.9},
                                    .interval = {{NAN, NAN}, {NAN, NAN}, {0.875, 1}},
                                    .columns = 2,
                                    .per_class = class_test,
                                    .classes = 2,
                                    .examples = support_test};
    train = (lng_scores){.count = 8,
                         .loss = 0.125,
                         .mean = train_mean,
                         .interval = train_interval,
                         .measure = train_measure,
                         .confusion = confusion,
                         .classes = 2};
    test = (lng_scores){.count = 8,
                        .loss = 2.5,
                        .mean = test_mean,
                        .interval = test_interval,
                        .measure = test_measure,
                        .confusion = confusion,
                        .classes = 2};
    epoch[0] = (lng_epoch){.epoch = 1,
                           .examples = 8,
                           .loss = 1.5,
                           .norm = 8.25,
                           .metric = running,
                           .validation = test,
                           .seconds = 1,
                           .train_seconds = 0.5};
    epoch[1] = (lng_epoch){.epoch = 2, .examples = 4, .loss = 1, .metric = later, .seconds = 0.25, .train_seconds = 0.25};
    history = (lng_history){.epoch = epoch, .epochs = 2, .steps = 3, .train_seconds = 0.5, .examples = 12};
    report = (lng_report){.model = &model, .data = &data, .threads = 2, .history = &history, .split = {&train, NULL, &test}};
}

static const char *text(lng_look look)
{
    lng_text out = lng_text_new(arena);
    lng_report_text(&report, &out, look);
    return out.at;
}

START_TEST(whole_text)
{
    ck_assert_str_eq(text((lng_look){0}), "small on mnist\n"
                                          "44,300 parameters, seed 7, 2 epochs of 3\n"
                                          "trained in 0.50 s at 24 examples/s with 2 threads\n"
                                          "\n"
                                          "auc by class      train         test\n"
                                          "------------------------------------\n"
                                          "0               0.50000      0.75000\n"
                                          "1               1.00000    undefined\n"
                                          "\n"
                                          "confusion, test (rows: label, columns: prediction)\n"
                                          "    0 1\n"
                                          "0 | 3 .\n"
                                          "1 | 1 4\n"
                                          "\n"
                                          "                  train         test    95 % interval\n"
                                          "----------------------------------------------------------\n"
                                          "examples              8            8\n"
                                          "loss             0.1250       2.5000\n"
                                          "accuracy         0.5000       0.2500    0.1250 to 0.5000\n"
                                          "  published           -       0.9619\n"
                                          "auc macro       0.75000    undefined\n"
                                          "  published           -      0.99900\n"
                                          "auc weighted    0.70000      0.75000\n"
                                          "auc micro       0.60000      0.90000    0.87500 to 1.00000\n"
                                          "mae              1.2500       3.0000\n"
                                          "The test split has no examples of class 1: auc macro is undefined.\n"
                                          "Published: the card\n");
}
END_TEST

START_TEST(published_only_beside_their_data)
{
    data.name = "digits";
    const char *t = text((lng_look){0});
    ck_assert_ptr_null(strstr(t, "0.9619"));
    ck_assert_ptr_nonnull(strstr(t, "The published figures are for mnist, not for digits."));
}
END_TEST

START_TEST(plain_means_ascii)
{
    for (const char *p = text((lng_look){0}); *p; p++)
        ck_assert((unsigned char)*p < 0x80 && *p != '\033');
    ck_assert_ptr_nonnull(strstr(text((lng_look){.utf8 = true}), "│"));
    ck_assert_ptr_nonnull(strstr(text((lng_look){.colour = true}), "\033[1m"));
}
END_TEST

/* No line ends in a space or is longer than 60 columns. */
START_TEST(narrow)
{
    int64_t large[100];
    for (int i = 0; i < 100; i++)
        large[i] = i * 101;
    test.confusion = large;
    test.classes = 10;
    for (const char *p = text((lng_look){.width = 60}), *end; *p; p = end + 1) {
        end = strchr(p, '\n');
        ck_assert_int_le(end - p, 60);
        ck_assert(end == p || end[-1] != ' ');
    }
}
END_TEST

START_TEST(many_classes)
{
    int64_t *many = calloc(40 * 40, sizeof *many);
    many[3 * 40 + 5] = 7;
    many[5 * 40 + 3] = 9;
    many[6 * 40 + 6] = 100;
    many[7 * 40 + 1] = 7;
    test.confusion = many;
    test.classes = 40;
    ck_assert_ptr_nonnull(strstr(text((lng_look){0}), "confusion, test (most frequent)\n"
                                                      "  5 taken for 3: 9\n"
                                                      "  3 taken for 5: 7\n"
                                                      "  7 taken for 1: 7\n"));
    free(many);
}
END_TEST

/* ---- report.json ---- */
static const lng_json_value *json(void)
{
    size_t offset;
    const char *why;
    lng_text out = lng_text_new(arena);
    lng_report_json(&report, &out);
    const lng_json_value *v = lng_json_parse(arena, out.at, out.length, &offset, &why);
    ck_assert_ptr_nonnull(v);
    return v;
}

static const lng_json_value *at(const lng_json_value *v, const char *a, const char *b, const char *c)
{
    v = lng_json_get(v, a);
    v = v && b ? lng_json_get(v, b) : v;
    return v && c ? lng_json_get(v, c) : v;
}

static void keys(const lng_json_value *v, const char *expected)
{
    char all[256] = "";
    for (size_t i = 0; i < v->count; i++) {
        strcat(all, i ? " " : "");
        strcat(all, v->key[i]);
    }
    ck_assert_str_eq(all, expected);
}

START_TEST(contract)
{
    const lng_json_value *v = json();
    keys(v, "format lngraph model data inputs run splits requirements history");
    ck_assert_int_eq(at(v, "format", NULL, NULL)->integer, 2);
    keys(at(v, "model", NULL, NULL), "name parameters formula layers");
    ck_assert_int_eq(at(v, "model", "parameters", NULL)->integer, 44300);
    keys(at(v, "run", NULL, NULL),
         "seed threads batch epochs steps interrupted train_seconds epoch_seconds train_examples_per_second");
    ck_assert_int_eq(at(v, "run", "epochs", NULL)->integer, 2);
    ck_assert_int_eq(at(v, "run", "interrupted", NULL)->kind, LNG_JSON_BOOL);
    ck_assert_double_eq(at(v, "run", "epoch_seconds", NULL)->number, 1.25);
    ck_assert_double_eq(at(v, "run", "train_examples_per_second", NULL)->number, 24);
    ck_assert_uint_eq(at(v, "requirements", NULL, NULL)->count, 2);
    ck_assert_str_eq(at(&at(v, "requirements", NULL, NULL)->item[0], "figure", NULL, NULL)->string, "test.accuracy");
    ck_assert(at(&at(v, "requirements", NULL, NULL)->item[0], "met", NULL, NULL)->boolean);
    ck_assert(!at(&at(v, "requirements", NULL, NULL)->item[1], "met", NULL, NULL)->boolean);
}
END_TEST

START_TEST(contract_of_data)
{
    const lng_json_value *v = json();
    keys(at(v, "data", NULL, NULL), "name examples digest duplicates fields");
    keys(at(v, "data", "examples", NULL), "train validation test");
    ck_assert_int_eq(at(v, "data", "examples", "train")->integer, 8);
    ck_assert_int_eq(at(v, "data", "duplicates", "train")->integer, 4); /* (9, 9) is there five times */
    keys(&at(v, "data", "fields", NULL)->item[0], "name kind shape");
    keys(at(v, "inputs", NULL, NULL), "image"); /* labels are no numbers to compare with */
    keys(at(v, "inputs", "image", NULL), "least most light offset extent");
    ck_assert_double_eq(at(v, "inputs", "image", "least")->number, 3);
    ck_assert_double_eq(at(v, "inputs", "image", "most")->number, 200); /* of the eight that are trained on, not of all */
    ck_assert_double_eq(at(v, "inputs", "image", "light")->number, 0.25);
}
END_TEST

START_TEST(contract_of_scores)
{
    const lng_json_value *v = json();
    const lng_json_value *train_split = at(v, "splits", "train", NULL), *test_split = at(v, "splits", "test", NULL);
    keys(at(v, "splits", NULL, NULL), "train test");
    keys(test_split, "examples figures intervals published by_class confusion");
    keys(at(test_split, "figures", NULL, NULL), "loss accuracy auc.macro auc.weighted auc.micro mae");
    ck_assert_double_eq(at(train_split, "figures", "loss", NULL)->number, 0.125);
    ck_assert_double_eq(at(test_split, "figures", "accuracy", NULL)->number, 0.25);
    ck_assert_int_eq(at(test_split, "figures", "auc.macro", NULL)->kind, LNG_JSON_NULL); /* undefined, not invented */
    keys(at(train_split, "intervals", NULL, NULL), "auc.macro");                         /* those that there are */
    keys(at(test_split, "intervals", NULL, NULL), "accuracy auc.micro");
    ck_assert_double_eq(at(test_split, "intervals", "accuracy", NULL)->item[0].number, 0.125);
    ck_assert_double_eq(at(test_split, "intervals", "accuracy", NULL)->item[1].number, 0.5);
    keys(at(test_split, "published", NULL, NULL), "accuracy auc.macro");
    keys(at(test_split, "by_class", NULL, NULL), "auc");
    ck_assert_double_eq(at(test_split, "by_class", "auc", NULL)->item[0].number, 0.75);
    ck_assert_int_eq(at(test_split, "by_class", "auc", NULL)->item[1].kind, LNG_JSON_NULL);
    ck_assert_int_eq(at(test_split, "confusion", NULL, NULL)->item[1].item[1].integer, 4);
    const lng_json_value *curves = at(v, "history", NULL, NULL);
    ck_assert_uint_eq(curves->count, 2);
    keys(&curves->item[0], "epoch examples train validation learning_rate gradient_norm seconds");
    keys(at(&curves->item[0], "train", NULL, NULL), "loss accuracy mae");
    ck_assert_double_eq(at(&curves->item[0], "validation", "auc.weighted", NULL)->number, 0.75);
    ck_assert_ptr_null(at(&curves->item[1], "validation", NULL, NULL));
}
END_TEST

/* Four examples of three classes: what is judged by, in full. */
START_TEST(contract_of_the_judged)
{
    static const float score[] = {0.75f, 0.25f, 0, 0.5f, 0.375f, 0.125f, 0, 1, 0, 0.25f, 0.25f, 0.5f};
    static const int32_t label[] = {0, 1, 1, 2};
    static int64_t counts[] = {1, 0, 0, 1, 1, 0, 0, 0, 1};
    lng_scored examples[4] = {[3] = {4, 3, score, label, NULL}};
    test.examples = examples;
    test.confusion = counts;
    test.classes = 3;
    test.count = 4;
    const lng_json_value *v = at(json(), "judged", NULL, NULL);
    keys(v, "split classes rankings calibration answers");
    ck_assert_str_eq(at(v, "split", NULL, NULL)->string, "test");
    const lng_json_value *worst = &at(v, "classes", NULL, NULL)->item[0]; /* of equals, the first */
    keys(worst, "class name examples precision recall recall_interval f1 auc");
    ck_assert_str_eq(at(worst, "name", NULL, NULL)->string, "0");
    ck_assert_double_eq(at(worst, "precision", NULL, NULL)->number, 0.5);
    ck_assert_double_eq(at(worst, "auc", NULL, NULL)->number, 1);
    const lng_json_value *rankings = at(v, "rankings", NULL, NULL), *second = &rankings->item[1];
    ck_assert_uint_eq(rankings->count, 4); /* three classes, and all together */
    ck_assert_int_eq(at(second, "positives", NULL, NULL)->integer, 2);
    ck_assert_uint_eq(at(second, "true_positives", NULL, NULL)->count, 3); /* 1; 0.375; 0.25 twice */
    ck_assert_int_eq(at(second, "true_positives", NULL, NULL)->item[1].integer, 2);
    ck_assert_int_eq(at(second, "false_positives", NULL, NULL)->item[2].integer, 2);
    ck_assert_ptr_null(at(&rankings->item[3], "name", NULL, NULL));
    ck_assert_int_eq(at(&rankings->item[3], "negatives", NULL, NULL)->integer, 8);
    ck_assert_uint_eq(at(v, "answers", "mistakes", NULL)->count, 1);
    ck_assert_int_eq(at(&at(v, "answers", "mistakes", NULL)->item[0], "example", NULL, NULL)->integer, 1);
    ck_assert_str_eq(at(&at(v, "answers", "mistakes", NULL)->item[0], "right", NULL, NULL)->string, "1");
    ck_assert_uint_eq(at(v, "answers", "least_sure", NULL)->count, 4);
    ck_assert_double_eq(at(&at(v, "answers", "least_sure", NULL)->item[0], "confidence", NULL, NULL)->number, 0.5);
}
END_TEST

/* The verdict: what is undefined, or has no split, is not as required. */
START_TEST(verdict)
{
    static const struct {
        lng_requirement required;
        bool met;
    } cases[] = {
        {{"test", "accuracy", "", true, false, 0.25, {0}}, false}, {{"test", "accuracy", "", true, true, 0.25, {0}}, true},
        {{"test", "loss", "", false, false, 2.5, {0}}, false},     {{"test", "loss", "", false, true, 2.5, {0}}, true},
        {{"train", "loss", "", false, false, 0.2, {0}}, true},     {{"test", "auc.macro", "", false, false, 2, {0}}, false},
        {{"train", "auc.micro", "", true, false, 0.5, {0}}, true}, {{"validation", "loss", "", false, false, 9, {0}}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value;
        ck_assert_int_eq(lng_requirement_met(arena, &report, &cases[i].required, &value), cases[i].met);
    }
    lng_report_judge(arena, &report, errors);
    ck_assert_uint_eq(lng_errors_count(errors), 1);
    ck_assert_str_eq(lng_errors_message(errors, 0), "test.auc.macro is undefined, not > 0.5");
}
END_TEST

START_TEST(undeclared_is_absent)
{
    model.metrics = 1;
    report.history = NULL;
    const lng_json_value *v = json();
    keys(v, "format lngraph model data inputs run splits requirements");
    keys(at(v, "run", NULL, NULL), "seed threads batch");
    keys(at(v, "splits", "test", "figures"), "loss accuracy");
}
END_TEST

/* Looking at all data and ranking all predictions takes the longest of a report: what was found once is used by all. */
START_TEST(found_once)
{
    lng_found found = *lng_found_of(arena, &report);
    found.duplicates = (lng_duplicates){.repeated = 123456, .leaked = {[LNG_TEST] = 234567}};
    report.found = &found;
    ck_assert_ptr_nonnull(strstr(text((lng_look){0}), "234,567 of"));
    ck_assert_int_eq(at(json(), "data", "duplicates", "train")->integer, 123456);
}
END_TEST

START_TEST(csv)
{
    metric[2].label = "m,\"x\"";
    lng_text out = lng_text_new(arena);
    lng_history_csv(&model, &history, &out);
    ck_assert_str_eq(out.at,
                     "epoch,examples,loss,accuracy,\"m,\"\"x\"\"\",validation_loss,validation_accuracy,validation_auc_macro,"
                     "validation_auc_weighted,validation_auc_micro,\"validation_m,\"\"x\"\"\",gradient_norm,seconds,train_seconds\n"
                     "1,8,1.5,0.5,2,2.5,0.25,,0.75,0.9,3,8.25,1,0.5\n"
                     "2,4,1,0.75,,,,,,,,0,0.25,0.25\n");
    metric[2].label = "mae";
}
END_TEST

/* Gaps become narrower, the matrix becomes a list; the essentials stay. */
START_TEST(narrow_text)
{
    ck_assert_ptr_nonnull(strstr(text((lng_look){.width = 32}), "                train       test\n"
                                                                "--------------------------------\n"));
    ck_assert_ptr_nonnull(strstr(text((lng_look){.width = 7}), "0 | 3 .\n"));
    ck_assert_ptr_null(strstr(text((lng_look){.width = 6}), "0 | 3 .\n"));
}
END_TEST

START_TEST(layers)
{
    lng_layer layer[] = {{"conv2d", "conv2d", {3, {27, 27, 6}}, 30, 17496, 17496, NULL},
                         {"flatten", "flatten", {1, {120}}, 0, 0, 480, NULL}};
    model.layer = layer;
    model.layers = 2;
    lng_text wide = lng_text_new(arena), narrow = lng_text_new(arena);
    lng_layers_text(&model, &wide, (lng_look){.width = 80});
    lng_layers_text(&model, &narrow, (lng_look){.width = 60});
    ck_assert_str_eq(wide.at, "name     block    output       parameters  multiply-adds    memory\n"
                              "------------------------------------------------------------------\n"
                              "conv2d   conv2d   [27, 27, 6]          30         17,496  17.1 KiB\n"
                              "flatten  flatten  [120]                                      480 B\n"
                              "------------------------------------------------------------------\n"
                              "small                              44,300         17,496  17.6 KiB\n");
    ck_assert_ptr_null(strstr(narrow.at, "memory"));
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        TEST(whole_text),
        TEST(published_only_beside_their_data),
        TEST(plain_means_ascii),
        TEST(narrow),
        TEST(many_classes),
        TEST(contract),
        TEST(contract_of_data),
        TEST(contract_of_scores),
        TEST(contract_of_the_judged),
        TEST(verdict),
        TEST(undeclared_is_absent),
        TEST(found_once),
        TEST(csv),
        TEST(narrow_text),
        TEST(layers),
        {0},
    };
    return suite_run("report", tests, set_up, NULL);
}
