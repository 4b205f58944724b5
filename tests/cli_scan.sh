#!/bin/sh
# Scans in training: draws in a turn have the same bits at any number of threads, at every level and after a resume; a number that is not
# finite is blamed to its turn.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 120 40
cat >scan.yaml <<'YAML'
lngraph: 1
name: scan
data:
  source:
    name: bars
    format: idx
    classes: 3
    fields: {image: [8, 8, 1], label: class}
    train: {image: {file: train-images}, label: {file: train-labels}}
    test: {image: {file: test-images}, label: {file: test-labels}}
in: image[8, 8, 1], label
let:
  rows: image[:, :, 0] / 255
  h:
    start: zeros([8])
    scan: rows
    as: row
    do: dropout(rnn_cell(row, h), rate=0.25)
graph:
  - h
  - dense: {units: 3, activation: softmax}
train:
  loss: cross_entropy(out, label)
  optimizer: adam(lr=0.01)
  batch: 40
  epochs: 3
  seed: 7
YAML

# ---- draws ----
expect 0 run -q -t 1 scan.yaml -o one
expect 0 run -q -t 3 scan.yaml -o three
claim 'three threads have the same bits' cmp -s one/model.safetensors three/model.safetensors
for level in baseline avx2 avx512; do
    LNGRAPH_ISA=$level "$LNGRAPH" --version >/dev/null 2>&1 || continue
    LNGRAPH_ISA=$level
    export LNGRAPH_ISA
    expect 0 run -q -t 1 scan.yaml -o $level
    unset LNGRAPH_ISA
    claim "$level has the same bits" cmp -s one/model.safetensors $level/model.safetensors
done
expect 0 run -q -t 2 -s train.epochs=1 scan.yaml -o short
expect 0 resume -q -t 2 short -s train.epochs=3
claim 'a resumed run has the same bits' cmp -s one/model.safetensors short/model.safetensors
expect 0 gradcheck scan.yaml

# ---- sequences of different lengths in a batch: 3, 5 or 7 rows of 8 ----
sed '/^let:/,/^  loss:/d' scan.yaml >head
sed -n '/^in:/q; p' head >ragged.yaml
cat >>ragged.yaml <<'YAML'
in: image[8, 8, 1], label
let:
  real: less(arange(size=8), 3 + 2 * to_float(label))
graph:
  - squeeze(image / 255)
  - lstm(it, real, units=8)
  - gru(it, real, units=8, reverse=true)
  - dense: {units: 8}
train:
  loss: sequence_cross_entropy(out, argmax(image[:, :, 0], axis=1), real)
YAML
sed -n '/^  optimizer:/,$p' scan.yaml >>ragged.yaml
echo "report: {metrics: ['sequence_accuracy(out, argmax(image[:, :, 0], axis=1), real)']}" >>ragged.yaml
expect 0 run -q -t 1 ragged.yaml -o ragged1
for threads in 2 3 7; do
    expect 0 run -q -t $threads ragged.yaml -o ragged$threads
    claim "$threads threads have the same bits for ragged lengths" cmp -s ragged1/model.safetensors ragged$threads/model.safetensors
done
LNGRAPH_ISA=baseline "$LNGRAPH" run -q -t 2 ragged.yaml -o raggedbase >out 2>err
claim 'plain C has the same bits for ragged lengths' cmp -s ragged1/model.safetensors raggedbase/model.safetensors
expect 0 gradcheck ragged.yaml

# ---- computed again ----
expect 0 run -q -t 2 -s let.h.remat=true scan.yaml -o again
weights() { # of a run, without the digests before them
    od -An -v -tx4 -j $(($(od -An -tu4 -N4 "$1/model.safetensors") + 8)) "$1/model.safetensors"
}
weights one >kept
weights again >recomputed
claim 'what is computed again has the same bits' cmp -s kept recomputed
claim 'there are weights' [ "$(wc -l <kept)" -gt 20 ]
memory() { # of the values of a thread
    expect 0 show --plan "$@" scan.yaml
    awk '$1 == "thread" && $5 == "copies" { print $2 }' out | tr -d ,
}
claim 'it takes less memory' [ "$(memory -s let.h.remat=true)" -lt "$(memory)" ]

# ---- what is not finite ----
expect 5 run -q -s 'let.h.do=sqrt(h - 0.25 * row)' -s 'let.h.start=rows[0]' scan.yaml -o bad
has err 'error\[non-finite\]: step 1 (epoch 1): `sqrt` in `h` is not finite in turn 2 of 8 for training example [0-9]*$'
expect 5 run -q -s 'let.h.do=sqrt(h - row)' -s 'let.h.reverse=true' -s 'let.h.start=ones([8])' scan.yaml -o bad
has err '`sqrt` in `h` is not finite in turn 2 of 8 for training example'
expect 5 run -q -s 'let.h.do=sqrt(h * h) + 0 * sum(row)' -s 'let.h.start=zeros([8]) * w' -s 'params={w: "ones([8])"}' scan.yaml -o bad
has err 'in the gradient of `w`, is not finite in turn 8 of 8 for training example'
finish
