/* lngraph: neural networks, described in YAML or built in C, trained to the same bits every time. liblngraph(3) is made from this.
 *
 * Compile and link with what `pkg-config --cflags --libs lngraph` says.
 *
 *     errors    what went wrong, all of it, in a list that the caller owns
 *     model     a model file, checked and elaborated
 *     builder   a graph that is built op by op in C
 *     program   a model or a graph, compiled: its variables, memory, threads and data
 *
 * Rules that hold for every function:
 *
 * Ownership. What a function called `..._new`, `..._load`, `..._load_text` or `..._compile` returns belongs to the caller, who gives it
 * to the `..._free` of its kind; freeing NULL does nothing. Every other pointer that is returned belongs to the object that it was
 * asked of: it stands as long as the object does, or as long as the function's comment says. Text and arrays that are passed in are
 * copied, but for data that a program borrows.
 *
 * Errors. A function that can fail returns NULL or false, and has then added at least one error to the list that it was given; a list
 * that is NULL hears nothing. Nothing is printed (but by lng_main), and the library neither exits nor aborts. An object that is NULL, and an index or a
 * name of something that does not exist, are mistakes like others: functions that report say so; the others return NULL, false, 0, NaN or
 * the empty text of no error. Objects that were freed, and arrays that are shorter than was said, are the caller's defect.
 *
 * Threads. Nothing is global. Different objects may be used by different threads at the same time; one object, by one thread at a time.
 * A model never changes once it is loaded: any number of threads may ask it, and compile and run programs of it. A program has threads
 * of its own, which live from its making to its freeing and sleep between runs; they do not survive fork().
 *
 * Shapes and units. A value is described for one example: no shape has a batch dimension. Images are height, width, channels; convolution
 * weights are height, width, in, out. Arrays are row-major, one example after the other. A shape is a number of dimensions, at most
 * LNG_MAX_DIMS, and their sizes; none at all is a scalar. Functions that tell a shape return the number of its dimensions, and set their
 * sizes unless `dims` is NULL. Sizes are counts of elements, never bytes, unless the comment says so. */
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
 * A list of what went wrong, in order. It keeps the first 64 errors and counts the rest. Errors are numbered from 0; of one that was
 * not kept, the texts are empty and the numbers 0. Texts stand until the list is cleared or freed. */

/* An empty list; NULL when memory ran out. */
LNG_API lng_errors *lng_errors_new(void);
/* Frees the list. Objects that were given it must not report to it any more: a builder that is still in use must not outlive it. */
LNG_API void lng_errors_free(lng_errors *);
/* Forgets all errors. */
LNG_API void lng_errors_clear(lng_errors *);
/* How many errors there were, those beyond the first 64 among them. */
LNG_API size_t lng_errors_count(const lng_errors *);
/* The error's code as a word, such as "unknown-name"; lngraph-errors(7) lists them. */
LNG_API const char *lng_errors_name(const lng_errors *, size_t i);
/* The file that it is about, as the caller named it; "" when it is about none. */
LNG_API const char *lng_errors_file(const lng_errors *, size_t i);
/* The line in that file, from 1; 0 when it is about no line. */
LNG_API int lng_errors_line(const lng_errors *, size_t i);
/* The column in that line, in characters, from 1; 0 when it is about no line. */
LNG_API int lng_errors_column(const lng_errors *, size_t i);
/* What went wrong, without the place and the code. */
LNG_API const char *lng_errors_message(const lng_errors *, size_t i);
/* Advice on it, k counting from 0, such as "did you mean `relu`?"; NULL when there is no more. */
LNG_API const char *lng_errors_hint(const lng_errors *, size_t i, size_t k);
/* All of it in one line: "file:line:column: error[code]: message". */
LNG_API const char *lng_errors_text(const lng_errors *, size_t i);
/* The exit status that the first error stands for: 3 bad input, 4 the system refused (memory, files, threads), 5 a loss or gradient
 * that is not finite, 1 a defect of the library; 0 when there is no error. */
LNG_API int lng_errors_status(const lng_errors *);
/* Writes all errors, sorted by place, with the lines that they are about, carets and hints. `colour`: with a terminal's colours. */
LNG_API void lng_errors_print(const lng_errors *, FILE *, bool colour);

