#!/bin/sh
# lngraph export: the C program compiles without a warning, as C and as C++, beside another one, and computes what `lngraph predict` prints; what cannot be
# exported is named, and nothing is written.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
. "$top_srcdir/tests/shell/churn"
cc=${CC-cc}
strict='-Wall -Wextra -Wpedantic -Wconversion -Werror'
bars 120 40

# ---- an image to classes ----
expect 0 run -q -t 1 bars.yaml -o bars
expect 0 export -t 1 bars
has out '^RAM  *[0-9,]* bytes of context'
has out '^flash  *[0-9,]* bytes of weights'
has out '^multiply-adds  *[0-9,]*$'
has out '^wrote bars.h and bars.c$'
claim 'it compiles as C99' $cc -std=c99 -O2 $strict -DBARS_TEST bars.c -o test
claim 'its examples have the bits' ./test
claim 'it compiles with the extensions of GNU, which fuse' $cc -O3 $strict -DBARS_TEST bars.c -o test
claim 'its examples have the bits' ./test
awk '/_expected\[/ { getline line; print; sub(/0x[0-9a-f]+u/, "0x00000001u", line); print line; next } { print }' bars.c >broken.c
claim 'a test with another number compiles' $cc -w -DBARS_TEST broken.c -o test
claim 'the self-test can fail' [ "$(./test >/dev/null; echo $?)" != 0 ]
claim 'it does without fused multiply-adds' $cc -O2 $strict -DBARS_TEST -DBARS_FAST bars.c -o test
./test >off
claim 'and is as far off as the program says' [ "$(sed 's/.*difference is //' off)" = "$(sed -n 's/.*of its examples is then \([^ ]*\)\. .*/\1/p' bars.c)" ]
expect 0 export -t 1 --fast -o fast.c --name=bars bars
has out '^fast  *the outputs of 40 examples differ by at most [0-9.e-]*; 0 classes change$'
has fast.c "Of 40 examples that were measured, it is $(sed -n 's/.*differ by at most \([^;]*\);.*/\1/p' out)\\. "
claim 'it is the same when that is chosen at once' [ "$($cc -O2 -DBARS_TEST fast.c -o test && ./test)" = "$(cat off)" ]
claim 'there is no state outside of the test' [ "$(sed '/ifdef BARS_TEST/,$d' bars.c | grep -E '^static ' | grep -vE '\(|static const ' | wc -l)" = 0 ]
claim 'it includes nothing else' [ "$(sed '/ifdef BARS_TEST/,$d' bars.h bars.c | grep '#include' | sort -u | tr -d '\n')" = '#include "bars.h"#include <stdint.h>#include <string.h>' ]

# ---- the fused multiply-add that is computed: sums that lie a little above or below the middle of two floats, and where numbers begin to count ----
cat >fused.c <<'C'
#include "bars.c"
#include <math.h>
#include <stdio.h>
static int wrong(float a, float b, float c)
{
    const float mine = bars_fma(a, b, c), theirs = fmaf(a, b, c);
    const int tiny = fabsf(theirs) < 1.17549435e-38f;
    return tiny ? fabsf(mine) >= 1.17549435e-38f : memcmp(&mine, &theirs, sizeof mine) != 0;
}
int main(void)
{
    const float begin[] = {1.0f, 4.0f, 16777216.0f, 1.17549435e-38f};
    uint32_t state = 1u;
    int bad = 0, middles = 0;
    for (int i = -2000; i <= 2000; i++)
        for (int k = 0; k < 8; k++) { /* products a little below and above a power of two */
            const float c = begin[k / 2] * (1.0f + (float)(i & 1) * 0x1p-23f), half = sqrtf(begin[k / 2]) * 0x1p-12f;
            const float a = half * (k % 2 ? 1.0f + 0x1p-12f : 1.0f + (float)i * 0x1p-23f);
            const float b = half * (k % 2 ? 1.0f - 0x1p-12f + 0x1p-24f : 1.0f - (float)i * 0x1p-23f);
            middles += fmaf(a, b, c) != (float)((double)a * (double)b + (double)c);
            bad += wrong(a, b, c) + wrong(-a, b, c) + wrong(a, b, -c) + wrong(-a, b, -c);
        }
    for (int i = 0; i < 1000000; i++) {
        float x[3];
        for (int k = 0; k < 3; k++) {
            uint32_t bits = (state = state * 1664525u + 1013904223u) & 0x80ffffffu;
            bits += ((state = state * 1664525u + 1013904223u) >> 27) * 0x800000u + 0x38000000u;
            memcpy(&x[k], &bits, sizeof bits);
        }
        bad += wrong(x[0], x[1], x[2]) + wrong(x[0], x[1], -x[0] * x[1]);
    }
    printf("%d are wrong; %d need care\n", bad, middles);
    return bad != 0 || middles < 1000;
}
C
claim 'it compiles' $cc -std=c99 -O2 -ffp-contract=off fused.c -o fused -lm
claim 'it rounds once' ./fused

