#!/bin/sh
# Every model of models/ trains a few steps, on a few images that are made here, and evaluates.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bytes"

{ printf '\0\0\010\003\0\0\0\050\0\0\0\034\0\0\0\034' && bytes 31360 256 1; } >images # 40 of 28 x 28
{ printf '\0\0\010\001\0\0\0\050' && bytes 40 10 2; } >labels
files='{image: {file: images}, label: {file: labels}}'
source="{format: idx, classes: 10, fields: {image: [28, 28, 1], label: class}, train: $files, test: $files}"

for model in "$top_srcdir"/models/*.yaml; do
    name=$(basename "$model" .yaml)
    sed "s/^data: .*/data: {dir: ., source: $source}/" "$model" >"$name.yaml"
    expect 0 run -q -t 2 -s train.epochs=1 -s train.batch=16 -o "$name" "$name.yaml"
    has out '^loss  *[0-9]'
    empty err
done
finish
