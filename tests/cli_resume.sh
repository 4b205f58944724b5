#!/bin/sh
# `resume`: a run that was killed or interrupted goes on from its checkpoint, and ends with the bits of one that was not.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

# Runs lngraph, and ends it by the signal once the condition holds. What sends the signal is no job of this shell, which has none to lose track of.
struck() { # SIGNAL CONDITION ARGUMENT...
    last="lngraph $*"
    sh -c '(until eval "$2" || ! kill -0 $$; do sleep 0.02; done; kill -$1 $$) >/dev/null 2>&1 &
        shift 2; exec "$LNGRAPH" "$@"' sh "$@" >out 2>err </dev/null
    status=$?
    claim "it ends by SIG$1, not $status" [ "$(kill -l $status)" = $1 ]
}
begin() { # FOLDER: a run that is killed when it has checkpoints
    struck KILL "[ -e $1/checkpoint-1.safetensors ]" run -q -o $1 -t 1 -s train.epochs=100000 -s 'train.checkpoint={every: 5 steps}' bars.yaml
}
figures() { # FOLDER: its history without the times
    sed 's/,[^,]*,[^,]*$//' $1/history.csv
}

# killed, at random moments, again and again: nothing is lost but what came after the checkpoint
begin killed
for pause in 0.01 0.05 0.1; do
    claim 'a checkpoint is there' [ -s killed/checkpoint.safetensors ]
    struck KILL "sleep $pause" resume -t 2 killed
done
struck TERM "grep -q '^ *[0-9]' err" resume -t 2 killed
steps=$(sed -n "s/^interrupted after \([0-9]*\) steps.*/\1/p" err)
claim 'it says how far it came' [ "$steps" -gt 5 ]
claim 'older checkpoints are gone' [ ! -e killed/checkpoint-1.safetensors ]
expect 0 run -q -t 1 -o straight -s train.epochs=100000 -s train.steps=$steps bars.yaml
claim 'the weights have the same bits' cmp -s killed/model.safetensors straight/model.safetensors
figures killed >a
figures straight >b
claim 'the history has the same figures' cmp -s a b

# the rest of a run may be longer; model.yaml says so
expect 0 run -q -o short -s train.epochs=2 bars.yaml
expect 0 resume short
has out 'the run has ended, after 2 epochs; `-s train.epochs=N` trains on'
expect 0 resume -q short -s train.epochs=3
has short/model.yaml '^ *epochs: 3$'
claim 'three epochs are in the history' [ $(wc -l <short/history.csv) = 4 ]
claim 'the source is that of the run' cmp -s short/source.yaml bars.yaml
expect 0 run -q -o long -s train.epochs=3 bars.yaml
claim 'without a schedule, it is the longer run' cmp -s short/model.safetensors long/model.safetensors

# what cannot go on is refused, and stays as it was
cp -R short copy
expect 3 resume short -s train.epochs=4 -s train.seed=8
has err 'the run has the seed [0-9]*, and cannot go on with the seed 8'
expect 3 resume short -s train.epochs=4 -s 'train.optimizer=adam(lr=0.1)'
has err 'tensor `optimizer\.'
expect 3 resume short -s train.epochs=4 -s data.validation.last=0.5
has err 'the training examples are not those that the run has been trained on'
expect 3 resume short -s train.epochs=4 -s 'train.loss=cross_entropy(out, label) + 1e-4 * mean(out * out)'
has err 'the loss, or the formula that it is computed by, is not that which the run has been trained with'
expect 3 resume short -s train.epochs=4 -s 'train.keep=best(validation.loss)'
has err 'the run has `keep` last, and cannot go on with `keep` lowest(validation.loss)'
sed 's,^  - flatten,  - batchnorm: {momentum: 0.9}\n&,' bars.yaml >normed.yaml
expect 0 run -q -o normed -s train.epochs=1 normed.yaml
expect 3 resume normed -s train.epochs=2 -s graph.3.batchnorm.momentum=0.8
has err 'a state, such as an average of `batchnorm`, is not updated by the formula of the run so far'
expect 0 resume normed -s train.epochs=2 -s train.batch=60
has normed/report.json '"steps": 15,'
for part in train test; do
    mkdir $part && cp data/* $part
    printf x | dd of=$part/$part-images bs=1 seek=$(($(wc -c <$part/$part-images) - 1)) conv=notrunc 2>/dev/null
    expect 3 resume short -s train.epochs=4 --data $part
    has err 'the validation or test examples are not those that the run has been judged by'
done
expect 3 resume .
has err 'model.yaml is missing'
for file in short/*; do
    claim "$file is as it was" cmp -s $file copy/${file#*/}
done

# a rest that is over already: what is said is what was done
for change in epochs=2 batch=100000; do
    expect 0 resume short -s train.$change
    has out '^the run has ended, after 3 epochs'
done

# within the second epoch, when one is asked for
expect 0 run -q -o within -s train.epochs=100000 -s train.steps=40 -s train.batch=8 bars.yaml
expect 0 resume within -s train.steps=41 -s train.epochs=1
has out '^the run has ended, after 40 steps; `-s train.epochs=N` trains on$'

# of two checkpoints, one may be damaged
cp short/checkpoint.safetensors short/checkpoint-1.safetensors
printf x | dd of=short/checkpoint.safetensors bs=1 seek=$(($(wc -c <short/checkpoint.safetensors) - 10)) conv=notrunc 2>/dev/null
expect 0 resume -q short -s train.epochs=4
has err 'warning: going on from short/checkpoint-1.safetensors, as short/checkpoint.safetensors cannot be read: the file is damaged'
expect 0 run -q -o longer -s train.epochs=4 bars.yaml
claim 'from the one before, the bits are the same' cmp -s short/model.safetensors longer/model.safetensors

# killed when all steps were done: the report of before is that of the step that it names
expect 0 run -q -o parts/gone -s train.epochs=2 bars.yaml
expect 0 list parts
lacks out '^parts/gone:'
cp longer/checkpoint.safetensors longer/model.yaml parts/gone
expect 0 list parts
has out '^parts/gone: interrupted$'
expect 0 resume -q parts/gone
has parts/gone/report.json '"epochs": 4,'
claim 'it has the weights of its last step' cmp -s parts/gone/model.safetensors longer/model.safetensors
expect 0 list parts
lacks out '^parts/gone:'
expect 0 resume parts/gone
has out '^the run has ended, after 4 epochs'

# a folder without weights says what to do
begin stopped
expect 3 eval stopped
has err 'its training did not end: `lngraph resume stopped` goes on'
finish