# ---- the same numbers as predict ----
cat >use.c <<'C'
#include "bars.h"
#include <stdio.h>
int main(int n, char **argument)
{
    static bars_context context;
    static float image[64], probability[3];
    FILE *f = n > 1 ? fopen(argument[1], "rb") : NULL;
    if (!f || fseek(f, 16, SEEK_SET) != 0)
        return 1;
    for (int e = 0; e < 40; e++) {
        for (int i = 0; i < 64; i++)
            image[i] = (float)fgetc(f);
        bars_predict(&context, image, probability);
        printf("%.17g %.17g %.17g\n", (double)probability[0], (double)probability[1], (double)probability[2]);
    }
    return fclose(f);
}
C
claim 'a program that calls it compiles' $cc -O2 $strict use.c bars.c -o use
./use data/test-images >mine
claim 'without fused multiply-adds, it compiles' $cc -O2 $strict -DBARS_FAST use.c bars.c -o use-fast
./use-fast data/test-images | paste -d' ' mine - | awk '{ for (i = 1; i <= 3; i++) { d = $i - $(i + 3); d = d < 0 ? -d : d; m = d > m ? d : m } } END { printf "%g", m }' >most
claim 'and is as far off as was measured' grep -q "measured, it is $(cat most)\. " fast.c
expect 0 predict -t 1 --json --as-is bars data/test-images
sed 's/.*"probabilities":\[//; s/\].*//; s/,/ /g' out | awk '{ printf "%.17g %.17g %.17g\n", $1, $2, $3 }' >theirs
claim 'they agree in all digits' cmp -s mine theirs
claim 'there are 40' [ "$(wc -l <mine)" = 40 ]

# ---- weights in a file, which another training of the model may replace; a learned number does not become part of the program ----
expect 0 run -q -t 1 -s 'graph=["image / 255", {conv2d: {filters: 1, kernel: 3}}, {prelu: {}}, flatten, {dense: {units: 3, activation: softmax}}]' bars.yaml -o first
expect 0 run -q -t 1 -s 'graph=["image / 255", {conv2d: {filters: 1, kernel: 3}}, {prelu: {}}, flatten, {dense: {units: 3, activation: softmax}}]' -s train.seed=8 bars.yaml -o second
expect 0 export -t 1 --name=apart -o apart.c --weights=bin first
has out '^flash  *[0-9,]* bytes of weights in a file, '
has out '^wrote apart.h, apart.c and apart.bin$'
claim 'the file has the size that is stated' [ "$(wc -c <apart.bin)" = "$(sed -n 's/^#define APART_WEIGHTS_BYTES \([0-9]*\)u$/\1/p' apart.h)" ]
claim 'no weights are in the program' [ "$(grep -c 'static const float' apart.c)" = 0 ]
claim 'it compiles' $cc -std=c99 -O2 $strict -DAPART_TEST apart.c -o test
claim 'its examples have the bits' ./test apart.bin
expect 0 export -t 1 --name=apart -o next.c --weights=bin second
claim 'the program is the same but for its test' [ "$(sed '1,/include <string/d; /ifdef APART_TEST/,$d' next.c | cksum)" = "$(sed '1,/include <string/d; /ifdef APART_TEST/,$d' apart.c | cksum)" ]
claim 'the weights are not' [ "$(cksum <next.bin)" != "$(cksum <apart.bin)" ]
{ sed '/ifdef APART_TEST/,$d' apart.c; sed -n '/ifdef APART_TEST/,$p' next.c; } >mixed.c
claim 'the first program with the second test compiles' $cc -std=c99 -O2 $strict -DAPART_TEST mixed.c -o mixed
claim 'it computes the second model with its file' ./mixed next.bin
claim 'and another with the first file' [ "$(./mixed apart.bin >/dev/null; echo $?)" = 4 ]
size=$(wc -c <apart.bin)
{ head -c $((size - 5)) apart.bin; printf x; tail -c 4 apart.bin; } >damaged.bin
claim 'a damaged file is refused' [ "$(./test damaged.bin >/dev/null; echo $?)" = 100 ]
head -c $((size - 4)) apart.bin >short.bin
claim 'so is a short one' [ "$(./test short.bin >/dev/null; echo $?)" = 100 ]
expect 0 export -t 1 --name=bars -o other.c --weights=bin bars
claim 'and that of another model' [ "$(./test other.bin >/dev/null; echo $?)" = 100 ]
claim 'and none' [ "$(./test >/dev/null; echo $?)" = 100 ]

# ---- weights in 8 bits: all kinds of products, and the same figures as the engine's ----
expect 0 run -q -t 1 -s 'graph=["image / 255", {conv2d: {filters: 4, kernel: 3, padding: same, activation: relu}}, {maxpool2d: {size: 2}}, {conv2d: {filters: 8, kernel: 3, groups: 2}}, {depthwise_conv2d: {kernel: 2}}, {conv2d_transpose: {filters: 3, kernel: 2}}, flatten, {dense: {units: 121, activation: tanh}}, {dense: {units: 3, activation: softmax}}]' bars.yaml -o many
expect 0 export -t 1 --name=many -o many.c many
whole=$(sed -n 's/^flash  *\([0-9,]*\) bytes.*/\1/p' out | tr -d ,)
expect 0 export -t 1 --name=small -o small.c --weights=int8 many
cp out figures
has figures '^test, 40 examples  *32 bits  *8 bits$'
small=$(sed -n 's/^flash  *\([0-9,]*\) bytes.*/\1/p' figures | tr -d ,)
claim "$small bytes are less than half of $whole, though the layers are tiny" [ $((small * 2)) -lt "$whole" ]
claim 'the weights are in 8 bits' [ "$(grep -c '^static const int8_t' small.c)" = 6 ]
claim 'it compiles' $cc -std=c99 -O2 $strict -DSMALL_TEST small.c -o test
claim 'its examples have the bits of the engine' ./test
claim 'in vectors, too' $cc -O3 -march=native $strict -DSMALL_TEST small.c -o test
claim 'its examples have the bits of the engine' ./test
expect 0 export -t 1 --name=small -o apart8.c --weights=int8-bin many
claim 'with a file, it compiles' $cc -std=c99 -O2 $strict -DSMALL_TEST apart8.c -o test
claim 'its examples have the bits of the engine' ./test apart8.bin
figure() { awk -v row="$1" -v column="$2" '$1 == row { print $column }' "$3"; }
for bits in 32 8; do
    column=$((bits == 32 ? 2 : 3))
    expect 0 eval -t 1 $([ $bits = 32 ] || echo --quantized) many
    for row in loss accuracy; do
        claim "the engine has the same $row with $bits bits" [ "$(figure $row 4 out)" = "$(figure $row $column figures)" ]
    done
done
expect 0 export -t 1 --name=small -o integers.c --weights=int8 --activations=int8 many
cp out whole
expect 0 eval -t 1 --quantized --activations=int8 many
for row in loss accuracy; do
    claim "the engine has the same $row with whole numbers" [ "$(figure $row 4 out)" = "$(figure $row 3 whole)" ]
done
claim 'whole numbers make a difference' [ "$(figure loss 3 figures)" != "$(figure loss 3 whole)" ]
for options in -std=c99 -O2 '-O3 -march=native'; do
    claim "integers or vectors, with $options it compiles" $cc $options $strict -DSMALL_TEST integers.c -o test
    claim 'its examples have the bits of the engine' ./test
