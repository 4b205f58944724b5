#!/bin/sh
# Arrays of numpy, one file for each field: read, and mapped where they are larger than what is held in memory. Sets that are known by name.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bytes"
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

# npy DESCR SHAPE: the head of a file, of 128 bytes
npy() {
    printf '\223NUMPY\001\000\166\000'
    printf '%-117s\n' "{'descr': '$1', 'fortran_order': False, 'shape': ($2), }"
}
cat >numbers.yaml <<'YAML'
lngraph: 1
name: numbers
data:
  source:
    format: npy
    classes: 4
    fields: {x: [2, 2], label: class}
    train: {x: {file: x.npy}, label: {file: label.npy}}
  dir: .
in: x[2, 2], label
graph:
  - x / 255
  - flatten
  - dense: {units: 4, activation: softmax}
train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), epochs: 2, batch: 4}
YAML
{ npy '|u1' '8, 2, 2' && bytes 32 256 1; } >x.npy
{ npy '>i2' '8,' && printf '\0\0\0\1\0\2\0\3\0\0\0\1\0\2\0\3'; } >label.npy
expect 0 run -q --force -o run numbers.yaml
empty err
first=$(cksum <run/model.safetensors)
gzip -k x.npy && rm x.npy # the same, read instead of mapped
expect 0 run -q --force -o run numbers.yaml
claim 'read as mapped' [ "$first" = "$(cksum <run/model.safetensors)" ]
rm x.npy.gz

# a mapped file that becomes shorter ends the run with a message; what it has saved is there
{ npy '|u1' '8, 2, 2' && bytes 32 256 1; } >x.npy
cp x.npy whole.npy
(while [ -e whole.npy ] && ! [ -e lost/checkpoint-1.safetensors ]; do sleep 0.02; done; : >x.npy) &
expect 4 run -q -t 1 -o lost numbers.yaml -s train.epochs=1000000 -s 'train.checkpoint={every: 50 steps}'
has err 'error\[io\]: a file that is mapped into memory became shorter while it was read'
mv whole.npy again.npy # ends the loop, whatever the run did
wait
mv again.npy x.npy
expect 0 resume -q lost -s train.epochs=1

{ npy '<f4' '8, 2, 2' && bytes 120 60 1 && printf '\0\0\200\177\0\0\0\0'; } >x.npy
expect 3 run -q -o never numbers.yaml
has err '^./x.npy: error\[data\]: byte 248: example 7 holds infinity$'
{ npy '<f4' '9, 2, 2' && bytes 144 60 1; } >x.npy
expect 3 run -q -o never numbers.yaml
has err '8 examples of `label`, but 9 of `x`'
echo '<html>' >x.npy
expect 3 run -q -o never numbers.yaml
has err '^./x.npy: error\[data\]: byte 0: not a numpy array, but an HTML page'
{ npy '<f4' '8,' && bytes 32 60 1; } >label.npy
{ npy '<f4' '8, 2, 2' && bytes 128 60 1; } >x.npy
expect 3 run -q -o never numbers.yaml
has err 'label.npy: error\[dtype\]: `label` is a class, but the file holds'

# ---- integers: of any size, several of them, bounded by what the model does with them ----
sed "/^    classes: 4/d; s/x: \\[2, 2\\], label: class/x: {int: true, shape: [2, 2]}, label: int/
     s/^  - x .*/  - embedding(x, count=300, units=2)/; s/loss: .*optim/loss: 'mean(out) * (to_float(label) + 10000)', optim/" numbers.yaml >integers.yaml
{ npy '<i8' '8, 2, 2' && for i in 0 1 2 3 4 5 6 7; do printf "\\0\\1\\0\\0\\0\\0\\0\\0\\$i\\1\\0\\0\\0\\0\\0\\0\\377\\377\\377\\377\\377\\377\\377\\377\\$i\\0\\0\\0\\0\\0\\0\\0"; done; } >x.npy
{ npy '<i4' '8,' && printf '\377\377\377\377%.0s' 1 2 3 4 5 6 7 && printf '\0\1\0\0'; } >label.npy
expect 0 run -q --force -o run integers.yaml
has run/report.json '"kind": "integers"'
has run/MODEL_CARD.md '^| x | .*integers | .*-1 | 263 |$'
has run/MODEL_CARD.md '^| label | .*integers | .*-1 | 256 |$'
expect 0 predict run x.npy
expect 3 run -q -o never integers.yaml -s 'graph.0=embedding(x, count=263, units=2)'
has err '^./x.npy: error.data.: .*`x` of example 7 holds 263, but the model takes only integers below 263$'
has err 'note: which it says here'
{ npy '<f4' '8,' && bytes 32 60 1; } >label.npy
expect 3 run -q -o never integers.yaml
has err 'error.dtype.: `label` is `int`, but the file holds 32-bit floats'
expect 3 check integers.yaml -s 'data.source.fields.x={int: true, shape: [2, 2], scale: standard}'
has err 'only tables, `format: csv`, have columns'
expect 3 check integers.yaml -s data.source.format=folder

