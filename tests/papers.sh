#!/bin/sh
# The networks of papers, written from their tables and figures in the language alone: they have as many parameters as the authors' own.
. "$top_srcdir/tests/shell/common"

for paper in "$top_srcdir"/tests/papers/*.yaml; do
    cp "$paper" .
    file=$(basename "$paper")
    expect 0 show "$file"
    empty err
    counted=$(sed -n '1s/^# \([0-9,]*\) parameters.*/\1/p' "$file")
    name=$(sed -n 's/^name: //p' "$file")
    has out "^$name .* $counted\\( \\|\$\\)"
done
finish