done
expect 0 export -t 1 --name=small -o integers8.c --weights=int8-bin --activations=int8 many
claim 'no number that was learned or measured is in the program' [ "$(sed '/ifdef SMALL_TEST/,$d' integers8.c | grep -c 'static const \(float\|int8_t\)')" = 0 ]
claim 'with a file, it compiles' $cc -std=c99 -O2 $strict -DSMALL_TEST integers8.c -o test
claim 'its examples have the bits of the engine' ./test integers8.bin
claim '8 bits make a difference' [ "$(figure loss 2 figures)" != "$(figure loss 3 figures)" ]

# ---- a program that trains ----
expect 0 export -t 1 --training --batch=20 --name=pupil -o pupil.c bars
has out '^RAM  *[0-9,]* bytes of context'
has out '^training  *[0-9,]* for each example of a step, of up to 20$'
has out '^wrote pupil.h and pupil.c$'
claim 'it compiles as C99' $cc -std=c99 -O2 $strict -DPUPIL_TEST pupil.c -o test
claim 'its steps have the bits' ./test
claim 'without fused multiply-adds they differ' [ "$($cc -O2 -DPUPIL_TEST -DPUPIL_FAST pupil.c -o test && ./test)" != 'pupil: 0 of 4 results differ' ]
claim 'it has no state' [ "$(sed '/ifdef PUPIL_TEST/,$d' pupil.c | grep -E '^static ' | grep -vE '\(|static const ' | wc -l)" = 0 ]
cat >saves.c <<'C'
#include "pupil.h"
#include <string.h>
typedef char size[sizeof(pupil_context) == PUPIL_CONTEXT_BYTES ? 1 : -1];
static pupil_context a, b;
static unsigned char saved[PUPIL_SAVED_BYTES];
static float image[21 * 64];
int main(void)
{
    const int32_t label[21] = {0, 1, 2};
    memset(&b, 255, sizeof b);
    for (int i = 0; i < 20 * 64; i++)
        image[i] = (float)(i * 37 % 256);
    pupil_begin(&a, 0);
    if (pupil_train(&a, 0, image, label) || pupil_train(&a, 21, image, label) || a.step != 0)
        return 1; /* counts that are none */
    if (!pupil_train(&a, 3, image, label) || a.step != 1)
        return 2;
    pupil_save(&a, saved);
    if (!pupil_restore(&b, saved) || b.step != 1 || memcmp(a.f, b.f, sizeof(float) * PUPIL_STATE) != 0)
        return 3;
    if (!pupil_train(&a, 20, image, label) || !pupil_train(&b, 20, image, label) || memcmp(&a.loss, &b.loss, 4) != 0 ||
        memcmp(a.f, b.f, sizeof(float) * PUPIL_STATE) != 0)
        return 4; /* what is saved is all that lasts */
    for (int i = 0; i < PUPIL_SAVED_BYTES; i += 97) { /* damaged, or with two signs or bytes that could make up for each other */
        static unsigned char bad[PUPIL_SAVED_BYTES];
        const int next = (i / 4 + 5) * 4 % (PUPIL_SAVED_BYTES - 4) + 3, here = i / 4 * 4 + 3;
        memcpy(bad, saved, sizeof bad);
        bad[i] ^= 1;
        if (pupil_restore(&b, bad))
            return 5;
        bad[i] ^= 1;
        bad[here] ^= 128;
        bad[next] ^= 128;
        if (pupil_restore(&b, bad))
            return 7;
        memcpy(bad, saved, sizeof bad);
        bad[i] = saved[(i + 1) % PUPIL_SAVED_BYTES];
        bad[(i + 1) % PUPIL_SAVED_BYTES] = saved[i];
        if (memcmp(bad, saved, sizeof bad) != 0 && pupil_restore(&b, bad))
            return 8;
    }
    image[70] = 1e38f * 1e38f * 0;
    if (pupil_train(&a, 3, image, label) || memcmp(a.f, b.f, sizeof(float) * PUPIL_STATE) != 0 || a.step != 2)
        return 6; /* a step that is not finite changes nothing */
    return 0;
}
C
claim 'a program that saves and restores compiles' $cc -std=c99 -O2 -w saves.c pupil.c -o saves
claim 'it goes on with the same bits' ./saves
expect 2 export -t 1 --training --weights=int8 bars
has err 'weights=int8 is not for --training: a step changes weights by less than 8 bits can tell apart'
expect 2 export -t 1 --training --weights=bin bars
has err 'weights=bin is not for --training: its weights are in the context'
expect 2 export -t 1 --batch=3 bars
has err 'batch is for --training'
expect 2 export -t 1 --to=onnx --training bars
has err 'training is for --to=c, not for --to=onnx'

# ---- loops ----
expect 0 run -q -t 1 -s 'graph=["image[:, :, 0] / 255", {bidirectional: {layer: lstm(units=5)}}, {gru: {units: 4}}, flatten, {dense: {units: 3, activation: softmax}}]' bars.yaml -o rows
expect 0 export -t 1 --name rows -o rows.c rows
has out '^multiply-adds  *5,600$'
claim 'loops compile' $cc -std=c99 -O2 $strict -DROWS_TEST rows.c -o test
claim 'they have the bits' ./test
claim 'there is one for each layer and direction' [ "$(grep -c 'for (int32_t turn' rows.c)" = 3 ]

# ---- a table with names, scales and words ----
churn churn.csv
cat >churn.yaml <<'YAML'
lngraph: 1
name: churn
data:
  dir: .
  source:
    format: csv
    train: {file: churn.csv}
    fields:
      numbers: {columns: [age, income, visits], missing: mean, scale: standard}
      plan: {column: plan, category: true, names: [basic, plus, pro]}
      label: {column: churned, class: true, names: ['no', 'yes']}
  test: {last: 0.2}
in: numbers[3], plan, label
graph:
  - concat(numbers, one_hot(plan, depth=3))
  - dense: {units: 8, activation: tanh}
  - layernorm
  - dense: {units: 2, activation: softmax}
train: {loss: 'cross_entropy(out, label)', optimizer: adam(lr=0.01), batch: 32, epochs: 2}
YAML
expect 0 run -q -t 1 churn.yaml -o churn
mkdir firmware
expect 0 export churn -o firmware/leaves.c --name=leaves
claim 'it compiles' $cc -std=c99 $strict -DLEAVES_TEST firmware/leaves.c -o test
claim 'its examples have the bits' ./test
has firmware/leaves.h 'void leaves_prepare_numbers(const float column\[3\], float numbers\[3\]);'
has firmware/leaves.h 'int32_t leaves_code_plan(const char \*word);'
has firmware/leaves.h 'extern const char \*const leaves_name\[2\];'
has firmware/leaves.c '"no", "yes"'

# windows of rows, all of which are prepared alike
awk 'BEGIN { print "load,heat"; for (i = 0; i < 120; i++) printf "%d,%d\n", i * 7 % 30, i * 5 % 17 }' >series.csv
cat >series.yaml <<'YAML'
lngraph: 1
name: series
data:
  source:
    format: csv
    fields: {past: {columns: [load, heat], missing: mean, scale: standard}, next: {column: load, scale: standard}}
    train: {file: series.csv}
    window: {length: 3, ahead: 1, targets: [next]}
  dir: .
  test: {last: 0.2}
in: past[3, 2], next[1]
graph: [flatten(past), dense: {units: 1}]
train: {loss: 'mse(out, next)', optimizer: adam(lr=0.1), steps: 20, batch: 16}
YAML
expect 0 run -q -t 1 series.yaml -o series
expect 0 export -t 1 series
cat >series-use.c <<'C'
#include "series.h"
#include <math.h>
#include <stdio.h>
int main(void)
{
    static series_context context;
    const float column[6] = {3.0f, 1.0f, 4.0f, NAN, 5.0f, 6.5f};
    float past[6], out[1];
    series_prepare_past(column, past);
    series_predict(&context, past, out);
    return printf("%.9g\n", (double)out[0]) < 0;
}
C
claim 'a program with windows compiles' $cc -std=c99 $strict series-use.c series.c -o series-use
./series-use >mine
printf 'load,heat\n3,1\n4,\n5,6.5\n' >one.csv
expect 0 predict -t 1 --json --as-is series one.csv
sed 's/.*"load"://; s/}.*//' out | awk '{ printf "%.9g\n", $1 }' >theirs
claim 'its number is that of predict' cmp mine theirs

# names that the program has itself
sed 's/^name: .*/name: named/; s/numbers/x/; s/plan:/part:/; s/plan, d/part, d/; s/, plan,/, part,/' churn.yaml >named.yaml
expect 0 run -q -t 1 named.yaml -o named -s train.steps=5
expect 0 export named
claim 'fields may have any names' $cc -std=c99 $strict -DNAMED_TEST named.c -o test
claim 'its examples have the bits' ./test

# numbers that C has no digits for, and the sign of 0
sed 's/^name: .*/name: edges/; s|  - concat(numbers|  - concat(maximum(numbers, log(stack(0, 0, 1))) + 0 / (1 + numbers / exp(-stack(0, 0, 1) * 0)), numbers|' churn.yaml >edges.yaml
expect 0 run -q -t 1 edges.yaml -o edges -s train.steps=5
expect 0 export edges
claim 'constants may be infinite' $cc -std=c99 $strict -DEDGES_TEST edges.c -o test
claim 'its examples have the bits' ./test

# ---- two models in one program, which may be in C++ ----
cat >both.c <<'C'
#include "bars.h"
#include "firmware/leaves.h"
#include <string.h>
static bars_context one;
static leaves_context two;
int main(void)
{
    static float image[64], kind[3], out[2];
    const float column[3] = {30.0f, 20000.0f, 2.0f};
    float numbers[3];
    const int32_t plan = leaves_code_plan("plus"), unknown = leaves_code_plan("gold");
    leaves_prepare_numbers(column, numbers);
    bars_predict(&one, image, kind);
    leaves_predict(&two, numbers, &plan, out);
    return plan != 1 || unknown != -1 || strcmp(leaves_name[1], "yes") != 0 || sizeof one != BARS_CONTEXT_BYTES ||
           sizeof two != LEAVES_CONTEXT_BYTES || out[0] + out[1] < 0.999f;
}
C
claim 'two models go together' $cc -O1 $strict both.c bars.c firmware/leaves.c -o both
claim 'and work' ./both
if command -v ${CXX-c++} >/dev/null; then
    cp both.c both.cc
    $cc -c bars.c firmware/leaves.c
    claim 'C++ calls them' ${CXX-c++} -Wall -Wextra both.cc bars.o leaves.o -o both
    claim 'and works' ./both
    for program in bars pupil; do
        claim "$program is C++, too" ${CXX-c++} -std=c++17 -x c++ $strict -c $program.c -o $program.o
    done
fi

# ---- ONNX ----
expect 0 export bars --to=onnx
has out '^wrote bars.onnx, [0-9,]* bytes$'
has bars.onnx conv2d.W
expect 0 export churn --to=onnx
has churn.onnx '\["no","yes"\]'

# ---- a page ----
page='export -t 1 bars --to=html'
expect 4 $page --compiler=no-such-clang
has err '`no-such-clang`, which compiles to WebAssembly, is not installed'
has err 'hint: a page needs clang with its linker for WebAssembly, wasm-ld: on Debian, the packages clang and lld'
printf '#!/bin/sh\nexec echo nothing\n' >deaf
printf '#!/bin/sh\ncat >/dev/null\nexit 3\n' >failing
printf '#!/bin/sh\ncat >source.c\nprintf "\\000asm"\n' >storing
chmod +x deaf failing storing
for compiler in deaf failing; do
    expect 4 $page --compiler=./$compiler
    has err "\`./$compiler\` has not compiled the program to WebAssembly"
    claim 'nothing was written' [ ! -e bars.html ]
