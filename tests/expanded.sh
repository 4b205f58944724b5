#!/bin/sh
# What `lngraph show --expanded` prints is the same model: its graphs, names included, are those of the file, and expanding it again changes nothing.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/paste"

graphs() { # ARGUMENT...: all three, in the order of their computation
    for phase in init train eval; do
        "$LNGRAPH" show --graph --phase $phase "$@" || echo "no graph $phase"
    done
}

same() { # MODEL [OPTION...]
    model=$1
    shift
    last="show --expanded $model $*"
    "$LNGRAPH" show --expanded "$model" "$@" >expanded.yaml 2>err
    graphs "$model" "$@" >graphs.source 2>>err
    graphs expanded.yaml >graphs.expanded 2>>err
    lacks graphs.source '^no graph'
    claim "$last: other graphs" cmp -s graphs.source graphs.expanded
    "$LNGRAPH" show --expanded expanded.yaml >again.yaml 2>>err
    claim "$last: expanded again, it changes" cmp -s expanded.yaml again.yaml
    empty err
}

for file in "$top_srcdir"/models/*.yaml; do
    same "$file"
    grep -q '^with:' "$file" || continue
    hyper=$(sed -n '/^with:/{n;s/^  \([a-z]*\): \(int\|float\) .*/\1/p;}' "$file") # the first, which all of them take for 5
    claim "$file: its first hyper-parameter is no number" [ -n "$hyper" ]
    same "$file" -s "$hyper=5"
    has expanded.yaml "^ *\\(with: {\\)\\?$hyper: .* = 5"
done
mkdir manual
manual_blocks manual
for file in manual/*.model; do
    complete "$file"
    same "$file"
done
same "$top_srcdir/models/mlp.yaml" -s train.optimizer.lr=0.5 -s train.batch=7 -s graph.2.units=32 -s data.source=digits
has expanded.yaml '^  batch: 7$'

# a run of what is printed gives the bits of a run of the file
expect 0 show --expanded "$top_srcdir/models/lenet5.yaml" -s data.source=digits -s train.steps=3
cp out lenet5-expanded.yaml
expect 0 run -q -o source "$top_srcdir/models/lenet5.yaml" -s data.source=digits -s train.steps=3
expect 0 run -q -o expanded lenet5-expanded.yaml
claim 'other bits' cmp source/model.safetensors expanded/model.safetensors
finish