# ---- more than 4 GiB: nearly all of it is a hole, which takes no room on the disk ----
many=1200000
{ npy '|u1' "$many, 64, 64" && bytes 4096 256 1; } >x.npy
if dd if=/dev/null of=x.npy bs=1 seek=$((128 + 4096 * many)) 2>/dev/null && [ "$(du -k x.npy | cut -f 1)" -lt 10000 ]; then
    sed 's/, label: class//; s/, label: {file: label.npy}//; s/    classes: 4//; s/x: \[2, 2\]/x: [64, 64]/; s/^in: .*/in: x[64, 64]/; s/loss: .*optim/loss: mean(out), optim/' numbers.yaml >large.yaml
    grep -q __asan_init "$LNGRAPH" || ulimit -d 500000 # of its own, beside the file that is mapped
    expect 0 bench -t 1 large.yaml
    has out 'peak memory'
fi

# ---- sets that are known by name ----
idx() { # DIM...
    printf "\0\0\010\00$#"
    for dim; do printf "\\$(printf %03o $((dim >> 24)))\\$(printf %03o $((dim >> 16 & 255)))\\$(printf %03o $((dim >> 8 & 255)))\\$(printf %03o $((dim & 255)))"; done
}
model() { # SET UNITS SHAPE
    printf '%s\n' 'lngraph: 1' "name: $1" "data: {source: $1, dir: set}" "in: image$3, label" graph: '  - image / 255' '  - flatten' \
        "  - dense: {units: $2, activation: softmax}" "train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.1), epochs: 1, batch: 8}" \
        "report: {metrics: ['accuracy(out, label)']}" >"$1.yaml"
}
mkdir set
for set in fashion-mnist kmnist emnist-letters emnist-balanced cifar10; do
    expect 0 fetch
    has out "^  $set"
done
{ idx 26 28 28 && bytes 20384 256 1; } >set/emnist-letters-train-images-idx3-ubyte
{ idx 26 && printf "$(awk 'BEGIN { for (i = 1; i <= 26; i++) printf "\\%03o", i }')"; } >set/emnist-letters-train-labels-idx1-ubyte
cp set/emnist-letters-train-images-idx3-ubyte set/emnist-letters-test-images.idx3-ubyte
cp set/emnist-letters-train-labels-idx1-ubyte set/emnist-letters-test-labels.idx1-ubyte
model emnist-letters 26 '[28, 28, 1]'
expect 0 run -q --force -o run emnist-letters.yaml
lacks err 'have none of class'
for i in 1 2 3 4 5; do { printf "\\00$i" && bytes 3072 256 $i && printf '\011' && bytes 3072 256 9; } >set/data_batch_$i.bin; done
cp set/data_batch_1.bin set/test_batch.bin
model cifar10 10 '[32, 32, 3]'
expect 0 run -q --force -o run cifar10.yaml
has run/report.json '"train": 10,'
has run/report.json '"test": 2$'
head -c 6000 set/data_batch_3.bin >cut && cp cut set/data_batch_3.bin
expect 3 run -q -o never cifar10.yaml
has err 'data_batch_3.bin: byte 6000: the file ends within a record of 3073 bytes'
{ printf '\003' && bytes 3072 256 3 && printf '\012' && bytes 3072 256 9; } >set/data_batch_3.bin
expect 3 run -q -o never cifar10.yaml
has err 'data_batch_3.bin: byte 3073: the label of example 1 is 10, expected 0 to 9$'
printf 'PK\003\004and so on' >set/data_batch_3.bin
expect 3 run -q -o never cifar10.yaml
has err 'data_batch_3.bin: byte 0: not records of CIFAR-10, but a ZIP archive$'
: >set/data_batch_3.bin
expect 3 run -q -o never cifar10.yaml
has err 'data_batch_3.bin: byte 0: the file ends within a record of 3073 bytes$'
finish
