/* lngraph: neural networks, described in YAML or built in C, trained to the same bits every time. liblngraph(3) is made from this file.
 *
 * Compile and link with the flags that `pkg-config --cflags --libs lngraph` prints.
 *
 *     errors    a list of everything that went wrong, owned by the caller
 *     model     a model file, checked and elaborated
 *     builder   a graph, built op by op in C
 *     program   a compiled model or graph: variables, memory, threads, data
 *
 * Rules for all functions:
 *
 * Ownership. The caller owns what a function called `..._new`, `..._load`, `..._load_text` or `..._compile` returns, and passes it to
 * the matching `..._free`; freeing NULL does nothing. Any other pointer that a function returns belongs to the object it was obtained
 * from, and is valid as long as that object exists, unless the function's description says otherwise. Texts and arrays that are passed
 * in are copied, except for data that a program borrows.
 *
 * Errors. A function that can fail returns NULL or false, after adding at least one error to the list that it was given; with a NULL
 * list, errors are not recorded. Nothing is printed (except by lng_main), and the library neither exits nor aborts. A NULL object, and
 * an index or a name of something that does not exist, are ordinary mistakes: functions that take a list report them; the others
 * return NULL, false, 0, NaN, or the empty text. Using an object after it was freed and passing an array shorter than stated are bugs
 * in the caller.
 *
 * Threads. There is no global state. Different threads may use different objects at the same time, but only one thread at a time may
 * use an object. A model does not change once it is loaded: any number of threads may query it, and may compile programs from it and
 * run them. A program has threads of its own, which live as long as the program and sleep between runs; they do not survive fork().
 *
 * Shapes and units. Shapes are those of one example: none has a batch dimension. Images are [height, width, channels]; convolution
 * weights are [height, width, in, out]. Arrays are row-major, one example after the other. A shape is a number of dimensions, at most
 * LNG_MAX_DIMS, and their sizes; a scalar has no dimensions. Functions that report a shape return the number of its dimensions, and
 * store their sizes unless `dims` is NULL. Sizes count elements, not bytes, unless the description says otherwise. */
#ifndef LNGRAPH_H
#define LNGRAPH_H
#include "export.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LNG_MAX_DIMS 8

typedef struct lng_errors lng_errors;
typedef struct lng_model lng_model;
typedef struct lng_builder lng_builder;
typedef struct lng_value lng_value;
typedef struct lng_program lng_program;

/* The version of the library: "0.1.0". */
LNG_API const char *lng_version(void);

/* ---- Errors ----
 * A list of errors, in the order in which they occurred. It keeps the first 64 and counts the rest. Errors are numbered from 0; for one
 * that was not kept, texts are empty and numbers 0. Texts are valid until the list is cleared or freed. */

/* An empty list; NULL when out of memory. */
LNG_API lng_errors *lng_errors_new(void);
/* Frees the list, which must outlive the builders that report to it. */
LNG_API void lng_errors_free(lng_errors *);
/* Forgets all errors. */
LNG_API void lng_errors_clear(lng_errors *);
/* How many errors there were, including those beyond the first 64. */
LNG_API size_t lng_errors_count(const lng_errors *);
/* The error's code as a word, such as "unknown-name"; lngraph-errors(7) lists them. */
LNG_API const char *lng_errors_name(const lng_errors *, size_t i);
/* The file it concerns, as the caller named it; "" if it concerns none. */
LNG_API const char *lng_errors_file(const lng_errors *, size_t i);
/* The line in that file, from 1; 0 if it concerns no line. */
LNG_API int lng_errors_line(const lng_errors *, size_t i);
/* The column in that line, in characters, from 1; 0 if it concerns no line. */
LNG_API int lng_errors_column(const lng_errors *, size_t i);
/* What went wrong, without the place and the code. */
LNG_API const char *lng_errors_message(const lng_errors *, size_t i);
/* Hint k, from 0, such as "did you mean `relu`?"; NULL if there is none. */
LNG_API const char *lng_errors_hint(const lng_errors *, size_t i, size_t k);
/* The error in one line: "file:line:column: error[code]: message". */
LNG_API const char *lng_errors_text(const lng_errors *, size_t i);
/* The exit status for the first error: 3 bad input, 4 the system refused (memory, files, threads), 5 a loss or gradient that is not
 * finite, 1 a defect in the library; 0 if there is no error. */
