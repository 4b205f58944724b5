#!/bin/sh
# LeNet-5: its size, and one set of weights at any number of threads and any level; the fast one learns. On MNIST where LNGRAPH_DATA has it, else on
# the built-in digits.
. "$top_srcdir/tests/shell/common"
lenet=$top_srcdir/models/lenet5.yaml
if [ -n "${LNGRAPH_DATA-}" ]; then
    set --
    batches='128 100 7'
    name=mnist
else
    set -- --data=digits
    batches='100 7'
    name=digits
fi

expect 0 run --dry-run "$@" "$lenet"
has out "^lenet5: 44,300 parameters; $name: 54,000 train, 6,000 validation, 10,000 test"

for batch in $batches; do
    for threads in 1 2 3 7; do
        expect 0 run -q -t $threads "$@" -s train.steps=30 -s train.batch=$batch -o b$batch-t$threads "$lenet"
        claim "batch $batch: $threads threads give the weights of one" cmp b$batch-t$threads/model.safetensors b$batch-t1/model.safetensors
    done
done
cmp -s b7-t1/model.safetensors b100-t1/model.safetensors
claim 'the batch matters' [ $? = 1 ]

expect 0 run -q "$@" -s train.epochs=2 -o best "$lenet"
for level in avx2 avx512; do
    LNGRAPH_ISA=$level
    export LNGRAPH_ISA
    if "$LNGRAPH" --version >/dev/null 2>&1; then # this machine has it
        expect 0 run -q "$@" -s train.epochs=2 -o $level "$lenet"
        claim "$level gives the weights of the best level" cmp $level/model.safetensors best/model.safetensors
    fi
    unset LNGRAPH_ISA
done

expect 0 run -q "$@" -s train.epochs=2 -o fast "$top_srcdir/models/lenet5-fast.yaml"
claim 'the fast LeNet is above 98.5 % after two epochs' awk '/^accuracy/ { good = $NF > 0.985 } END { exit !good }' fast/report.txt
finish
