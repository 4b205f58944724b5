/* The fields of report.json (form.h). Those of a run's training and those of its scores are in form_run.c and form_scores.c. */
#include "config.h"
#include "report/form_inside.h"
#include <inttypes.h>

static lng_form_value format(const lng_form_place *p)
{
    (void)p;
    return lng_form_integer(LNG_REPORT_FORMAT);
}
static lng_form_value version(const lng_form_place *p)
{
    (void)p;
    return lng_form_text(PACKAGE_VERSION);
}

/* ---- the data ---- */
static const lng_data *data_of(const lng_form_place *p)
{
    return p->facts->report->data;
}
static const lng_data_field *field_of(const lng_form_place *p)
{
    return &p->facts->report->model->field[p->at[0]];
}
static lng_form_value data_name(const lng_form_place *p)
{
    return lng_form_text(data_of(p)->name);
}
static lng_form_value data_about(const lng_form_place *p)
{
    return lng_form_text(p->facts->report->model->data.about);
}
static lng_form_value train_examples(const lng_form_place *p)
{
    return lng_form_integer(data_of(p)->train_count);
}
static lng_form_value validation_examples(const lng_form_place *p)
{
    return lng_form_integer(data_of(p)->validation_count);
}
static lng_form_value test_examples(const lng_form_place *p)
{
    return lng_form_integer(data_of(p)->test.count);
}
static const lng_form examples[] = {
    {.name = "train", .kind = LNG_FORM_INTEGER, .about = "those that are trained on", .value = train_examples},
    {.name = "validation", .kind = LNG_FORM_INTEGER, .about = "those held out of the training part", .value = validation_examples},
    {.name = "test", .kind = LNG_FORM_INTEGER, .about = "those of the test part", .value = test_examples},
    {0},
};

static lng_form_value data_digest(const lng_form_place *p)
{
    return lng_form_text(lng_format(p->facts->arena, "%016" PRIx64, p->facts->found->duplicates.digest));
}
static lng_form_value repeated(const lng_form_place *p)
{
    return lng_form_integer(p->facts->found->duplicates.repeated);
}
static lng_form_value leaked_validation(const lng_form_place *p)
{
    return lng_form_integer(p->facts->found->duplicates.leaked[LNG_VALIDATION]);
}
static lng_form_value leaked_test(const lng_form_place *p)
{
    return lng_form_integer(p->facts->found->duplicates.leaked[LNG_TEST]);
}
static const lng_form duplicates[] = {
    {.name = "train", .kind = LNG_FORM_INTEGER, .about = "training examples that repeat another one", .value = repeated},
    {.name = "validation",
     .kind = LNG_FORM_INTEGER,
     .about = "validation examples that equal a training example",
     .value = leaked_validation},
    {.name = "test", .kind = LNG_FORM_INTEGER, .about = "test examples that equal a training example", .value = leaked_test},
    {0},
};

static lng_form_value fields(const lng_form_place *p)
{
    return lng_form_many(p->facts->report->model->fields);
}
static lng_form_value field_name(const lng_form_place *p)
{
    return lng_form_text(field_of(p)->name);
}
static lng_form_value field_kind(const lng_form_place *p)
{
    return lng_form_text(lng_field_kind(field_of(p)));
}
static lng_form_value field_rank(const lng_form_place *p)
{
    return lng_form_many((size_t)field_of(p)->shape.rank);
}
static lng_form_value field_size(const lng_form_place *p)
{
    return lng_form_integer(field_of(p)->shape.dim[p->at[1]]);
}
static lng_form_value field_classes(const lng_form_place *p)
{
    const lng_data_field *f = field_of(p);
    return f->dtype == LNG_I32 && f->classes ? lng_form_integer(f->classes) : lng_form_nothing;
}
static const lng_form field_sizes = {.kind = LNG_FORM_INTEGER, .value = field_size};
static const lng_form field_form[] = {
    {.name = "name", .kind = LNG_FORM_TEXT, .about = "as the model calls it", .value = field_name},
    {.name = "kind", .kind = LNG_FORM_TEXT, .about = "numbers, integers, text, category or class", .value = field_kind},
    {.name = "shape",
     .kind = LNG_FORM_LIST,
     .about = "the sizes of one example; empty for a single number or class",
     .of = &field_sizes,
     .value = field_rank},
    {.name = "classes",
     .kind = LNG_FORM_INTEGER,
     .optional = true,
     .about = "of a class: how many there are, if that is known",
     .value = field_classes},
    {0},
};
static const lng_form field_item = {.kind = LNG_FORM_OBJECT, .of = field_form};

static lng_form_value counted_classes(const lng_form_place *p)
{
    const lng_model *m = p->facts->report->model;
    const size_t label = lng_label_field(m);
    for (int s = 0; s < LNG_SPLITS; s++)
        if (p->facts->count[s])
            return lng_form_many((size_t)m->field[label].classes);
    return lng_form_nothing;
}
static lng_form_value counted_name(const lng_form_place *p)
{
    return lng_form_text(lng_class_text(p->facts->arena, &p->facts->drawn, (int64_t)p->at[0]));
}
static lng_form_value counted(const lng_form_place *p, lng_split split)
{
    const int64_t *count = p->facts->count[split];
    return lng_form_integer(count ? count[p->at[0]] : 0);
}
static lng_form_value counted_train(const lng_form_place *p)
{
    return counted(p, LNG_TRAIN);
}
static lng_form_value counted_validation(const lng_form_place *p)
{
    return counted(p, LNG_VALIDATION);
}
static lng_form_value counted_test(const lng_form_place *p)
{
    return counted(p, LNG_TEST);
}
static const lng_form class_form[] = {
    {.name = "name", .kind = LNG_FORM_TEXT, .about = "of the class; its number, if the data have no names", .value = counted_name},
    {.name = "train", .kind = LNG_FORM_INTEGER, .about = "training examples of the class", .value = counted_train},
    {.name = "validation", .kind = LNG_FORM_INTEGER, .about = "validation examples of the class", .value = counted_validation},
    {.name = "test", .kind = LNG_FORM_INTEGER, .about = "test examples of the class", .value = counted_test},
    {0},
};
static const lng_form class_item = {.kind = LNG_FORM_OBJECT, .of = class_form};

static const lng_form data_form[] = {
    {.name = "name", .kind = LNG_FORM_TEXT, .about = "of the data set", .value = data_name},
    {.name = "about", .kind = LNG_FORM_TEXT, .optional = true, .about = "what its description says", .value = data_about},
    {.name = "examples", .kind = LNG_FORM_OBJECT, .about = "the number of examples of each split", .of = examples},
    {.name = "digest",
     .kind = LNG_FORM_TEXT,
     .about = "of all examples that the model reads, in their order",
     .value = data_digest},
    {.name = "duplicates", .kind = LNG_FORM_OBJECT, .about = "examples that are there twice", .of = duplicates},
    {.name = "fields", .kind = LNG_FORM_LIST, .about = "what the model reads of an example", .of = &field_item, .value = fields},
    {.name = "classes",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about = "each class of the only label, in order, from class 0",
     .of = &class_item,
     .value = counted_classes},
    {0},
};

/* ---- what predict compares its examples with ---- */
static lng_form_value inputs(const lng_form_place *p)
{
    return lng_form_many(data_of(p)->train.fields);
}
static const char *input_name(const lng_form_place *p)
{
    return field_of(p)->dtype == LNG_F32 ? field_of(p)->name : NULL;
}
static const lng_stats *stats_of(const lng_form_place *p)
{
    return &p->facts->found->stats[p->at[0]];
}
static lng_form_value least(const lng_form_place *p)
{
    return lng_form_number(stats_of(p)->least);
}
static lng_form_value most(const lng_form_place *p)
{
    return lng_form_number(stats_of(p)->most);
}
static lng_form_value light(const lng_form_place *p)
{
    return lng_form_number(stats_of(p)->light);
}
static lng_form_value offset(const lng_form_place *p)
{
    return lng_form_number(stats_of(p)->offset);
}
static lng_form_value extent(const lng_form_place *p)
{
    return lng_form_number(stats_of(p)->extent);
}
static const lng_form input_form[] = {
    {.name = "least", .kind = LNG_FORM_NUMBER, .nullable = true, .about = "the smallest number", .value = least},
    {.name = "most", .kind = LNG_FORM_NUMBER, .nullable = true, .about = "the largest number", .value = most},
    {.name = "light",
     .kind = LNG_FORM_NUMBER,
     .nullable = true,
     .about =
         "the fraction of images whose border is, on average, above the middle of that range; null if the field is not an image",
     .value = light},
    {.name = "offset",
     .kind = LNG_FORM_NUMBER,
     .nullable = true,
     .about =
         "the largest distance between the middle of an image and the center of mass of what is drawn, as a fraction of its side",
     .value = offset},
    {.name = "extent",
     .kind = LNG_FORM_NUMBER,
     .nullable = true,
     .about = "the smallest size of what is drawn, as a fraction of the image's side",
     .value = extent},
    {0},
};
static const lng_form input_item = {.kind = LNG_FORM_OBJECT, .of = input_form};

static const lng_form top[] = {
    {.name = "format", .kind = LNG_FORM_INTEGER, .about = "the format of the file, 2", .value = format},
    {.name = "lngraph", .kind = LNG_FORM_TEXT, .about = "the version that wrote the file", .value = version},
    {.name = "model", .kind = LNG_FORM_OBJECT, .about = "the model", .of = lng_form_model},
    {.name = "data", .kind = LNG_FORM_OBJECT, .about = "the data set", .of = data_form},
    {.name = "inputs",
     .kind = LNG_FORM_MAP,
     .about = "of each field that the model reads as numbers, what lngraph predict compares its examples with: "
              "the range of the training examples, and of images, the border and where something is drawn",
     .of = &input_item,
     .value = inputs,
     .key = input_name,
     .item = "FIELD"},
    {.name = "run", .kind = LNG_FORM_OBJECT, .about = "how the figures were made", .of = lng_form_run},
    {.name = "splits",
     .kind = LNG_FORM_MAP,
     .about = "those of train, validation and test that have examples; all is computed with the final weights and `training` false",
     .of = &lng_form_split,
     .value = lng_form_splits,
     .key = lng_form_split_name,
     .item = "SPLIT"},
    {.name = "judged",
     .kind = LNG_FORM_OBJECT,
     .optional = true,
     .about = "more about the last split, by which to judge; absent if no scores or numbers are evaluated",
     .of = lng_form_judged,
     .value = lng_form_is_judged},
    {.name = "requirements",
     .kind = LNG_FORM_LIST,
     .about = "an item for each entry of `require`",
     .of = &lng_form_requirement,
     .value = lng_form_requirements},
    {.name = "history",
     .kind = LNG_FORM_LIST,
     .optional = true,
     .about = "an item for each epoch; absent from what `lngraph eval` prints",
     .of = &lng_form_epoch,
     .value = lng_form_epochs},
    {0},
};
const lng_form lng_report_form = {.kind = LNG_FORM_OBJECT,
                                  .about =
                                      "What a run of lngraph reports, for programs: report.json, as lngraph-files(5) describes it.",
                                  .of = top};
