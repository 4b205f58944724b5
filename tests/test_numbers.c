/* Numbers that careless mathematics gets wrong: slopes exactly at joints, losses of confident networks, long sums, small differences, the first
 * steps of optimizers and schedules. What is right are the functions' own values, not those of their parts. */
#include "base/arena.h"
#include "graph/level.h"
#include "graph/ops.h"
#include "syntax/library.h"
#include "suite.h"
#include <lngraph/lngraph.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 2

typedef struct compiled {
    lng_model *model;
    lng_program *program; /* NULL after errors */
} compiled;

/* A model of x[1] and a label, which are 0, with the parameters p and q of n numbers. */
static compiled compile(int n, const char *out, const char *loss, const char *optimizer)
{
    static const float x[ROWS] = {0};
    static const int32_t label[ROWS] = {0};
    const char *text = lng_format(arena,
                                  "lngraph: 1\nname: numbers\n"
                                  "data: {source: {format: memory, classes: 10, fields: {x: [1], label: class}}}\n"
                                  "in: x[1], label\n"
                                  "blocks: {counted: {with: {shape: shape}, out: 'reshape(arange(size=shape[0] * shape[1]), "
                                  "shape=shape)'}}\n"
                                  "params: {p: 'zeros([%d])', q: 'zeros([%d])'}\n"
                                  "out: '%s'\n"
                                  "train: {loss: '%s + 0 * sum(p * x * q)', optimizer: '%s'}\n",
                                  n, n, out, loss, optimizer);
    compiled c = {lng_model_load_text("numbers.yaml", text, NULL, errors), NULL};
    if (c.model)
        c.program = lng_model_compile(c.model, LNG_STEP | LNG_DIFFERENTIATE | LNG_EVALUATE, ROWS, 1, errors);
    if (c.program)
        ck_assert(lng_program_bind_f32(c.program, "x", x, ROWS, 1, LNG_BORROW, errors) &&
                  lng_program_bind_i32(c.program, "label", label, ROWS, 1, LNG_BORROW, errors));
    return c;
}

static compiled must_compile(int n, const char *out, const char *loss, const char *optimizer)
{
    compiled c = compile(n, out, loss, optimizer);
    must(c.program != NULL);
    return c;
}

static void release(compiled c)
{
    lng_program_free(c.program);
    lng_model_free(c.model);
}

static const float *run(compiled c, lng_use use, const char *output)
{
    ck_assert_msg(lng_program_run(c.program, use, NULL, ROWS, errors), "%s", lng_errors_text(errors, 0));
    return output ? lng_program_output(c.program, output, NULL) : NULL;
}

/* ---- values ---- */
#define HOT           "(one_hot(label, depth=10) + x * p)"
#define BINARY(p)     "binary_cross_entropy(" p ", one_hot(label, depth=10))"
#define TOLERANCE     6e-7
#define CROSS_ENTROPY "cross_entropy(out, label)"
#define TWO_LABELS    "argmax(stack(stack(0, 0, 1), stack(1, 0, 0)), axis=1)" /* 2 and 0 */

#define TWO_THREE     "(stack(stack(1, 2, 3), stack(4, 5, 6)) + sum(x * p))"
#define THREE_TWO     "stack(stack(1, 10), stack(100, 1000), stack(0, 1))"
#define TWO_TWO       "(stack(stack(1, 0), stack(0, 3)) + sum(x * p))"
#define ONE_TO_MANY   "stack(stack(1, 10, 100), stack(1000, 10000, 100000))"
#define LRN_3         (1 / 6. + 20 / 15. + 300 / 14. + 4000 / 42. + 50000 / 78. + 600000 / 62.)
#define WEIGHTS       "stack(stack(1, 20), stack(300, 4000))"