/* ---- Models ----
 * What a model file says, checked. Data are not opened: a program binds them (see Data), and a model that is only trained this way says
 * `data: {source: {format: memory, fields: ...}}`. */

/* Reads a model file; "-" is standard input. `overrides` is NULL, or texts of the form "train.batch=64" that take the place of values in
 * the file, and NULL at their end. NULL after errors: all that could be found. */
LNG_API lng_model *lng_model_load(const char *path, const char *const *overrides, lng_errors *);
/* The same for a text in memory, which errors call `name`. */
LNG_API lng_model *lng_model_load_text(const char *name, const char *text, const char *const *overrides, lng_errors *);
/* Frees a model. Programs that were compiled of it must be freed before. */
LNG_API void lng_model_free(lng_model *);
/* The model's name. */
LNG_API const char *lng_model_name(const lng_model *);
/* What the file wants to be said before training; NULL when it says nothing. */
LNG_API const char *lng_model_note(const lng_model *);
/* How many numbers training adjusts. */
LNG_API int64_t lng_model_parameters(const lng_model *);
/* Examples in a training step. */
LNG_API int lng_model_batch(const lng_model *);
/* Passes over the training set. */
LNG_API int lng_model_epochs(const lng_model *);
/* How many classes the labels have, which are 0 to one less; 0 when there are no labels. */
LNG_API int64_t lng_model_classes(const lng_model *);
/* How many inputs the model has. */
LNG_API size_t lng_model_inputs(const lng_model *);
/* The name of input i. */
LNG_API const char *lng_model_input(const lng_model *, size_t i);
/* The shape of input i: returns the number of its dimensions, and sets their sizes. */
LNG_API int lng_model_input_shape(const lng_model *, size_t i, int64_t dims[LNG_MAX_DIMS]);
/* Whether input i is of integers (labels, indices), else of floats. */
LNG_API bool lng_model_input_is_integer(const lng_model *, size_t i);
/* How many outputs a run with LNG_EVALUATE has. */
LNG_API size_t lng_model_outputs(const lng_model *);
/* The name of output i: "out" is what the model computes, "loss" its loss; the others are metrics by their names. */
LNG_API const char *lng_model_output(const lng_model *, size_t i);
/* The shape of output i: returns the number of its dimensions, and sets their sizes. */
LNG_API int lng_model_output_shape(const lng_model *, size_t i, int64_t dims[LNG_MAX_DIMS]);

/* ---- Building a graph ----
 * A graph is the computation for one example. A value is per-example (an input, and what comes from inputs) or shared by all examples
 * (parameters, states, constants, and what comes from these alone); an op that mixes the two gives a per-example value, and a sum or
 * mean over the batch makes a shared one.
 *
 * Values belong to their builder. A function that fails returns NULL and reports; given NULL it returns NULL and stays silent, so that a
 * whole expression can be written down and checked once. A builder that has reported an error compiles to nothing. */

/* An empty graph. It reports to the list, which must live as long as the builder. NULL when memory ran out. */
LNG_API lng_builder *lng_builder_new(lng_errors *);
/* Frees a builder and its values. Programs that were compiled of it live on. */
LNG_API void lng_builder_free(lng_builder *);
/* An input of floats, which a program binds by this name. A name is made of letters, digits, `_` and `.`. */
LNG_API lng_value *lng_builder_input(lng_builder *, const char *name, int rank, const int64_t *dims);
/* An input of integers: labels, indices. */
LNG_API lng_value *lng_builder_input_i32(lng_builder *, const char *name, int rank, const int64_t *dims);
/* A variable that training adjusts. It is 0 until the program's is written (lng_program_variable). The same name and shape again is the
 * same parameter. */
LNG_API lng_value *lng_builder_parameter(lng_builder *, const char *name, int rank, const int64_t *dims);
/* A variable that is kept from step to step, and is not trained. */
LNG_API lng_value *lng_builder_state(lng_builder *, const char *name, int rank, const int64_t *dims);
/* A number. */
LNG_API lng_value *lng_builder_number(lng_builder *, double);
/* A shape filled with one number. */
LNG_API lng_value *lng_builder_filled(lng_builder *, double, int rank, const int64_t *dims);
/* Where the run is, a scalar: "step", "epoch", "progress" (see lng_program_set_clock) or "batch_size", the examples of this batch. */
LNG_API lng_value *lng_builder_clock(lng_builder *, const char *what);
/* Any op of lngraph-ops(7) by its name, with n operands and its attributes. These are a printf format, checked by the compiler, for text
 * as it stands between braces in YAML, numbers with a decimal point whatever the locale is: "padding: same, stride: [%d, %d]". NULL: all
 * defaults. An op of several results gives its first (see lng_value_result). */
