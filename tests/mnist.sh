#!/bin/sh
# LeNet-5 on MNIST, where LNGRAPH_DATA has it: its size, and one set of weights at any number of threads and any level; the fast one learns.
. "$top_srcdir/tests/shell/common"
lenet=$top_srcdir/models/lenet5.yaml
[ -n "${LNGRAPH_DATA-}" ] || { echo 'LNGRAPH_DATA is not set'; exit 77; }
"$LNGRAPH" run --dry-run "$lenet" >out 2>err || { cat err; exit 77; }
last='lngraph run --dry-run lenet5.yaml'
has out '^lenet5: 44,300 parameters; mnist: 54,000 train, 6,000 validation, 10,000 test'

for batch in 128 100 7; do
    for threads in 1 2 3 7; do
        expect 0 run -q -t $threads -s train.steps=30 -s train.batch=$batch -o b$batch-t$threads "$lenet"
        claim "batch $batch: $threads threads give the weights of one" cmp b$batch-t$threads/model.safetensors b$batch-t1/model.safetensors
    done
done
cmp -s b128-t1/model.safetensors b100-t1/model.safetensors
claim 'the batch matters' [ $? = 1 ]
for level in avx2 avx512; do
    LNGRAPH_ISA=$level
    export LNGRAPH_ISA
    expect 0 run -q -s train.steps=30 -o $level "$lenet"
    unset LNGRAPH_ISA
    claim "$level gives the same weights" cmp $level/model.safetensors b128-t1/model.safetensors
done

expect 0 run -q -s train.epochs=2 -o fast "$top_srcdir/models/lenet5-fast.yaml"
claim 'the fast LeNet is above 98.5 % after two epochs' awk '/^accuracy/ { good = $NF > 0.985 } END { exit !good }' fast/report.txt
finish