LNG_API int lng_errors_status(const lng_errors *);
/* Writes all errors, sorted by place, with the lines they concern, carets and hints; in a terminal's colors if `color` is true. */
LNG_API void lng_errors_print(const lng_errors *, FILE *, bool color);
/* The same as a text, without colors. Returns its length; stores as much of it as fits into `size` bytes, the last of which is 0, as
 * snprintf() does. 0 if memory does not suffice. */
LNG_API size_t lng_errors_format(const lng_errors *, char *text, size_t size);

/* ---- Models ----
 * A checked model file. Its data set is not opened: bind arrays to a program instead (see Data). A model that always gets its data this
 * way says `data: {source: {format: memory, fields: ...}}`. */

/* Reads a model file; "-" is standard input. `overrides` is NULL or a list of texts such as "train.batch=64", ended by NULL, which
 * replace values in the file. Reports as many errors as it can find, and returns NULL if there are any. */
LNG_API lng_model *lng_model_load(const char *path, const char *const *overrides, lng_errors *);
/* Reads a model from a text in memory; errors call the text `name`. */
LNG_API lng_model *lng_model_load_text(const char *name, const char *text, const char *const *overrides, lng_errors *);
/* Frees a model. Free the programs compiled from it first. */
LNG_API void lng_model_free(lng_model *);
/* The model's name. */
LNG_API const char *lng_model_name(const lng_model *);
/* The file's note, a message to show before training; NULL if there is none. */
LNG_API const char *lng_model_note(const lng_model *);
/* The total number of elements of all trained parameters. */
LNG_API int64_t lng_model_parameters(const lng_model *);
/* The number of examples in a training step. */
LNG_API int lng_model_batch(const lng_model *);
/* The number of passes over the training set. */
LNG_API int lng_model_epochs(const lng_model *);
/* The number of classes: labels run from 0 to one less. 0 if there are no labels, or each has its own classes. */
LNG_API int64_t lng_model_classes(const lng_model *);
/* The name of class i, as the data's description has it; NULL if classes are numbers, or there are several inputs with names of classes.
 * A run's model.yaml has the names that were learned. */
LNG_API const char *lng_model_class(const lng_model *, size_t i);
/* The number of inputs. */
LNG_API size_t lng_model_inputs(const lng_model *);
/* The name of input i. */
LNG_API const char *lng_model_input(const lng_model *, size_t i);
/* The shape of input i: returns the number of its dimensions, and stores their sizes. */
LNG_API int lng_model_input_shape(const lng_model *, size_t i, int64_t dims[LNG_MAX_DIMS]);
/* Whether input i holds integers (labels, indices) rather than floats. */
LNG_API bool lng_model_input_is_integer(const lng_model *, size_t i);
/* The number of outputs of a run with LNG_EVALUATE. */
LNG_API size_t lng_model_outputs(const lng_model *);
/* The name of output i: "out", the model's prediction; "loss"; or a metric that is a mean over examples. */
LNG_API const char *lng_model_output(const lng_model *, size_t i);
/* The shape of output i: returns the number of its dimensions, and stores their sizes. */
LNG_API int lng_model_output_shape(const lng_model *, size_t i, int64_t dims[LNG_MAX_DIMS]);

/* ---- Building a graph ----
 * A graph describes the computation for one example. A value is either per-example (an input, and whatever depends on one) or shared by
 * all examples (parameters, states, constants, and what depends on these alone). An op that mixes the two gives a per-example value; a
 * sum or mean over the batch gives a shared one.
 *
 * Values belong to their builder. A function that fails returns NULL and reports why; given a NULL value, it returns NULL silently, so
 * it is enough to check the last value of an expression. A builder that has reported an error does not compile. */

/* A builder with an empty graph. Functions that take it report to the list, which must outlive it. NULL when out of memory. */
LNG_API lng_builder *lng_builder_new(lng_errors *);
/* Frees a builder and its values. Programs compiled from it live on. */
LNG_API void lng_builder_free(lng_builder *);
/* An input of floats, to which data are bound by name. A name consists of letters, digits, `_` and `.`. */
LNG_API lng_value *lng_builder_input(lng_builder *, const char *name, int rank, const int64_t *dims);
/* An input of integers: labels, indices. */
LNG_API lng_value *lng_builder_input_i32(lng_builder *, const char *name, int rank, const int64_t *dims);
/* A variable that training adjusts. It starts at 0; lng_program_variable gives access to it. Asking again for the same name and shape
 * gives the same parameter. */