LNG_API lng_value *lng_builder_op(lng_builder *, const char *op, lng_value *const *in, int n, const char *attributes, ...)
    LNG_FORMAT(5, 6);
/* An op of one operand, all attributes at their defaults: "tanh", "softmax". */
LNG_API lng_value *lng_builder_op1(lng_builder *, const char *op, lng_value *);
/* An op of two operands: "add", "matmul". */
LNG_API lng_value *lng_builder_op2(lng_builder *, const char *op, lng_value *, lng_value *);
/* An op of three operands: "select". */
LNG_API lng_value *lng_builder_op3(lng_builder *, const char *op, lng_value *, lng_value *, lng_value *);
/* The sum over the examples of a batch: a shared value. */
LNG_API lng_value *lng_builder_batch_sum(lng_builder *, lng_value *);
/* The mean over the examples of a batch: a shared value. */
LNG_API lng_value *lng_builder_batch_mean(lng_builder *, lng_value *);
/* Differentiates: gradient[i] becomes the gradient of the scalar y with respect to x[i], of which there are n, in the shape and of the
 * kind of x[i]; zeros where y does not depend on it. It is more graph, and can be differentiated again. A shared y reaches per-example
 * values through a sum or mean over the batch. */
LNG_API bool lng_builder_gradient(lng_builder *, lng_value *y, lng_value *const *x, size_t n, lng_value **gradient);
/* Makes a value readable after a run, under this name. */
LNG_API bool lng_builder_output(lng_builder *, const char *name, lng_value *);
/* Says what a parameter or state becomes in a step: a shared value of its shape. Updates all read the old values. */
LNG_API bool lng_builder_update(lng_builder *, const char *variable, lng_value *);
/* The shape of a value: returns the number of its dimensions, and sets their sizes. */
LNG_API int lng_value_shape(const lng_value *, int64_t dims[LNG_MAX_DIMS]);
/* Whether a value is shared by all examples. */
LNG_API bool lng_value_is_shared(const lng_value *);
/* Whether a value is of integers. */
LNG_API bool lng_value_is_integer(const lng_value *);
/* Result i of the op that made this value; NULL when it has no such result. */
LNG_API lng_value *lng_value_result(lng_value *, int i);

/* ---- Programs ----
 * A model or graph made ready to run, for one or more uses. Everything is allocated here; a run allocates nothing. Values do not depend
 * on the number of threads. */

/* What a program can be run for. Compile with several by `|`; run with one. */
typedef enum lng_use {
    LNG_STEP = 1, /* a training step: outputs before the update, and the update of all variables */
    LNG_DIFFERENTIATE =
        2, /* the outputs of training, and "gradient.NAME" for each parameter NAME: the gradient of the output "objective",
                              a scalar that is shared by the batch (a model has it: the mean loss). No variable changes. */
    LNG_EVALUATE = 4, /* all outputs, with dropout and the like off; no variable changes */
    LNG_PREDICT = 8   /* the output "out" alone: only the inputs that it comes from need to be bound */
} lng_use;

/* Compiles a model, and gives its variables the initial values of its seed. `uses`: what for. `batch`: the most examples of one run; 0
 * takes the model's. `threads`: 0 takes all cores. The model must outlive the program. NULL after errors. */
LNG_API lng_program *lng_model_compile(const lng_model *, unsigned uses, int batch, int threads, lng_errors *);
/* Compiles what the builder holds at this moment; all variables are 0. Errors go to the builder's list. NULL after errors. */
LNG_API lng_program *lng_builder_compile(lng_builder *, unsigned uses, int batch, int threads);
/* Ends the program's threads and frees it. */
LNG_API void lng_program_free(lng_program *);
/* Bytes that the program's variables and runs take, without bound data. */
LNG_API size_t lng_program_memory(const lng_program *);

/* ---- Data ----
 * An input is bound to an array of rows, one for each example, and a run names the rows that it takes. Bound again, the new array takes
 * the place of the old. Inputs of floats take bytes, integers and floats, converted but not scaled; inputs of integers take bytes and
 * integers. Labels of a model are checked against its classes. */