done
expect 0 $page --compiler=./storing
has out '^wrote bars.html, [0-9,]* bytes$'
claim 'the compiled program is in the page' grep -q '>AGFzbQ==</script>' bars.html
claim 'nothing is left in braces' [ "$(grep -c '{{[a-z]*}}' bars.html)" = 0 ]
claim 'nothing is fetched' [ "$(grep -cE '(src|href)="|url\(|import |fetch\(|https?:' bars.html)" = 0 ]
claim 'the program in the page needs no header but <stdint.h>' [ "$(sed '/^#ifdef MODEL_TEST/,/^#endif/d' source.c | grep '#include' | sort -u)" = '#include <stdint.h>' ]
claim 'and compiles as it is' $cc -std=gnu11 -w -fno-builtin -c -xc source.c -o source.o
if clang --target=wasm32 -print-prog-name=wasm-ld >/dev/null 2>&1 && "$LNGRAPH" $page >out 2>err; then
    claim 'the page has a program' [ "$(wc -c <bars.html)" -gt 25000 ]
fi
rm -f bars.html
cat >wide.yaml <<'YAML'
lngraph: 1
name: wide
data: {source: {name: points, format: uniform, fields: {x: [5000]}, train: {examples: 40}, test: {examples: 20}}}
in: x[5000]
graph: [dense: {units: 1}]
train: {loss: sum(out ** 2), optimizer: sgd(lr=1e-9), steps: 1, batch: 20}
YAML
expect 0 run -q -t 1 wide.yaml -o wide
expect 3 export -t 1 wide --to=html
has err 'model.yaml:[0-9]*:[0-9]*: error\[not-yet\]: a page has no way to ask for `x`, \[5000\]'
has err 'hint: it can ask for pictures'

# ---- weights ----
expect 0 export bars --to=safetensors --layout=pytorch
has out '^conv2d.weight  *\[2, 1, 3, 3\]  *from conv2d.W \[3, 3, 1, 2\]$'
has out '^dense.weight  *\[3, 18\]  *from dense.W \[18, 3\]$'
has out '^wrote bars.safetensors$'
has bars.safetensors '"format":"pt","layout":"pytorch","model":"bars"'
expect 0 export bars --to=safetensors -o own.safetensors
has out '^conv2d.W  *\[3, 3, 1, 2\]$'
claim 'the last bytes are those of the run' [ "$(tail -c 308 own.safetensors | cksum)" = "$(tail -c 308 bars/model.safetensors | cksum)" ]
claim 'others have another order' [ "$(tail -c 308 bars.safetensors | cksum)" != "$(tail -c 308 own.safetensors | cksum)" ]
expect 0 export bars --to=npz -o own.npz
expect 0 export bars --to=npz --layout=keras
has out '^dense.kernel  *\[18, 3\]  *from dense.W \[18, 3\]$'
expect 3 describe own.npz # an archive, but not of examples
lacks err 'byte'
has err 'conv2d.W'

# and back, though the layers have other names there, and a tensor of another type is beside them
tail -c 308 bars.safetensors >tensors
head='{"f.weight":{"dtype":"F32","shape":[2,1,3,3],"data_offsets":[8,80]},"f.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},'
head=$head'"dense.bias":{"dtype":"F32","shape":[3],"data_offsets":[80,92]},"dense.weight":{"dtype":"F32","shape":[3,18],"data_offsets":[92,308]},'
head=$head'"f.count":{"dtype":"I64","shape":[],"data_offsets":[308,316]}}'
while [ $((${#head} % 8)) != 0 ]; do head="$head "; done
{
    printf '%b' "$(octal $((${#head} % 256)) $((${#head} / 256)) 0 0 0 0 0 0)"
    printf '%s' "$head"
    cat tensors
    printf '12345678'
} >theirs.safetensors
cat >start <<'YAML'
  steps: 1
  start:
    from: theirs.safetensors
    layout: pytorch
    names: {'f.weight': conv2d.W, 'f.*': 'conv2d.*'}
YAML
sed -e 's/^name: .*/name: again/; s/lr=0.5/lr=1e-30/' -e '/^  seed/r start' bars.yaml >again.yaml
expect 0 run -q -t 1 again.yaml -o again
claim 'the weights are those of before' [ "$(tail -c 308 again/model.safetensors | cksum)" = "$(tail -c 308 bars/model.safetensors | cksum)" ]
sed 's/f.weight/g.weight/; s/layout: pytorch/layout: keras/' again.yaml >wrong.yaml
expect 3 run -q -t 1 wrong.yaml -o wrong
has err 'the file has no tensor `g.weight`, which `names` has a name for'
has err 'the nearest in the file is `f.weight`'
has err 'the file has no tensor `conv2d.kernel`'
has err 'the file has no tensor `dense.kernel`'
sed 's/f.weight/dense.weight/; s/conv2d.W/dense.W/; s/layout: pytorch/layout: lngraph/' again.yaml >wrong.yaml
expect 3 run -q -t 1 wrong.yaml -o wrong
has err 'tensor `dense.W` has shape \[3, 18\], but shape \[18, 3\] in the model'
sed "s/'f.weight': conv2d.W/'f.count': conv2d.W/" again.yaml >wrong.yaml
expect 3 run -q -t 1 wrong.yaml -o wrong
has err 'both are for\|has dtype I64; only F32 can be read'
sed "s/'f\.\*': 'conv2d\.\*'/'f.bias': conv2d.W/" again.yaml >wrong.yaml
expect 3 run -q -t 1 wrong.yaml -o wrong
has err 'the tensors `f.weight` and `f.bias` are both for `conv2d.W`'

# ---- mistakes ----
expect 2 export bars --to=pytorch
has err '.--to takes c, html, npz, onnx or safetensors, not `pytorch`'
expect 2 export bars --to=npz -o bars.c
has err 'a file that ends with .npz'
expect 2 export bars --layout=pytorch
has err '.--layout is for --to=npz and --to=safetensors, not for --to=c'
expect 2 export bars --to=npz --fast
has err '.--fast is for --to=c, not for --to=npz'
expect 2 export bars --to=onnx --weights=bin
has err '.--weights is for --to=c, not for --to=onnx'
expect 2 export bars --weights=flash
has err '.--weights takes inside, bin, int8 or int8-bin, not `flash`'
expect 2 export bars --compiler=gcc
has err '.--compiler is for --to=html, not for --to=c'
expect 2 export bars --data=data
has err '.--data is for --weights=int8'
expect 2 export bars --activations=int8
has err '.--activations is for --weights=int8'
expect 2 eval bars --activations=int8
has err '.--activations needs --quantized'
expect 0 run -q -t 1 -s 'graph=["image / 255", flatten, "it[0:3]", prelu, "softmax(it)"]' bars.yaml -o none
expect 3 export none -o none.c --weights=int8
has err 'the model has no weights to put into 8 bits: no matrix product or convolution reads a parameter'
claim 'nothing was written' [ ! -e none.c ]
expect 2 export bars -o bars.txt
has err 'a file that ends with .c'
lacks err 'hint'
expect 2 export bars -o bars.onnx
has err 'a file that ends with .c, such as digits.c, not `bars.onnx`'
has err '= hint: --to=onnx writes such a file$'
expect 2 export bars --name=2bars
has err 'a name as C has them'
expect 3 export nowhere
has err 'is not a run folder'
sed 's/^name: .*/name: noisy/; s|  - image / 255|  - image / 255 + random_normal(shape=[8, 8, 1], per_example=true)|' bars.yaml >noisy.yaml
expect 0 run -q -t 1 noisy.yaml -o noisy
expect 3 export noisy
has err 'error\[not-yet\]: `random_normal` cannot be exported to C: it draws random numbers'
has err 'model.yaml:[0-9]*:[0-9]*:'
empty out
claim 'nothing was written' [ ! -e noisy.c ]

expect 0 export noisy --to=onnx
claim 'a draw is an input' grep -q 'draws.random_normal' noisy.onnx
sed 's/^name: .*/name: centered/; s|  - image / 255|  - image / 255 - batch_mean(image)|' bars.yaml >centered.yaml
expect 0 run -q -t 1 centered.yaml -o centered
expect 3 export centered --to=onnx
has err 'error\[not-yet\]: `batch_sum` cannot be exported to ONNX: it depends on the other examples of a batch'
claim 'nothing was written' [ ! -e centered.onnx ]

# ---- other machines, where their compilers and qemu are ----
for machine in arm-linux-gnueabihf:arm aarch64-linux-gnu:aarch64 riscv64-linux-gnu:riscv64 s390x-linux-gnu:s390x; do
    cross=${machine%:*}-gcc qemu=qemu-${machine#*:}
    command -v "$cross" >/dev/null && command -v "$qemu" >/dev/null || continue
    "$cross" -static -O2 $strict -DBARS_TEST bars.c -o other 2>/dev/null || continue
    claim "$machine has the same bits" "$qemu" ./other
done
finish