static const struct {
    const char *out, *loss;
    double right;
} values[] = {
    /* what holds for values is 1, what does not is 0 */
    {"1.0 * (x > 0 or x < 1) + 2 * (x > 0 and x < 1) + 4 * (x >= 0 and not x > 0) + 8 * (x > 0 or x > 1) + x * p", "mean(out)", 5},
    {"+x * p + 3", "mean(out)", 3},
    /* a sigmoid of 40 is 1, one of -200 is 0 */
    {"sigmoid(40 + x * p)", BINARY("out"), 36},
    {"sigmoid(-40 + x * p)", BINARY("out"), 4},
    {"reshape(sigmoid(-200 + x * p), shape=[2, 5])", BINARY("flatten(out)"), 20},
    {"reshape(sigmoid(40 + x * p), shape=[2, 5])", "-mean(log(1 - out))", 40},
    {"-40 + x * p", "sigmoid_cross_entropy(out, one_hot(label, depth=10))", 4},
    {"log_sigmoid(-200 + x * p)", "mean(out)", -200},
    /* probabilities that are 1 or 0, and 0 times the logarithm of 0 */
    {"0.5 * softmax(200 * " HOT ") + 0.5 * softmax(200 * " HOT ")", CROSS_ENTROPY, 0},
    {"softmax(-200 * " HOT ")", CROSS_ENTROPY, 200 + 2.1972245773362196},
    {"flatten(softmax(reshape(-200 * " HOT ", shape=[2, 5])))", CROSS_ENTROPY, 200 + 1.3862943611198906},
    {"flatten(softmax(reshape(-200 * " HOT ", shape=[2, 5])))", "-sum(one_hot(label, depth=10) * log(out))",
     200 + 1.3862943611198906},
    {"slice(softmax(-200 * " HOT "), stop=1)", "-sum(log(out))", 200 + 2.1972245773362196},
    {HOT, "-sum(one_hot(label, depth=10) * log(out))", 0},
    {"-200 * " HOT, "softmax_cross_entropy(out, label)", 200 + 2.1972245773362196},
    {"log(one_hot(label, depth=10)) + x * p", "softmax_cross_entropy(out, label)", 0},
    /* mixtures and products whose probability is below the smallest float */
    {"0.5 * softmax(-200 * " HOT ") + 0.5 * softmax(-300 * " HOT ")", CROSS_ENTROPY, 200 + 2.1972245773362196 + 0.6931471805599453},
    {"0.75 * softmax(-200 * " HOT ") + softmax(-200 * " HOT ") / 4", CROSS_ENTROPY, 200 + 2.1972245773362196},
    {"sigmoid(x * p) * softmax(-200 * " HOT ") + (1 - sigmoid(x * p)) * softmax(-250 * " HOT ")", "-mean(log(slice(out, stop=1)))",
     200 + 2.1972245773362196 + 0.6931471805599453},
    {"sigmoid(-200 * " HOT ") * softmax(x * p)", CROSS_ENTROPY, 200 + 2.302585092994046},
    /* scores of -infinity, as a mask produces */
    {"softmax(log(one_hot(label, depth=10)) + x * p)", CROSS_ENTROPY, 0},
    {"softmax(log(one_hot(label, depth=10)))", "-sum(one_hot(label, depth=10) * log(out)) + sum(x * p)", 0},
    {"softmax(log(one_hot(label, depth=10)))", "-sum(xlogy(out, out)) + sum(x * p)", 0},
    {"log_softmax(log(one_hot(label, depth=10)))", "-sum(one_hot(label, depth=10) * out) + sum(x * p)", 0},
    {"0.5 * softmax(log(one_hot(label, depth=10))) + 0.5 * softmax(log(one_hot(label, depth=10)) + x * p)", CROSS_ENTROPY, 0},
    /* products by axes: [[1, 2, 3], [4, 5, 6]] and [[1, 10], [100, 1000], [0, 1]], and three matrices; weights tell the results apart */
    {TWO_THREE, "sum(einsum(''ij,jk->ik'', out, " THREE_TWO ") * " WEIGHTS ") + sum(x * p)",
     201 + 20 * 2013 + 300 * 504 + 4000 * 5046},
    {TWO_THREE, "sum(einsum(''ij,jk->ki'', out, " THREE_TWO ") * " WEIGHTS ")", 201 + 20 * 504 + 300 * 2013 + 4000 * 5046},
    {TWO_THREE, "sum(einsum(''ij, kj -> ki'', out, out) * " WEIGHTS ")", 14 + 20 * 32 + 300 * 32 + 4000 * 77},
    {TWO_THREE, "sum(einsum(''ij,j->i'', out, stack(1, 10, 100)) * stack(1, 10))", 321 + 6540},
    {TWO_THREE, "sum(einsum(''ij,i,j->j'', out, stack(1, 2), stack(1, 10, 100)) * stack(1, 2, 3))", 9 + 240 + 4500},
    {TWO_THREE, "einsum(''ij,ij->'', out, out)", 91},
    {TWO_THREE, "sum(einsum(''ij->j'', out) * stack(1, 10, 100))", 975},
    {TWO_THREE, "sum(einsum(''ij->ji'', out) * " THREE_TWO ")", 1 + 40 + 200 + 5000 + 6},
    {TWO_THREE, "sum(einsum(''ij,ik->ijk'', out, stack(stack(1, 10), stack(100, 1000))))", 6 * 11 + 15 * 1100},
    {"stack(" TWO_THREE ", 2 * " TWO_THREE ")", "sum(einsum(''hij,hkj->hik'', out, out) * " WEIGHTS ")",
     5 * (14 + 20 * 32 + 300 * 32 + 4000 * 77)},
    {"stack(" TWO_THREE ", 2 * " TWO_THREE ", axis=-1)", "sum(out * stack(1, 10))", 21 * 21},
    /* axes, copies and triangles */
    {TWO_THREE, "sum(squeeze(expand_dims(out, axis=-2), axis=1) * " TWO_THREE ")", 91},
    {"stack(1, 2, 3) + sum(x * p)", "sum(tile(out, count=2) * 10 ** arange(size=6))", 321321},
    {"stack(1, 2, 3) + sum(x * p)", "sum(repeat_each(out, count=2) * 10 ** arange(size=6))", 332211},
    {TWO_THREE, "sum(tile(out, count=2, axis=0) * stack(stack(1, 0, 0), stack(0, 10, 0), stack(0, 0, 100), stack(1000, 0, 0)))",
     1 + 50 + 300 + 4000},
    {TWO_THREE,
     "sum(repeat_each(out, count=2, axis=0) * stack(stack(1, 0, 0), stack(0, 10, 0), stack(0, 0, 100), stack(1000, 0, 0)))",
     1 + 20 + 600 + 4000},
    {"stack(1, 2, 3, 4) + sum(x * p)", "sum(roll(out, shift=1) * 10 ** arange(size=4))", 3214},
    {"stack(1, 2, 3, 4) + sum(x * p)", "sum(roll(out, shift=-5) * 10 ** arange(size=4))", 1432},
    {TWO_THREE, "sum(roll(out, shift=-1, axis=0) * 10 ** arange(size=3))", 4 + 50 + 600 + 1 + 20 + 300},
    {TWO_THREE, "sum(tril(out) * stack(10 ** arange(size=3), 1000 * 10 ** arange(size=3)))", 1 + 4000 + 50000},
    {TWO_THREE, "sum(tril(out, diagonal=1) * stack(10 ** arange(size=3), 1000 * 10 ** arange(size=3)))",
     21 + 4000 + 50000 + 600000},
    {TWO_THREE, "sum(triu(out) * stack(10 ** arange(size=3), 1000 * 10 ** arange(size=3)))", 321 + 50000 + 600000},
    {TWO_THREE, "sum(triu(out, diagonal=-1) * stack(10 ** arange(size=3), 1000 * 10 ** arange(size=3)))",
     321 + 4000 + 50000 + 600000},
    {"sum(x * p)", "out + sum(causal_mask(size=3) * stack(10 ** arange(size=3), 1000 * 10 ** arange(size=3), 0 * arange(size=3)))",
     11001},
    {"stack(1, 2) + sum(x * p)", "sum(outer(out, stack(1, 10, 100)) * stack(stack(1, 1, 1), stack(1, 0, 0)))", 111 + 2},
    {TWO_THREE, "sum(dot(out, stack(1, 10, 100)) * stack(1, 2))", 321 + 1308},
    /* sequences: the numbers of softmax, sin and cos, worked out apart */
    {"embedding(label, count=10, units=2, init=constant(value=7)) + sum(x * p)", "sum(out)", 14},
    {"embedding(argmax(stack(stack(1, 2), stack(2, 1), stack(0, 1))), count=2, units=2, init=ones) + sum(x * p)", "sum(out)", 6},
    {"reshape(arange(size=16), shape=[4, 4, 1]) + sum(x * p)",
     "sum(patches(out, size=2) * stack(stack(0, 0, 1, 0), stack(10, 0, 0, 0), "
     "stack(0, 100, 0, 0), stack(0, 0, 0, 1000)))",
     4 + 20 + 900 + 15000},
    {"reshape(0 * arange(size=8), shape=[2, 4]) + sum(x * p)",
     "sum(positional_encoding(out) * stack(stack(1, 10, 100, 1000), "
     "stack(1, 10, 100, 1000)))",
     1010 + 0.8414709848078965 + 5.403023058681398 + 0.9999833334166664 + 999.9500004166653},
    {"reshape(0 * arange(size=8), shape=[2, 4]) + sum(x * p)", "sum(position_embedding(out, init=ones))", 8},
    {"stack(stack(1, 0)) + sum(x * p)", "sum(attend(out, stack(stack(1, 0), stack(0, 1)), stack(stack(1), stack(3)), 1))",
     1.6604769013466862},
    {"stack(stack(1, 0)) + sum(x * p)", "sum(attend(out, stack(stack(1, 0), stack(0, 1)), stack(stack(1), stack(3)), stack(0, 1)))",
     3},
    {TWO_TWO, "sum(slice(attention(out, heads=1, init=ones), axis=1, stop=1) * stack(stack(1), stack(10)))", 65.76851341659417},
    {TWO_TWO, "sum(slice(attention(out, heads=1, causal=true, init=ones), axis=1, stop=1) * stack(stack(1), stack(10)))",
     61.99174229342286},
    {TWO_TWO, "sum(slice(cross_attention(out, out, 1, heads=1, init=ones), axis=1, stop=1) * stack(stack(1), stack(10)))",
     65.76851341659417},
    {TWO_TWO, "sum(attention(out, stack(1, 0), heads=1, init=ones))", 8},
    {TWO_TWO,
     "sum(slice(attention(out, stack(0, 7), heads=1, causal=true, init=ones), axis=1, stop=1) * stack(stack(1), stack(10)))",
     4 + 60},
    {TWO_TWO,
     "sum(slice(attention(out, stack(stack(1, 0), stack(0, 1)), heads=1, init=ones), axis=1, stop=1) * stack(stack(1), "
     "stack(10)))",
     62},
    {TWO_TWO, "sum(cross_attention(out, out, stack(0, 1), heads=1, init=ones))", 24},
    {TWO_TWO, "sum(merge_heads(split_heads(out, heads=2)) * stack(stack(1, 10), stack(100, 1000)))", 3001},
    {"stack(stack(0, 2)) + sum(x * p)", "sum(transformer_encoder(out, heads=1, init=ones) * stack(1, 10))", 20},
    {"stack(stack(0, 2)) + sum(x * p)", "sum(transformer_encoder(out, heads=1, norm=post, hidden=3, init=ones) * stack(1, 10))",
     9 * 0.999995},
    {"stack(stack(1, 2, 3, 4), stack(1, 2, 1, 2)) + sum(x * p)",
     "sum(rotary_encoding(out) * stack(stack(1, 10, 100, 1000), stack(1, 10, 100, 1000)))", 4321 + 2125.9729838440244},
    {TWO_TWO, "sum(slice(attention(out, heads=1, rotary=true, init=ones), axis=1, stop=1) * stack(stack(1), stack(10)))",
     64.82453452245656},
    {TWO_TWO,
     "sum(slice(attention(out, heads=1, causal=true, rotary=true, init=ones), axis=1, stop=1) * stack(stack(1), stack(10)))",
     61.998825324604084},
    {"sum(x * p)", "sum(tied_embedding(" TWO_LABELS ", count=3, units=2, body=relu, init=ones))", 12},
    {"stack(stack(0, 2)) + sum(x * p)",
     "sum(transformer_decoder(out, stack(stack(9, 9), stack(1, 2)), stack(0, 1), heads=1, init=ones) * stack(1, 10))", 86},
    {"stack(stack(0, 2)) + sum(x * p)",
     "sum(transformer_decoder(out, stack(stack(1, 2)), heads=1, norm=post, hidden=3, init=ones) * stack(1, 10))", 9 * 0.999995},
    /* temporal convolutions: 1, 2, 3 become 1, 3, 5, then 1, 4, 8, with themselves 2, 6, 11; then 2, 6, 13 and 2, 6, 15 */
    {"stack(stack(1), stack(2), stack(3)) + sum(x * p)",
     "sum(tcn(out, filters=1, blocks=1, kernel=2, init=ones) * stack(stack(1), stack(100), stack(10000)))", 110602},
    {"stack(stack(1), stack(2), stack(3)) + sum(x * p)",
     "sum(tcn(out, filters=1, blocks=2, kernel=2, init=ones) * stack(stack(1), stack(100), stack(10000)))", 261204},
    {"stack(stack(1, 1), stack(2, 1)) + sum(x * p)",
     "sum(tcn_block(out, filters=1, kernel=2, init=ones) * stack(stack(1), stack(100)))", 1004},
    /* recurrent layers */
    {"sum(x * p)", "sum(rnn_cell(stack(1, 2), stack(0.5), init=ones, recurrent_init=ones))", 0.9981778976111987},
    {"sum(x * p)", "sum(stack(lstm_gates(stack(1, 2, 3, 4), stack(0), stack(0.5))) * stack(stack(1), stack(10)))",
     12.48718455199745},
    {"sum(x * p)", "sum(stack(lstm_gates(stack(1, 2, 3, 4), stack(3), stack(0.5), 0)) * stack(stack(1), stack(10)))", 8.0},
    {"sum(x * p)",
     "sum(stack(lstm_cell(stack(1), stack(0.5), stack(2), init=ones, recurrent_init=ones)) * stack(stack(1), stack(10)))",
     26.691490029350927},
    {"sum(x * p)", "sum(gru_gates(stack(1, 2, 3), stack(0.1, 0.2, 0.3), stack(0.5)))", 0.5495604754683324},
    {"sum(x * p)", "sum(gru_cell(stack(1), stack(0.5), init=ones, recurrent_init=ones))", 0.5706417885951913},
    {TWO_TWO, "sum(rnn(out, units=1, init=ones, recurrent_init=ones) * stack(stack(1), stack(10)))", 10.750791856978296},
    {TWO_TWO, "sum(rnn(out, units=1, reverse=true, init=ones, recurrent_init=ones) * stack(stack(1), stack(10)))",
     10.914224060463276},
    {TWO_TWO, "sum(rnn(out, stack(0, 1), units=1, init=ones, recurrent_init=ones) * stack(stack(1), stack(10)))",
     9.950547536867305},
    {TWO_TWO, "sum(lstm(out, units=1, init=ones, recurrent_init=ones) * stack(stack(1), stack(10)))", 9.144650033311997},
    {TWO_TWO, "sum(lstm(out, stack(1, 0), units=1, init=ones, recurrent_init=ones) * stack(stack(1), stack(10)))",
     4.065669882292763},
    {TWO_TWO, "sum(gru(out, units=1, init=ones, recurrent_init=ones) * stack(stack(1), stack(10)))", 2.5617607783215535},
    {TWO_TWO, "sum(bidirectional(out, layer=rnn(units=1, init=ones, recurrent_init=ones)) * " WEIGHTS ")", 4299.930070405473},
    /* small differences */
    {"softplus(x * p - 17)", "mean(out)", 4.1399375e-8},
    {"log(1 + exp(x * p - 17))", "mean(out)", 4.1399375e-8},
    {"log(1 + (x * p + 1e-9))", "mean(out)", 1e-9},
    {"elu(x * p - 1e-9)", "mean(out)", -1e-9},
    /* remainders, of floats and of numbers of the file */
    {"(x * p + 1e8) % 3", "mean(out)", 1},
    {"(x * p + 2.1) // 0.7", "mean(out)", 2},
    {"x * p + 1e8 % 3", "mean(out)", 1},
    {"x * p + 5.5 // 0.5", "mean(out)", 11},
    /* functions */
    {"rsqrt(x * p + 0.25)", "mean(out)", 2},
    {"tan(x * p + 1)", "mean(out)", 1.5574077246549023},
    {"ceil(x * p + 1.25) - 10 * ceil(x * p - 1.25)", "mean(out)", 12},
    {"clip(x * p + 5, low=1, high=3) + clip(x * p - 5, low=1, high=3)", "mean(out)", 4},
    {"isfinite(1e30 * (x * p + 1e30)) + 10 * isfinite(x * p + 1e30) + 100 * isfinite((x * p) / 0)", "mean(out)", 10},
    {"erfinv(x * p + 0.5)", "mean(out)", 0.4769362762044698},
    {"erfinv(x * p - 0.9998779296875)", "mean(out)", -2.716655240567081},
    {"erfinv(x * p)", "mean(out)", 0},
    /* reductions */
    {"min(3 - " HOT ") + min(3 - " HOT ", axes=0)", "out", 4},
    {"x * p + to_float(argmin(-" HOT ") + 10 * argmin(" HOT "))", "mean(out)", 10},
    {"any(" HOT ") + 10 * any(0 * " HOT ") + 100 * all(" HOT ") + 1000 * all(1 + " HOT ")", "out", 1001},
    {"logsumexp(1000 * " HOT ")", "out", 1000},
    {"logsumexp(-1000 + x * p * " HOT ")", "out", -997.697414907006},
    {"logsumexp(reshape(x * p, shape=[2, 5]), axes=[0, 1])", "out", 2.302585092994046},
    {"norm(3e30 * " HOT ") / 1e30 + norm(x * p)", "mean(out)", 3},
    {"norm(3e-30 * " HOT ") * 1e30", "out", 3},
    {"cumsum(" HOT ") + 100 * cumsum(" HOT ", reverse=true)", "sum(out)", 110},
    {"cumprod(1 + " HOT ") + 100 * cumprod(1 + " HOT ", reverse=true)", "sum(out)", 1120},
    {"prod(1 + " HOT ") + prod(" HOT ")", "out", 2},
    {"slice(sort(" HOT "), start=9) + 10 * slice(sort(" HOT ", descending=true), stop=1)", "sum(out)", 11},
    {"top_k(" HOT ", k=3)", "sum(out)", 1},
    {"top_k(reshape(" HOT ", shape=[2, 5]), k=2)", "sum(out)", 1},
    {"slice(sort(reshape(" HOT ", shape=[2, 5])), axis=1, start=4)", "sum(out)", 1},
    {TWO_THREE, "sum(sort(out * stack(1, -1, 1), axis=0) * stack(10 ** arange(size=3), 1000 * 10 ** arange(size=3)))",
     1 - 50 + 300 + 4000 - 20000 + 600000},
    {TWO_THREE, "sum(sort(out, axis=-2, descending=true) * stack(10 ** arange(size=3), 1000 * 10 ** arange(size=3)))",
     4 + 50 + 600 + 1000 + 20000 + 300000},
    {TWO_THREE, "sum(top_k(out * stack(1, -1, 1), k=1, axis=0) * 10 ** arange(size=3))", 4 - 20 + 600},
    {TWO_THREE, "sum(swap_axes(out) * " THREE_TWO ")", 1 + 40 + 200 + 5000 + 6},
    /* lists, joined; lists of one are no numbers to add */
    {"stack([x * p + 1] + [x * p + 2])", "sum(out[:, 0] * stack(1, 10))", 21},
    {"stack([x * p + 1] + [x * p + i for i in range(2, 4)] + [x * p + 4])", "sum(out[:, 0] * stack(1, 10, 100, 1000))", 4321},
    {"stack(" TWO_THREE ", 2 * " TWO_THREE ")", "sum(swap_axes(out, a=0, b=-1)[2] * " WEIGHTS ")",
     3 + 20 * 6 + 300 * 6 + 4000 * 12},
    /* activations */
    {"identity(x * p + 3)", "mean(out)", 3},
    {"gelu(x * p + 1) + 10 * gelu(x * p - 1)", "mean(out)", 0.8413447460685429 - 1.5865525393145707},
    {"mish(x * p + 1)", "mean(out)", 0.8650983882673103},
    {"selu(x * p - 1) + selu(x * p + 1)", "mean(out)", 1.0507009873554805 - 1.1113307378125625},
    {"celu(x * p - 1, alpha=2.0)", "mean(out)", -0.7869386805747332},
    {"softsign(x * p - 3)", "mean(out)", -0.75},
    {"relu6(x * p + 7) + 10 * relu6(x * p + 5)", "mean(out)", 56},
    {"hard_sigmoid(x * p + 1.5) + hard_sigmoid(x * p - 4)", "mean(out)", 0.75},
    {"hard_swish(x * p + 1) + hard_swish(x * p + 4) + hard_swish(x * p - 4)", "mean(out)", 4 + 2 / 3.},
    {"prelu(x * p - 4)", "mean(out)", -1},
    {"glu(4 * " HOT ")", "sum(out)", 2},
    {"glu(4 * " HOT " - 2, activation=silu)", "sum(out)", -6 * -0.23840584404423517},
    /* losses and metrics */
    {"0.25 + x * p", "mse(out, one_hot(label, depth=10))", 0.1125},
    {"0.25 + x * p", "mae(out, one_hot(label, depth=10))", 0.3},
    {"softmax(x * p * " HOT ")", "cross_entropy(out, label, smoothing=0.5)", 2.302585092994046},
    {"softmax(-200 * " HOT ")", "cross_entropy(out, label, smoothing=0.5)", 110 + 2.1972245773362196},
    {"-200 * " HOT, "softmax_cross_entropy(out, label, smoothing=0.5)", 110 + 2.1972245773362196},
    {"softmax(x * p * " HOT ")", "cross_entropy(out, label, 3 * " HOT ")", 6.907755278982137},
    {"x * p * " HOT, "softmax_cross_entropy(out, label, 3 * " HOT ")", 6.907755278982137},
    {"x * p * " HOT, "softmax_cross_entropy(out, label, 3 * " HOT ", smoothing=0.5)", 3.799265403440176},
    {"softmax(x * p * " HOT ")", "cross_entropy(out, label, 3 * " HOT ", smoothing=0.5)", 3.799265403440176},
    {"log(" TWO_THREE ")", "sequence_cross_entropy(out, " TWO_LABELS ")", (0.6931471805599453 + 1.3217558399823195) / 2},
    {"log(" TWO_THREE ")", "sequence_cross_entropy(out, " TWO_LABELS ", stack(0, 5))", 1.3217558399823195},
    {"log(" TWO_THREE ")", "sequence_cross_entropy(out, " TWO_LABELS ", stack(0, 0))", 0},
    {TWO_THREE, "sequence_accuracy(out, " TWO_LABELS ")", 0.5},
    {TWO_THREE, "sequence_accuracy(out, " TWO_LABELS ", stack(1, 0))", 1},
    {TWO_THREE, "sequence_accuracy(out, " TWO_LABELS ", stack(0, 5))", 0},
    {TWO_THREE, "sequence_accuracy(out, " TWO_LABELS ", stack(0, 0))", 0},
    {"log(" TWO_THREE ")", "bits_per_byte(out, " TWO_LABELS ")", (1 + 1.9068905956085187) / 2},
    {"log(" TWO_THREE ")", "bits_per_byte(out, " TWO_LABELS ", stack(1, 0))", 1},
    {"-40 + x * p", "sigmoid_cross_entropy(out, one_hot(label, depth=10), positive_weight=3.0)", 12},
    {"0.5 + x * p", "huber(out, one_hot(label, depth=10), delta=0.25)", 0.09375},
    {"3 + x * p", "smooth_l1(out, one_hot(label, depth=10), beta=2.0)", 1.9},
    {"0.5 + x * p", "quantile(out, one_hot(label, depth=10), q=0.9)", 0.09},
    {"1 + x * p", "poisson(out, one_hot(label, depth=10))", 2.618281828459045},
    {"softmax(x * p * " HOT ")", "kl_divergence(one_hot(label, depth=10), out)", 2.302585092994046},
    {"softmax(x * p * " HOT ")", "focal(out, label)", 1.8650939253251773},
    {"-40 + x * p", "sigmoid_focal(out, one_hot(label, depth=10))", 1},
    {"-0.5 * " HOT, "hinge(out, label)", 1.35},
    {"0.25 + x * p", "binary_hinge(out, one_hot(label, depth=10))", 1.2},
    {"1 + x * p", "cosine_distance(out, one_hot(label, depth=10))", 0.683772233983162},
    {"0 * " HOT, "cosine_distance(out, one_hot(label, depth=10))", 1},
    {"3 * " HOT, "contrastive(out, one_hot(label, depth=10), label < 1)", 2},
    {"0.75 * " HOT, "contrastive(out, one_hot(label, depth=10), label > 0)", 0.28125},
    {"4 * " HOT, "triplet(out, one_hot(label, depth=10), one_hot(label + 1, depth=10), margin=2.0)", 0.8768943743823394},
    {"0.5 * " HOT, "dice(out, one_hot(label, depth=10))", 0.2},
    {HOT, "accuracy(out, label) + 10 * accuracy(1 - out, label)", 1},
    {"0.5 + 0.25 * " HOT, "sum(likely(out))", 1},
    {"1 - " HOT, "top_k_accuracy(out, label, k=10) + 10 * top_k_accuracy(out, label, k=9)", 1},
    {"0.75 * " HOT, "rmse(out, one_hot(label, depth=10))", 0.0790569415042095},
    {"0.9 - 0.2 * " HOT, "binary_accuracy(out, one_hot(label, depth=10))", 0.1},
    /* layers, and those that do nothing but in training */
    {TWO_THREE, "sum(layernorm(out, eps=0.3333333333333333) * stack(stack(1, 10, 100), stack(1000, 10000, 100000)))", 99099},
    {"dropout(x * p + 3, rate=0.5)", "mean(out)", 3},
    {"drop_path(x * p + 3, rate=0.5)", "mean(out)", 3},
    {TWO_THREE, "sum(local_response_norm(out, size=3, alpha=1.0, beta=1.0, bias=1.0) * " ONE_TO_MANY ")", LRN_3},
    {TWO_THREE, "sum(local_response_norm(out, size=2, alpha=1.0, beta=1.0, bias=1.0))",
     1 / 2. + 2 / 6. + 3 / 14. + 4 / 17. + 5 / 42. + 6 / 62.},
    {"reshape(stack(" TWO_THREE ", 10 * " TWO_THREE "), shape=[4, 3, 1])", "sum(center_crop(out, size=[2, 1]))", 5 + 20},
    {"reshape(stack(" TWO_THREE ", 10 * " TWO_THREE "), shape=[4, 3, 1])", "sum(center_crop(out, size=[3, 2]))",
     1 + 2 + 4 + 5 + 10 + 20},
    {"maxout(" TWO_THREE "[:, :2], units=2, pieces=3, init=counted)", "sum(out * " WEIGHTS ")",
     2 * 8 + 2 + 20 * (2 * 11 + 5) + 300 * (5 * 8 + 4 * 2) + 4000 * (5 * 11 + 4 * 5)},
    {"x * p + batch_mean(x + 3)", "mean(out)", 3},
    /* initial values: the largest is near the limit, and the mean of the squares near the variance */
    {"x * p + max(uniform(shape=[9999], low=2, high=3)) // 0.1 + 100 * (min(uniform(shape=[9999], low=2, high=3)) // 0.1)",
     "mean(out)", 2029},
    {"x * p + round(10 * mean(normal(shape=[99999], mean=3, deviation=2)))", "mean(out)", 30},
    {"x * p + round(10 * mean((normal(shape=[99999], mean=3, deviation=2) - 3) ** 2))", "mean(out)", 40},
    {"x * p + round(1000 * max(abs(glorot_uniform(shape=[3, 100, 100]))))", "mean(out)", 100}, /* sqrt(6 / 600) */
    {"x * p + round(6000 * mean(glorot_normal(shape=[3, 100, 100]) ** 2))", "mean(out)", 20},  /* 2 / 600 */
    {"x * p + round(1000 * max(abs(he_uniform(shape=[6, 100, 50]))))", "mean(out)", 100},
    {"x * p + round(6000 * mean(he_normal(shape=[6, 100, 50]) ** 2))", "mean(out)", 20},
    {"x * p + sum(orthogonal(shape=[2, 2, 5]) ** 2) + sum(orthogonal(shape=[7, 2], gain=2.0) ** 2)", "mean(out)", 12},
    {"x * p + max(abs(truncated_normal(shape=[9999], deviation=1))) // 0.1", "mean(out)", 19},
    {"x * p + max(abs(lecun_uniform(shape=[12, 999]))) // 0.05", "mean(out)", 9},
    {"x * p + mean(lecun_normal(shape=[10, 9999]) ** 2) * 100 // 1 + (mean(lecun_normal(shape=[10, 9999]) ** 2) < 0.11)",
     "mean(out)", 10},
    /* integers */
    {"x * p + to_float((label - 7) // 2 * 10 + (label - 7) % 2)", "mean(out)", -39},
    {"x * p + to_float(-maximum(label + 16777217, 3) * 2 + abs(label - 2))", "mean(out)", -33554432},
    {"x * p + to_float(to_int(x * p - 2.75) + to_int(2.75))", "mean(out)", 0},
    {"dense(x * p, units=to_int(10.9)) + 1", "mean(out)", 1},
    /* long sums */
    {"x * p + sum(broadcast(1 + sum(p), shape=[20000000]))", "mean(out)", 20000000},
    {"x * p + mean(broadcast(0.3 + sum(p), shape=[1000000]))", "mean(out)", 0.3},
    {"x * p + slice(softmax(broadcast(sum(p), shape=[1000000])), stop=1)", "mean(out)", 1e-6},
};

/* Each value, and that gradients are finite. */
START_TEST(right_values)
{
    const double right = values[_i].right;
    compiled c = must_compile(10, values[_i].out, values[_i].loss, "sgd(lr=0.1)");
    const double loss = run(c, LNG_EVALUATE, "loss")[0];
    ck_assert_msg(fabs(loss - right) <= TOLERANCE * fabs(right), "%s, %s: %.9g, not %.9g", values[_i].out, values[_i].loss, loss,
                  right);
    const float *slope = run(c, LNG_DIFFERENTIATE, "gradient.p");
    for (int i = 0; i < 10; i++)
        ck_assert_msg(slope[i] - slope[i] == 0, "%s, %s: a slope is %g", values[_i].out, values[_i].loss, (double)slope[i]);
    release(c);
}
END_TEST

/* drop_path drops whole examples: in each, all elements have the slope 0 or 2. */
START_TEST(whole_examples)
{
    int seen[2] = {0};
    for (uint32_t step = 0; step < 20; step++) {
        compiled c = must_compile(10, "drop_path(x + p, rate=0.5)", "sum(out)", "sgd(lr=0.1)");
        lng_program_set_clock(c.program, step, 0, 100);
        const float *slope = run(c, LNG_DIFFERENTIATE, "gradient.p"); /* a mean of two examples */
        for (int i = 1; i < 10; i++)
            ck_assert_double_eq((double)slope[i], (double)slope[0]);
        ck_assert(slope[0] == 0 || slope[0] == 1 || slope[0] == 2);
        seen[0] += slope[0] == 0;
        seen[1] += slope[0] == 2;
        release(c);
    }
    ck_assert(seen[0] > 0 && seen[1] > 0);
}
END_TEST