LNG_API lng_value *lng_builder_parameter(lng_builder *, const char *name, int rank, const int64_t *dims);
/* A variable that is kept from step to step, but not trained. */
LNG_API lng_value *lng_builder_state(lng_builder *, const char *name, int rank, const int64_t *dims);
/* A scalar constant. */
LNG_API lng_value *lng_builder_number(lng_builder *, double);
/* A constant of this shape, filled with one number. */
LNG_API lng_value *lng_builder_filled(lng_builder *, double, int rank, const int64_t *dims);
/* A scalar that follows the run: "step", "epoch", "progress" or "total_steps" (see lng_program_set_clock), or "batch_size", the number
 * of examples in this batch. */
LNG_API lng_value *lng_builder_clock(lng_builder *, const char *what);
/* An op of lngraph-ops(7), by name, with n operands. `attributes` is a printf format, which the compiler checks, for what a model file
 * would have between braces: "padding: same, stride: [%d, %d]". Numbers have a decimal point whatever the locale. NULL means all
 * defaults. If the op has several results, this is the first (see lng_value_result). */
LNG_API lng_value *lng_builder_op(lng_builder *, const char *op, lng_value *const *in, int n, const char *attributes, ...)
    LNG_FORMAT(5, 6);
/* An op with one operand and default attributes: "tanh", "softmax". */
LNG_API lng_value *lng_builder_op1(lng_builder *, const char *op, lng_value *);
/* An op with two operands: "add", "matmul". */
LNG_API lng_value *lng_builder_op2(lng_builder *, const char *op, lng_value *, lng_value *);
/* An op with three operands: "select". */
LNG_API lng_value *lng_builder_op3(lng_builder *, const char *op, lng_value *, lng_value *, lng_value *);
/* The sum over the examples of a batch: a shared value. */
LNG_API lng_value *lng_builder_batch_sum(lng_builder *, lng_value *);
/* The mean over the examples of a batch: a shared value. */
LNG_API lng_value *lng_builder_batch_mean(lng_builder *, lng_value *);
/* Differentiates the scalar y: gradient[i] becomes its gradient with respect to x[i], for i from 0 to n - 1, with the shape and kind
 * of x[i]; it is zero if y does not depend on x[i]. Gradients are part of the graph and can be differentiated again. If y is shared,
 * it depends on per-example values through a sum or mean over the batch. */
LNG_API bool lng_builder_gradient(lng_builder *, lng_value *y, lng_value *const *x, size_t n, lng_value **gradient);
/* Makes the value an output, which can be read by this name after a run. */
LNG_API bool lng_builder_output(lng_builder *, const char *name, lng_value *);
/* Sets the value that a parameter or state has after a step: a shared value of the same shape. All updates read the old values. */
LNG_API bool lng_builder_update(lng_builder *, const char *variable, lng_value *);
/* The shape of a value: returns the number of its dimensions, and stores their sizes. */
LNG_API int lng_value_shape(const lng_value *, int64_t dims[LNG_MAX_DIMS]);
/* Whether a value is shared by all examples. */
LNG_API bool lng_value_is_shared(const lng_value *);
/* Whether a value holds integers. */
LNG_API bool lng_value_is_integer(const lng_value *);
/* Result i of the op that made this value; NULL if the op has no such result. */
LNG_API lng_value *lng_value_result(lng_value *, int i);

/* ---- Programs ----
 * A model or graph, compiled for one or more uses. Memory is allocated when a program is compiled; running allocates only to gather the
 * outputs of more than one batch. No value depends on the number of threads.
 *
 * The outputs of training are, for a model, "loss", "objective" (the mean of the loss over the batch, which training minimizes) and each
 * metric that is a mean over examples. They do not include "out", which evaluation and prediction compute, with dropout and the like off.
 * For a builder, they are all outputs of the graph. */