/* Whether a bound array is copied, or belongs to the caller, must not be freed before the program, and may be changed between runs. */
typedef enum lng_keep { LNG_BORROW, LNG_COPY } lng_keep;

/* Binds bytes. `rows` examples of `row_size` elements, which is the product of the input's shape. */
LNG_API bool lng_program_bind_u8(lng_program *, const char *input, const uint8_t *data, size_t rows, size_t row_size, lng_keep,
                                 lng_errors *);
/* Binds integers. */
LNG_API bool lng_program_bind_i32(lng_program *, const char *input, const int32_t *data, size_t rows, size_t row_size, lng_keep,
                                  lng_errors *);
/* Binds floats. */
LNG_API bool lng_program_bind_f32(lng_program *, const char *input, const float *data, size_t rows, size_t row_size, lng_keep,
                                  lng_errors *);

/* ---- Running ---- */

/* One run over `count` examples: rows[i] is the row of example i, in all inputs; NULL: the first rows in order. A step whose gradients
 * are not finite changes nothing and fails, naming where the first such number came up. */
LNG_API bool lng_program_run(lng_program *, lng_use, const uint32_t *rows, int count, lng_errors *);
/* One epoch of steps over all bound rows, shuffled, with the clock set, in batches of the model's size (of the program's, when it comes
 * from a builder): what `lngraph run` does, bit for bit. *loss becomes the mean of the output "loss" over the epoch, NaN when there is
 * none; NULL: not asked for. Needs LNG_STEP. */
LNG_API bool lng_program_epoch(lng_program *, double *loss, lng_errors *);
/* How many steps were made. */
LNG_API uint32_t lng_program_steps(const lng_program *);
/* Sets the seed of what is drawn at random while running. It starts as the model's, or 0. */
LNG_API void lng_program_set_seed(lng_program *, uint64_t seed);
/* Sets what schedules read in the next step: steps and epochs count from 0, progress is 0 at the first step and towards 1 at the last. A
 * step counts `step` on; an epoch sets all three. */
LNG_API void lng_program_set_clock(lng_program *, uint32_t step, int epoch, double progress);

/* ---- Reading what a run gave ---- */

/* An output of the last run, and in *n (may be NULL) how many floats that is: a shared output's elements, or those of one example after
 * the other. NULL when the last run has no such output of floats. Stands until the next run. */
LNG_API const float *lng_program_output(const lng_program *, const char *name, size_t *n);
/* The same for an output of integers. */
LNG_API const int32_t *lng_program_output_i32(const lng_program *, const char *name, size_t *n);
/* The mean of an output of floats of the last run, added in order in double; NaN when there is none. */
LNG_API double lng_program_mean(const lng_program *, const char *name);

/* ---- Variables and weights ---- */

/* How many variables (parameters and states) the program has. */
LNG_API size_t lng_program_variables(const lng_program *);
/* The name of variable i. */
LNG_API const char *lng_program_variable_name(const lng_program *, size_t i);
/* The shape of variable i: returns the number of its dimensions, and sets their sizes. */
LNG_API int lng_program_variable_shape(const lng_program *, size_t i, int64_t dims[LNG_MAX_DIMS]);
/* Whether variable i is a parameter, else a state. */
LNG_API bool lng_program_variable_is_parameter(const lng_program *, size_t i);
/* A variable's own numbers, to be read or written between runs, and in *n (may be NULL) how many there are. NULL when there is no such
 * variable. Stands as long as the program. */
LNG_API float *lng_program_variable(lng_program *, const char *name, size_t *n);
/* Writes all variables to a safetensors file, whole or not at all. */
LNG_API bool lng_program_save(const lng_program *, const char *path, lng_errors *);
/* Reads all variables from such a file. A file that is damaged, or belongs to another graph, changes nothing. */
LNG_API bool lng_program_load(lng_program *, const char *path, lng_errors *);

/* ---- The command line ---- */

/* The program lngraph as a function: parses its arguments, as main() gets them, runs, prints, and returns the exit status of lngraph(1).
 * It is the one part of the library that prints. While it runs it handles SIGINT, SIGTERM, SIGHUP and SIGPIPE, and one that has stopped
 * it ends the process in the end; so it is for a main() that does nothing else. */
LNG_API int lng_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif
