#!/bin/sh
# lngraph run and eval on a tiny data set: what is printed, what is kept, and that both are the same everywhere.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

same() { claim "$1 and $2 are the same" cmp -s "$1" "$2"; }
unequal() { ! cmp -s "$1" "$2"; }
differ() { claim "$1 and $2 differ" unequal "$1" "$2"; }

# ---- a run ----
expect 0 run bars.yaml
has out '^bars on bars$'
has out '^accuracy  '
has out '^  published  .* 0\.7500$'
has out '^  published  .* 0\.87500$'
has out '^auc by class'
has out '^confusion, test'
has out '^saved in runs/bars; its page is report.html$'
has err '^bars: [0-9]* parameters; bars: 180 train, 60 validation, 60 test; [0-9]* threads\{0,1\}; seed 7$'
has err 'three kinds of bars'
claim 'a row an epoch' [ "$(grep -c '^ *[1-4] .* s$' err)" = 4 ]
lacks err "$(printf '\r')"
for file in source.yaml model.yaml model.safetensors checkpoint.safetensors history.csv report.txt report.json report.html \
    MODEL_CARD.md; do
    claim "$file is kept" [ -s runs/bars/$file ]
done
claim 'nothing else is kept' [ "$(ls -A runs/bars | wc -l)" = 9 ]
same bars.yaml runs/bars/source.yaml
sed '/^$/d; /^saved in/d' out >printed
sed '/^$/d' runs/bars/report.txt >kept
same printed kept
claim 'a line an epoch in history.csv' [ "$(wc -l <runs/bars/history.csv)" = 5 ]
has runs/bars/report.json '"format": 2'
has runs/bars/report.json '"name": "bars"'

# ---- the next ones ----
expect 0 run -q bars.yaml
empty err
has out '^saved in runs/bars-2; its page is report.html$'
same runs/bars/model.safetensors runs/bars-2/model.safetensors
expect 0 run -q bars.yaml --seed 8
has out '^saved in runs/bars-3; its page is report.html$'
differ runs/bars/model.safetensors runs/bars-3/model.safetensors
expect 0 run -q bars.yaml -s train.seed=8 -o eight/
same runs/bars-3/model.safetensors eight/model.safetensors
"$LNGRAPH" run -q -o piped - <bars.yaml >out 2>err
claim 'a model on standard input' cmp -s bars.yaml piped/source.yaml
same runs/bars/model.safetensors piped/model.safetensors

# ---- model.yaml is the same program ----
expect 0 run -q -o again runs/bars/model.yaml
same runs/bars/model.safetensors again/model.safetensors
same runs/bars/model.yaml again/model.yaml
expect 0 run -q -o over -s train.batch=7 -s train.epochs=2 bars.yaml
expect 0 run -q -o over2 over/model.yaml
same over/model.safetensors over2/model.safetensors

# ---- threads change nothing ----
for batch in 128 100 7; do
    for threads in 1 2 3 7; do
        expect 0 run -q -t $threads -s train.batch=$batch -o t$batch-$threads bars.yaml
        same t$batch-1/model.safetensors t$batch-$threads/model.safetensors
        sed 's/,[^,]*,[^,]*$//' t$batch-$threads/history.csv >t$batch-$threads/figures # but for the times
        same t$batch-1/figures t$batch-$threads/figures
    done
done
differ t128-1/model.safetensors t100-1/model.safetensors

# ---- eval says what the run said ----
splits() { sed -n '/"splits"/,/^  }/s/},*$/}/p' "$1"; }
expect 0 eval runs/bars
sed '1,/^$/d' out >figures
sed '1,/^$/d' runs/bars/report.txt >run_figures
same figures run_figures
expect 0 eval --json -t 3 runs/bars/
splits out >a
splits runs/bars/report.json >b
claim 'there are figures' [ -s a ]
same a b
expect 0 eval --json --weights runs/bars/model.safetensors bars.yaml
splits out >a
same a b
expect 3 eval -s graph.4.dense.units=4 runs/bars

# ---- a cap, and no validation ----
expect 0 run -q -s train.steps=5 -o five bars.yaml
claim 'five steps are part of one epoch' [ "$(wc -l <five/history.csv)" = 2 ]
has five/history.csv '^1,80,'
expect 0 run -s data.validation.last=0 -o none bars.yaml
has err '240 train, 60 test'
lacks err validation
lacks none/report.json '"validation": {'
has none/report.json '^      "validation": 0,'

# ---- --dry-run keeps nothing ----
expect 0 run --dry-run bars.yaml -o dry
has out '^memory: '
has out '^time: about '
claim 'a dry run makes no folder' [ ! -e dry ]

# ---- numbers that are none ----
expect 5 run -s 'train.optimizer=sgd(lr=1e38)' -o wild bars.yaml
has err 'error\[non-finite\]: step [0-9]* (epoch [0-9]*): '
has err '^bars.yaml:[0-9]*:[0-9]*: .*: `[a-z0-9_]*` in `[a-z0-9_.]*`.* is not finite'
step=$(sed -n 's/.*error\[non-finite\]: step \([0-9]*\) .*/\1/p' err)
expect 0 eval wild
expect 0 run -q -s 'train.optimizer=sgd(lr=1e38)' -s train.steps=$((step - 1)) -o tamed bars.yaml
claim 'the weights are those before that step' cmp -s wild/model.safetensors tamed/model.safetensors
expect 5 run -q -s 'train.loss=cross_entropy(out, label) / 0' -o wild --force bars.yaml
has err 'step 1 (epoch 1): `div` is not finite for training example [0-9]*$'
has err 'no weight has changed yet'
lacks err 'learning rate'
expect 5 run --dry-run -s 'train.optimizer=sgd(lr=1e38)' bars.yaml
has err 'error\[non-finite\]: step [0-9]* (epoch [0-9]*): '
expect 0 run --dry-run -s 'train.optimizer=sgd(lr=1e38)' -s train.steps=1 bars.yaml # the run has no step that fails

# a gradient that is no sum over the batch: the root of a parameter that is 0
expect 5 run -q -s 'params={r: "zeros([1])"}' -s 'train.loss=cross_entropy(out, label) + sum(sqrt(r * r))' -o root bars.yaml
has err 'error\[non-finite\]: step 1 .*, in the gradient of `r`, is not finite'
claim 'no step was made, so nothing is saved' [ ! -e root ]
expect 5 run -q -s 'params={r: "log(zeros([2]))"}' -s 'train.loss=cross_entropy(out, label) + sum(r)' -o root bars.yaml
has err 'error\[non-finite\]: the initial value of `r` is not finite$'
claim 'nothing was begun' [ ! -e root ]

# ---- what cannot be evaluated: the weights are saved, no figure is made of what is no number ----
expect 5 run -q -s 'train.optimizer=sgd(lr=3e38)' -s train.steps=1 -o beyond bars.yaml
has err 'error\[non-finite\]: `[a-z_]*` in `cross_entropy` is not finite for validation example [0-9]*$'
claim 'that is the only error' [ "$(grep -c 'error\[' err)" = 1 ]
claim 'nothing else is printed' [ "$(cat out)" = 'saved in beyond, without a report' ]
for file in source.yaml model.yaml model.safetensors checkpoint.safetensors history.csv; do
    claim "$file is saved" [ -s beyond/$file ]
done
claim 'there is no report' [ ! -e beyond/report.json -a ! -e beyond/report.txt ]
has beyond/history.csv '^1,16,1\.[0-9]*,[0-9.]*,,,,,,'
expect 5 eval beyond
has err 'for training example [0-9]*$'
empty out

expect 5 run -q -s 'report.metrics=["1 / mean(0 * image)"]' -s train.epochs=1 -o metric bars.yaml # a metric alone
has err 'error\[non-finite\]: `div`'
expect 0 run -q -s train.epochs=1 -o without bars.yaml
claim 'the weights are those of a run without the metric' cmp -s metric/model.safetensors without/model.safetensors

# ---- into an old run: its report does not outlive its weights ----
cp -r eight again
expect 5 run -q --force -s 'train.optimizer=sgd(lr=3e38)' -s train.steps=1 -o again bars.yaml
claim 'the old report is gone' [ ! -e again/report.json ]
same beyond/model.safetensors again/model.safetensors
rm -r again
cp -r eight again
expect 5 run -q --force -s 'train.loss=cross_entropy(out, label) + exp(100.0 + step)' -o again bars.yaml
for file in eight/*; do # nothing was trained: it stays as it was
    same $file again/${file#eight/}
done
claim 'nothing is left beside it' [ "$(ls -A again | wc -l)" = 9 ]

# ---- damaged or foreign runs ----
mkdir foreign
cp runs/bars/model.yaml foreign
expect 3 eval foreign
has err 'error\[run-folder\]'
head -c 100 runs/bars/model.safetensors >foreign/model.safetensors
expect 3 eval foreign
has err 'error\[weights\]: byte '
cp runs/bars/model.safetensors foreign
printf x | dd of=foreign/model.safetensors bs=1 seek=900 conv=notrunc 2>/dev/null
expect 3 eval foreign
has err 'error\[weights\]'
empty out
finish