/* What a program is run for. A program is compiled for one or more uses, joined by `|`, and each run is for one of them. */
typedef enum lng_use {
    /* A training step: the outputs of training, and of a model "gradient.NAME" for each parameter NAME that it trains, computed before the
     * update; then the update of all variables. */
    LNG_STEP = 1,
    /* The outputs of training, and "gradient.NAME" for each parameter NAME: the gradient of "objective", which must be a scalar that is
     * shared by the batch. No variable changes. */
    LNG_DIFFERENTIATE = 2,
    /* The outputs of evaluation, "out" among them; see lng_model_output. For a builder, all outputs. No variable changes. */
    LNG_EVALUATE = 4,
    /* The output "out" alone: only the inputs that it depends on need to be bound. */
    LNG_PREDICT = 8
} lng_use;

/* Compiles a model, and draws the initial values of its variables with its seed. `batch` is the largest number of examples that are
 * computed at once; 0 means the model's batch. `threads` is the number of threads; 0 means one per core. The model must outlive the
 * program. NULL after errors. */
LNG_API lng_program *lng_model_compile(const lng_model *, unsigned uses, int batch, int threads, lng_errors *);
/* Compiles the builder's graph as it is now. All variables start at 0. Errors go to the builder's list. NULL after errors. */
LNG_API lng_program *lng_builder_compile(lng_builder *, unsigned uses, int batch, int threads);
/* Ends the program's threads and frees it. */
LNG_API void lng_program_free(lng_program *);
/* The number of bytes that the program allocates for variables and runs, without bound data. */
LNG_API size_t lng_program_memory(const lng_program *);
/* Whether runs for this use read the input: only such inputs need to be bound. */
LNG_API bool lng_program_reads(const lng_program *, lng_use, const char *input);
/* The number of outputs of runs for this use; 0 if the program was not compiled for it. */
LNG_API size_t lng_program_outputs(const lng_program *, lng_use);
/* The name of output i of these, by which lng_program_output finds it after a run. */
LNG_API const char *lng_program_output_name(const lng_program *, lng_use, size_t i);
/* The shape of output i: returns the number of its dimensions, and stores their sizes. */
LNG_API int lng_program_output_shape(const lng_program *, lng_use, size_t i, int64_t dims[LNG_MAX_DIMS]);
/* Whether all examples share output i; otherwise a run gives one for each example. */
LNG_API bool lng_program_output_is_shared(const lng_program *, lng_use, size_t i);
/* Whether output i holds integers. */
LNG_API bool lng_program_output_is_integer(const lng_program *, lng_use, size_t i);

/* ---- Data ----
 * An input is bound to an array with one row per example, and a run names the rows that it takes. Binding an input again replaces its
 * array. Inputs of floats accept bytes, integers and floats, which are converted but not scaled; inputs of integers accept bytes and
 * integers. The labels of a model are checked against its classes. */

/* Whether a bound array is copied. */
typedef enum lng_keep {
    /* The array must live as long as the program, and may be changed between runs. */
    LNG_BORROW,
    /* The program keeps a copy; the array is free as soon as the call returns. */
    LNG_COPY
} lng_keep;

/* Binds bytes: `rows` examples of `row_size` elements each, the product of the input's dimensions. */
LNG_API bool lng_program_bind_u8(lng_program *, const char *input, const uint8_t *data, size_t rows, size_t row_size, lng_keep,
                                 lng_errors *);
/* Binds integers. */
LNG_API bool lng_program_bind_i32(lng_program *, const char *input, const int32_t *data, size_t rows, size_t row_size, lng_keep,
                                  lng_errors *);
/* Binds floats. */
LNG_API bool lng_program_bind_f32(lng_program *, const char *input, const float *data, size_t rows, size_t row_size, lng_keep,
                                  lng_errors *);

/* Binds the examples of a file to every input that the program's uses read (for LNG_PREDICT: those that "out" depends on), brought to what the
 * model reads as `lngraph predict` brings them: missing cells are filled in, numbers scaled, names of classes and categories become
 * integers, images of any size are fitted if the data's description says how. For that, load the model.yaml of a run, which has what was
 * learned. A table in CSV or an archive in NPZ has all inputs; for a single one, `path` may also be an array in NPY or IDX, an image, or a
 * folder of images, which are taken in the order of their paths. All examples are read into memory of the program. *rows (`rows` may be
 * NULL) becomes their number. On failure, what was bound before stays. */
LNG_API bool lng_program_bind_file(lng_program *, const char *path, size_t *rows, lng_errors *);

/* ---- Running ---- */

/* Runs `count` examples: rows[i] is the row of example i in every input; if `rows` is NULL, the first rows are taken, in order.
 * Evaluation and prediction take any number of examples and compute them batch by batch; a step, a differentiation and a graph that
 * reduces over the batch take at most the `batch` that the program was compiled for. A step whose gradients are not finite changes
 * nothing and fails, naming where the first such number arose. */
LNG_API bool lng_program_run(lng_program *, lng_use, const uint32_t *rows, int count, lng_errors *);
/* Runs one epoch of steps over all bound rows, shuffled, in batches of the model's size (of the program's, if it comes from a
 * builder), and sets the clock: all as `lngraph run` does, bit for bit. *loss becomes the mean of the output "loss" over the epoch,
 * NaN if there is no such output; `loss` may be NULL. The program must have been compiled for LNG_STEP. */
LNG_API bool lng_program_epoch(lng_program *, double *loss, lng_errors *);
/* The number of steps done. */
LNG_API uint32_t lng_program_steps(const lng_program *);
/* Sets the seed of the random numbers drawn while running. By default it is the model's, or 0 for a builder. */
LNG_API void lng_program_set_seed(lng_program *, uint64_t seed);
/* Sets what schedules read in the next step. Steps and epochs count from 0; `total` is the number of steps in the whole run, 0 if it is
 * not known, and progress is step / total. A step increments `step`; an epoch sets `step` and `epoch`; binding a model's data sets
 * `total`. */
LNG_API void lng_program_set_clock(lng_program *, uint32_t step, int epoch, uint32_t total);

/* ---- Reading the results of a run ---- */

/* An output of the last run; *n (`n` may be NULL) becomes its number of floats: the elements of a shared output, or those of all
 * examples, one after the other. NULL if the last run has no such output of floats. Valid until the next run. */
LNG_API const float *lng_program_output(const lng_program *, const char *name, size_t *n);
/* An output of integers, likewise. */
LNG_API const int32_t *lng_program_output_i32(const lng_program *, const char *name, size_t *n);
/* The mean of a float output of the last run, summed in order, in double precision; NaN if there is no such output. */
LNG_API double lng_program_mean(const lng_program *, const char *name);

/* ---- Variables and weights ---- */

/* The number of variables: parameters and states. */
LNG_API size_t lng_program_variables(const lng_program *);
/* The name of variable i. */
LNG_API const char *lng_program_variable_name(const lng_program *, size_t i);
/* The shape of variable i: returns the number of its dimensions, and stores their sizes. */
LNG_API int lng_program_variable_shape(const lng_program *, size_t i, int64_t dims[LNG_MAX_DIMS]);
/* Whether variable i is a parameter rather than a state. */
LNG_API bool lng_program_variable_is_parameter(const lng_program *, size_t i);
/* The elements of a variable, to be read or written between runs; *n (`n` may be NULL) becomes their number. NULL if there is no such
 * variable. Valid as long as the program. */
LNG_API float *lng_program_variable(lng_program *, const char *name, size_t *n);
/* Writes a checkpoint: all variables, including the optimizer's state, in a safetensors file. On failure, the old file stays as it was. */
LNG_API bool lng_program_save(const lng_program *, const char *path, lng_errors *);
/* Writes the weights alone, likewise: the parameters, and the states that LNG_EVALUATE reads. This is the file to hand on. */
LNG_API bool lng_program_save_weights(const lng_program *, const char *path, lng_errors *);
/* Reads a checkpoint or weights. Variables that the file lacks stay as they are. A file that is damaged, or belongs to a graph that
 * uses its variables differently, is refused and changes nothing. */
LNG_API bool lng_program_load(lng_program *, const char *path, lng_errors *);

/* ---- The command line ---- */

/* The program lngraph as a function: takes the arguments of main(), runs, prints, and returns the exit status of lngraph(1). It is the
 * only part of the library that prints. It handles SIGINT, SIGTERM, SIGHUP and SIGPIPE while it runs, and ends the process with the
 * signal that stopped it, so use it only in a main() that does nothing else. */
LNG_API int lng_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif
