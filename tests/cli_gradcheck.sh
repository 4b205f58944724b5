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

# all ops, without a model
expect 0 gradcheck --ops
empty err
has out '^op  *operands  *checks error gradient$'
has out '^conv2d  *x, w  *[0-9]* [0-9]e-[0-9]* right$'
has out '^floor  *x  *none: it is a step function$'
has out '^random_normal  *none: it has no operands$'
lacks out 'wrong'
cp out first
LNGRAPH_ISA=baseline expect 0 gradcheck --ops
claim 'the same numbers at the baseline' cmp -s first out
expect 0 gradcheck --ops -n 0 --json
claim 'one line' [ "$(wc -l <out)" = 1 ]
has out '^{"ops":\[{"name":"abs","operands":\["x"\],"checks":[0-9]*,"second":[0-9]*,"kinks":[0-9]*,"error":[0-9.e-]*,"gradient":[0-9.e-]*,"difference":[0-9.e-]*,"wrong":false}'
has out '{"name":"floor","operands":\["x"\],"none":"it is a step function"}'
expect 2 gradcheck --ops bars.yaml
has err 'leave out `bars.yaml`'
expect 2 gradcheck --ops -s train.batch=3
has err 'changes a model'
expect 2 gradcheck
has err 'give a MODEL, or --ops'

expect 3 gradcheck bars.yaml --examples 1000
has err 'more than the'
expect 2 gradcheck bars.yaml --examples 0
expect 2 gradcheck bars.yaml -n many
expect 4 gradcheck missing.yaml
finish
