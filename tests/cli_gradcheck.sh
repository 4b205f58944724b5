#!/bin/sh
# lngraph gradcheck: the table, JSON, the same numbers whatever the machine, and mistakes.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

expect 0 gradcheck bars.yaml
empty err
has out '^parameter  *shape  *elements  *error  *gradient$'
claim 'there are rows' [ "$(grep -c ' of .* right$' out)" -ge 2 ]
claim 'nothing else' [ "$(wc -l <out)" = "$(($(grep -c ' of .* right$' out) + 2))" ]
cp out first
for isa in baseline avx2; do
    LNGRAPH_ISA=$isa expect 0 gradcheck bars.yaml -t 3
    claim "the same numbers with $isa" cmp -s first out
done
expect 0 gradcheck bars.yaml -n 1 --seed 7 --examples 1
has out ' 1 of '
claim 'another seed checks other numbers' [ "$(cat first)" != "$(cat out)" ]

expect 0 gradcheck bars.yaml --json --elements 2
claim 'one line' [ "$(wc -l <out)" = 1 ]
has out '^{"model":"bars","seed":[0-9]*,"examples":4,"parameters":\[{"name":"[^"]*","shape":\[[0-9,]*\],"elements":2,"kinks":0,"error":[0-9.e-]*,"gradient":[0-9.e-]*,"difference":[0-9.e-]*,"wrong":false}'
has out '"suspects":\[\]}$'

expect 3 gradcheck bars.yaml --examples 1000
has err 'more than the'
expect 2 gradcheck bars.yaml --examples 0
expect 2 gradcheck bars.yaml -n many
expect 2 gradcheck
expect 4 gradcheck missing.yaml
finish