/* 0.9 % 0.1 and the like stay below the divisor. */
START_TEST(remainders)
{
    compiled c = must_compile(100, "0 * x + p % q", "mean(out)", "sgd(lr=0.1)");
    float *p = lng_program_variable(c.program, "p", NULL), *q = lng_program_variable(c.program, "q", NULL);
    for (int tenth = 1; tenth <= 61; tenth++) {
        for (int i = 0; i < 100; i++) {
            p[i] = (float)(i - 50) * 0.1f;
            q[i] = (float)tenth * 0.1f;
        }
        const float *out = run(c, LNG_EVALUATE, "out");
        for (int i = 0; i < 100; i++)
            ck_assert_msg(out[i] >= 0 && out[i] < q[i], "%.9g %% %.9g is %.9g", (double)p[i], (double)q[i], (double)out[i]);
    }
    release(c);
}
END_TEST

/* ---- slopes at joints ---- */
static const float joints[] = {-1, -0.5f, 0, 0.5f, 1, 2};
enum { JOINTS = sizeof joints / sizeof *joints, PAIRS = JOINTS * JOINTS };

/* One side's slope of f at all pairs, by differences of p (or q). */
static void one_side(compiled c, const char *moved, float step, const double *f, double *slope)
{
    float *at = lng_program_variable(c.program, moved, NULL);
    for (int i = 0; i < PAIRS; i++)
        at[i] += step;
    const float *out = run(c, LNG_EVALUATE, "out");
    for (int i = 0; i < PAIRS; i++) {
        slope[i] = (out[i] - f[i]) / (double)step;
        at[i] -= step;
    }
}

/* Whether a step of the first number moves other results than its own. */
static bool moves_others(compiled c, const char *moved, float step, const double *f)
{
    float *at = lng_program_variable(c.program, moved, NULL);
    bool others = false;
    at[0] += step;
    const float *out = run(c, LNG_EVALUATE, "out");
    for (int i = 1; i < PAIRS; i++)
        others |= out[i] == out[i] && out[i] != f[i];
    at[0] -= step;
    return others;
}

/* Where both sides have one slope, that is the gradient; where they differ, it lies between. Places without a value or with a jump are left out. */
static int check_slopes(const char *expression)
{
    const double step = 0x1p-10;
    double f[PAIRS], left[PAIRS], right[PAIRS];
    int checked = 0;
    compiled c = compile(PAIRS, lng_format(arena, "%s + 0 * x", expression), "sum(out)", "sgd(lr=0.1)");
    for (int k = 0; c.program && k < 2; k++) {
        const char *moved = k ? "q" : "p";
        for (int i = 0; i < PAIRS; i++) {
            lng_program_variable(c.program, "p", NULL)[i] = joints[i / JOINTS];
            lng_program_variable(c.program, "q", NULL)[i] = joints[i % JOINTS];
        }
        size_t n;
        const float *out = run(c, LNG_EVALUATE, "out");
        if (!lng_program_output(c.program, "out", &n) || n != ROWS * PAIRS)
            break; /* not element by element */
        for (int i = 0; i < PAIRS; i++)
            f[i] = out[i];
        const double loss = lng_program_mean(c.program, "loss");
        run(c, LNG_DIFFERENTIATE, NULL);
        if (loss == loss && lng_program_mean(c.program, "loss") != loss)
            break; /* another function while training */
        if (moves_others(c, moved, (float)step, f))
            break; /* a sum, an order */
        one_side(c, moved, (float)step, f, right);
        one_side(c, moved, (float)-step, f, left);
        const float *slope = run(c, LNG_DIFFERENTIATE, lng_format(arena, "gradient.%s", moved));
        for (int i = 0; i < PAIRS; i++) {
            const double least = fmin(left[i], right[i]) - 0.02, most = fmax(left[i], right[i]) + 0.02;
            if (!(fabs(left[i]) < 20 && fabs(right[i]) < 20))
                continue;
            ck_assert_msg(slope[i] > least && slope[i] < most,
                          "the slope of %s in %s at p = %g, q = %g is %g; %g on the left, %g on the right", expression, moved,
                          (double)joints[i / JOINTS], (double)joints[i % JOINTS], (double)slope[i], left[i], right[i]);
            checked++;
        }
    }
    release(c);
    lng_errors_clear(errors);
    return checked;
}

