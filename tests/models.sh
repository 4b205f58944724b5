#!/bin/sh
# Every model of models/ trains a few steps, on a few images that are made here, and evaluates. One whose examples lngraph makes
# is trained as it stands, but for a text, of which there is a page, and must meet what its report requires; with sanitizers, which are slow, for twenty steps. Those that
# start from another's weights come last. The expanded file of each gives the same bits.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bytes"

{ printf '\0\0\010\003\0\0\0\050\0\0\0\034\0\0\0\034' && bytes 31360 256 1; } >images # 40 of 28 x 28
digits='\0\1\2\3\4\5\6\7\010\011' # each is the label of four
printf '\0\0\010\001\0\0\0\050%b%b%b%b' "$digits" "$digits" "$digits" "$digits" >labels
files='{image: {file: images}, label: {file: labels}}'
source="{format: idx, classes: 10, fields: {image: [28, 28, 1], label: class}, train: $files, test: $files}"

XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
for own in churn fraud prices rentals shapes tags tales; do
    expect 0 fetch $own
done
for part in train test; do # of a text, a page will do
    head -c 3000 cache/lngraph/tales/$part.txt >page && mv page cache/lngraph/tales/$part.txt
done

short=
if grep -q __asan_init "$LNGRAPH"; then
    short='-s train.steps=20 -s report.require={}'
fi

train() { # MODEL
    name=$(basename "$1" .yaml)
    cp "$1" .
    if grep -q 'source: mnist' "$1"; then
        set -- -s data.dir=. -s "data.source=$source" -s data.validation.last=0 -s train.epochs=1 -s train.batch=16
    else
        set -- $short
    fi
    expect 0 run -q -t 2 "$@" -o "runs/$name" "$name.yaml"
    has out '^loss  *[0-9]'
    empty err
    expect 0 show --expanded "$@" "$name.yaml"
    cp out expanded.yaml
    expect 0 run -q -t 1 -o expanded expanded.yaml
    claim "$name: other bits from the expanded file" cmp -s "runs/$name/model.safetensors" expanded/model.safetensors
    rm -r expanded
}

for model in $(grep -L '^  start:' "$top_srcdir"/models/*.yaml); do
    train "$model"
done
cp -r runs/lenet5-fast runs/drawn # it stands for the run on the built-in digits that finetune starts from
for model in $(grep -l '^  start:' "$top_srcdir"/models/*.yaml); do
    train "$model"
done
finish