START_TEST(slopes_of_ops)
{
    const lng_op *op = lng_ops[_i];
    if (!lng_op_number(op) || !op->vjp || op == &lng_op_stop_gradient)
        return;
    static const char *const operands[] = {"p", "p, q", "q, p, 2 * p"};
    ck_assert_int_gt(check_slopes(lng_format(arena, "op.%s(%s)", op->name, operands[op->n_in - 1])), 2 * JOINTS);
}
END_TEST

/* Every standard block that takes one or two values of any shape: activations, losses and others. */
START_TEST(slopes_of_blocks)
{
    lng_library *library = lng_library_new(arena, errors);
    int blocks = 0;
    for (size_t i = 0; i < lng_map_count(library->standard); i++) {
        const char *name = lng_map_key(library->standard, i);
        if (check_slopes(lng_format(arena, "std.%s(p)", name)) + check_slopes(lng_format(arena, "std.%s(p, q)", name)) > 0)
            blocks++;
    }
    ck_assert_int_ge(blocks, 8);
    static const char *const expressions[] = {"p ** 0",
                                              "p ** 1",
                                              "p ** 2",
                                              "p ** 3",
                                              "p ** q",
                                              "leaky_relu(p, slope=0.5)",
                                              "elu(p, alpha=2.0)",
                                              "minimum(maximum(p, q), 1)",
                                              "p if p < 0 else p * p"};
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
        ck_assert_int_gt(check_slopes(expressions[i]), PAIRS);
}
END_TEST

/* A shared block with state: each call goes on from the state that the call before left, in the order of the calls, and sees the
 * old values of all its states. The running statistics of a normalization that two branches share are those of one call after the other. */
START_TEST(state_of_shared_blocks)
{
    static const char text[] =
        "lngraph: 1\nname: shared\ndata: {source: {format: memory, classes: 10, fields: {x: [1], label: class}}}\nin: x[1], label\n"
        "blocks:\n"
        "  counter:\n    in: x\n    state: {n: 'zeros([])', m: 'zeros([])'}\n    update: {n: n + 1, m: 2 * m + n}\n    out: x + 0 * (n + m)\n"
        "shared: {count: counter, norm: batchnorm}\n"
        "graph:\n  - x + count(count(x)) + norm(x + 1) + norm(2 * x - 3)\n  - dense: {units: 1}\n"
        "train: {loss: 'mean(out)', optimizer: sgd(lr=0.1)}\n";
    static const float x[ROWS] = {1, 3};
    static const int32_t label[ROWS] = {0};
    static const double n[] = {2, 4, 6}, m[] = {1, 11, 57};
    compiled c = {lng_model_load_text("shared.yaml", text, NULL, errors), NULL};
    must(c.model != NULL);
    c.program = lng_model_compile(c.model, LNG_STEP | LNG_EVALUATE, ROWS, 1, errors);
    must(c.program && lng_program_bind_f32(c.program, "x", x, ROWS, 1, LNG_BORROW, errors) &&
         lng_program_bind_i32(c.program, "label", label, ROWS, 1, LNG_BORROW, errors));
    double mean = 0, variance = 1;
    for (int t = 0; t < 3; t++) {
        run(c, LNG_STEP, NULL);
        mean = 0.9 * (0.9 * mean + 0.1 * 3) + 0.1 * 1;
        variance = 0.9 * (0.9 * variance + 0.1 * 2) + 0.1 * 8;
        ck_assert(lng_program_variable(c.program, "count.n", NULL)[0] == n[t]);
        ck_assert(lng_program_variable(c.program, "count.m", NULL)[0] == m[t]);
        ck_assert(fabs(lng_program_variable(c.program, "norm.mean", NULL)[0] - mean) < 1e-6);
        ck_assert(fabs(lng_program_variable(c.program, "norm.variance", NULL)[0] - variance) < 1e-6);
    }
    release(c);
}
END_TEST

/* ---- steps ---- */
/* Ten steps along the gradient 1 from 0, against double. */
START_TEST(first_steps)
{
    static const char *const names[] = {"adam(lr=0.1)", "adamw(lr=0.1, decay=0.5)", "adamw(lr=0.1, decay=0.5, decay_vectors=true)"};
    compiled c = must_compile(1, "x + p + q", "mean(out)", names[_i]);
    double m = 0, v = 0, p = 0;
    for (int t = 1; t <= 10; t++) {
        run(c, LNG_STEP, NULL);
        m = 0.9 * m + 0.1;
        v = 0.999 * v + 0.001;
        p = p * (_i == 2 ? 1 - 0.1 * 0.5 : 1) - 0.1 * (m / (1 - pow(0.9, t))) / (sqrt(v / (1 - pow(0.999, t))) + 1e-8);
        const double got = lng_program_variable(c.program, "p", NULL)[0];
        ck_assert_msg(fabs(got - p) <= 6.7e-7 * fabs(p), "%s: after step %d %.9g, not %.9g", names[_i], t, got, p);
    }
    release(c);
}
END_TEST

/* Where ten steps along the gradient 1 lead from 0, by the formulas of the papers. */
START_TEST(ten_steps)
{
    static const struct {
        const char *optimizer;
        double right;
    } rows[] = {
        {"sgd(lr=0.1)", -1},
        {"momentum(lr=0.1)", -4.1381059609}, /* 10 - 9 (1 - 0.9^10) */
        {"momentum(lr=0.1, nesterov=true)", -4.72429536481},
        {"momentum(lr=0.1, decay=0.5)", -4.1381059609},
        {"momentum(lr=0.1, decay=0.5, decay_vectors=true)", -2.621845821},
        {"momentum(lr=0.1, nesterov=true, decay=0.5, decay_vectors=true)", -2.523984907},
        {"rmsprop(lr=0.1)", -5.064867103},
        {"adagrad(lr=0.1)", -0.5020997899},
        {"adadelta", -0.03375125382},
        {"nadam(lr=0.1)", -0.8078788218},
        {"lion(lr=0.1)", -1},
        {"lion(lr=0.1, decay=0.5)", -1},
        {"lamb(lr=0.1, decay=0)", -0.2357945333},
        {"lion(lr=0.1, decay=0.5, decay_vectors=true)", -0.8025261215},
        {"lamb(lr=0.1, decay=0.5, decay_vectors=true)", -0.2357945333},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        compiled c = must_compile(1, "x + p + q", "mean(out)", rows[i].optimizer);
        for (int t = 0; t < 10; t++)
            run(c, LNG_STEP, NULL);
        const double got = lng_program_variable(c.program, "p", NULL)[0];
        ck_assert_msg(fabs(got - rows[i].right) <= 2e-6 * fabs(rows[i].right), "%s: %.9g, not %.9g", rows[i].optimizer, got,
                      rows[i].right);
        release(c);
    }
}
END_TEST

/* The rate of each schedule, as a step from 0 along a gradient of -1. */
static double rate(const char *schedule, uint32_t step, int epoch, uint32_t total)
{
    compiled c = must_compile(1, "x + p + q", "-mean(out)", lng_format(arena, "sgd(lr=%s)", schedule));
    lng_program_set_clock(c.program, step, epoch, total);
    run(c, LNG_STEP, NULL);
    const double y = lng_program_variable(c.program, "p", NULL)[0];
    release(c);
    return y;
}

START_TEST(rates)
{
    static const struct {
        const char *schedule;
        uint32_t step;
        int epoch;
        uint32_t total;
        double rate;
    } rows[] = {
        {"cosine(peak=1.0)", 0, 0, 1, 1}, /* a run of one step trains */
        {"cosine(peak=1.0)", 0, 0, 100, 0.2},
        {"cosine(peak=1.0)", 3, 0, 100, 0.8},
        {"cosine(peak=1.0)", 4, 0, 100, 1},
        {"cosine(peak=1.0, warmup=0)", 0, 0, 100, 1},
        {"cosine(peak=1.0, warmup=0)", 999999, 0, 1000000, 2.4674011e-12},
        {"linear(start=1.0)", 999999, 0, 1000000, 1e-6},
        {"exponential(start=1.0, factor=0.9)", 0, 30, 0, 0.0423911583},
        {"step_decay(start=1.0, every=3)", 0, 8, 0, 0.01},
        {"warmup(peak=1.0, steps=10)", 0, 0, 0, 0.1},
        {"cosine_restarts(peak=1.0, cycles=4)", 20, 0, 100, 0.09549150281},
        {"cosine_restarts(peak=1.0, cycles=4)", 25, 0, 100, 1},
        {"cosine_restarts(peak=1.0, cycles=4, end=0.5)", 20, 0, 100, 0.547745751405},
        {"one_cycle(peak=1.0)", 0, 0, 100, 0.04262949022},
        {"one_cycle(peak=1.0)", 14, 0, 100, 0.52},
        {"one_cycle(peak=1.0)", 29, 0, 100, 1},
        {"one_cycle(peak=1.0)", 99, 0, 100, 0.0005074647155},
        {"polynomial(start=1.0, end=0.1, power=2)", 75, 0, 100, 0.15625},
        {"piecewise(start=1.0, at=[3, 5, 7], factor=0.5)", 0, 2, 0, 1},
        {"piecewise(start=1.0, at=[3, 5, 7], factor=0.5)", 0, 5, 0, 0.25},
        {"piecewise(start=1.0, at=3)", 0, 3, 0, 0.1},
        {"piecewise(start=1.0, at=[1, 2, 3, 4, 5, 6, 7, 8], factor=0.5)", 0, 8, 0, 0.00390625},
        {"inverse_square_root(peak=1.0, steps=100)", 0, 0, 0, 0.01},
        {"inverse_square_root(peak=1.0, steps=100)", 399, 0, 0, 0.5},
        {"1 - 0.999 ** (step + 1)", 0, 0, 0, 0.001},
        {"1 - 0.999 ** (step + 1)", 9999999, 0, 0, 1},
        {"select(progress < 0.5, 1, log1p(epoch))", 6, 3, 10, 1.3862943611198906},
        {"(total_steps - step) % 3", 2, 0, 10, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double y = rate(rows[i].schedule, rows[i].step, rows[i].epoch, rows[i].total);
        ck_assert_msg(fabs(y - rows[i].rate) <= 1e-7 * rows[i].rate, "%s: step %u of %u, epoch %d: %.9g, not %.9g",
                      rows[i].schedule, rows[i].step, rows[i].total, rows[i].epoch, y, rows[i].rate);
    }
}
END_TEST

int main(void)
{
    const suite_test tests[] = {
        LOOP(right_values, LENGTH(values)),
        TEST(whole_examples),
        TEST(remainders),
        LOOP(slopes_of_ops, (int)lng_op_count),
        TEST(slopes_of_blocks),
        TEST(state_of_shared_blocks),
        LOOP(first_steps, 3),
        TEST(ten_steps),
        TEST(rates),
        {0},
    };
    return suite_run("numbers", tests, NULL, NULL);
}
