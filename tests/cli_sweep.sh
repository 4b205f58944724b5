#!/bin/sh
# lngraph sweep: every combination, the same bits as alone, what is done is not done again, failures, signals.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

# ---- a grid; the same bits as each run alone ----
expect 0 sweep bars.yaml -q -s train.batch=16,32 -s train.optimizer.lr=0.1,0.5 -o grid
empty err
claim 'four runs' [ "$(ls -d grid/*/ | wc -l)" = 4 ]
claim 'no log is left' [ -z "$(ls grid | grep log)" ]
has out '^train.batch  train.optimizer.lr  validation.accuracy  test.accuracy  runs$'
claim 'four rows' [ "$(grep -c '^[13][62] ' out)" = 4 ]
has out '^saved in grid; its page is sweep.html$'
for batch in 16 32; do
    for lr in 0.1 0.5; do
        expect 0 run -q bars.yaml -s train.batch=$batch -s train.optimizer.lr=$lr -o alone-$batch-$lr
        for file in model.safetensors model.yaml; do
            claim "$file of $batch and $lr" cmp -s alone-$batch-$lr/$file grid/train.batch=$batch,train.optimizer.lr=$lr/$file
        done
    done
done

# ---- the best first, by another figure ----
expect 0 sweep bars.yaml -q -s train.batch=16,32 -s train.optimizer.lr=0.1,0.5 -o grid --by test.loss
awk '/^[13][62] / { if (n++ && $3 < last) bad = 1; last = $3 } END { exit bad || n != 4 }' out
claim 'the least loss first' [ $? = 0 ]
expect 0 sweep bars.yaml -q -s train.batch=16,32 -s train.optimizer.lr=0.1,0.5 -o grid --json --by validation.auc.macro
cp out json
claim '--json prints sweep.json' cmp -s json grid/sweep.json
has json '^      "train.batch": "16",$'
has json '^    "validation.auc.macro": {$'
lacks grid/sweep.html '<script'
has grid/sweep.html 'Settings, the best first'
claim 'a figure for each key' [ "$(grep -c '<svg class="figure"' grid/sweep.html)" = 2 ]
expect 2 sweep bars.yaml -s train.batch=16,32 --by validation.acuracy
has err 'the report has no figure `acuracy`'
has err 'did you mean `validation.accuracy`?'

# ---- metrics that have names ----
sed "s/^    - accuracy.*/    top1: top_k_accuracy(out, label, k=1)/; s/^    - auc.*/    top2: top_k_accuracy(out, label, k=2)\n    area: auc(out, label)/
     s/accuracy: 0.75, auc.macro/top1: 0.75, area.macro/; s/^  seed: 7/  seed: 7\n  keep: best(validation.top2)\n  stop: {patience: 2}/" bars.yaml >named.yaml
echo "  require: {test.top2: '> 0.1', test.area.macro: '> 0'}" >>named.yaml
expect 0 run -q named.yaml -o named
has out '^top2  *0'
has out '^area macro'
has named/history.csv '^epoch,examples,loss,top1,top2,validation_loss,validation_top1,validation_top2,validation_area_macro'
has named/report.json '^ *"top2": '
has named/model.yaml '^    top2: '
expect 0 eval named
has out '^top2 '
expect 0 sweep named.yaml -q -s train.batch=16,32 -o many --by validation.area.macro
has out '^train.batch  validation.area.macro  test.area.macro  runs$'
expect 0 check named.yaml -s 'report.metrics.top2=accuracy(out, label)'
expect 3 check named.yaml -s 'report.metrics={loss: sum(out), 2: sum(out), a b: sum(out), validation_x: sum(out)}' -s train.keep=last -s report.require={}
claim 'four names that cannot be' [ "$(grep -c 'choose another name$\|is not a name$' err)" = 4 ]

# ---- what is done is not done again; what is new is ----
touch -d '2001-02-03 04:05' grid/*/report.json
expect 0 sweep bars.yaml -s train.batch=16,32,64 -s train.optimizer.lr=0.1,0.5 -o grid
has err '^4 of 6 runs are done already$'
claim 'two are new' [ "$(find grid -name report.json -newermt 2010-01-01 | wc -l)" = 2 ]
sed 's/^note: .*/note: changed/' bars.yaml >changed.yaml
expect 3 sweep changed.yaml -q -s train.batch=16,32 -s train.optimizer.lr=0.1,0.5 -o grid
has err 'is a run of another version of changed.yaml'
has err 'hint: the text of the model file is another one$'

# ---- of this model, with what it includes, and of these data ----
sed 's/^graph:/include: [more.yaml]\ngraph:/; s/- flatten/- flattened/' bars.yaml >including.yaml
printf 'blocks:\n  flattened: {in: "x[...]", out: flatten(x)}\n' >more.yaml
same() { expect "$1" sweep including.yaml -s train.epochs=1,2 --seeds 2 -o same ${2+"$2"}; }
same 0
same 0
has err '^4 of 4 runs are done already$'
same 0 --data=data
has err '^4 of 4 runs are done already$'
cp -r data other
bars_part train 240 1 3
mv data new && mv other data
same 3 --data=new
has err 'same/train.epochs=1,seed=7 is a run of another version of including.yaml'
has err 'hint: its data have the digest [0-9a-f]*, and [0-9a-f]* here$'
lacks out validation
same 3 --data=digits
sed 's/flatten(x)/flatten(x + 1)/' more.yaml >new.yaml && mv new.yaml more.yaml
same 3
has err 'hint: `blocks.flattened.out` is flatten(x) there, and flatten(x + 1) here$'
expect 0 sweep including.yaml -q -s train.epochs=1,2 --seeds 2 -o same --force
same 0
has err '^4 of 4 runs are done already$'

# ---- seeds: mean and spread ----
expect 0 sweep bars.yaml -q --seeds 3 -s train.epochs=1 -o seeds
claim 'the seeds of the file' [ "$(ls -d seeds/*/ | tr '\n' ' ')" = 'seeds/train.epochs=1,seed=7/ seeds/train.epochs=1,seed=8/ seeds/train.epochs=1,seed=9/ ' ]
for seed in 7 8 9; do
    sed -n '/"validation": {/,/}/s/.*"accuracy": \([0-9][0-9.]*\).*/\1/p' "seeds/train.epochs=1,seed=$seed/report.json" | head -n 1
done | awk '{ x[NR] = $1; sum += $1 } END { m = sum / NR; for (i in x) s += (x[i] - m) ^ 2; printf "%.4f +- %.4f\n", m, sqrt(s / (NR - 1)) }' >wanted
has out "^ *$(cat wanted) "

# ---- folds: each example validates once ----
sed 's/validation: {last: 0.25}/validation: {part: 0.25, stratify: label, seed: 5}/' bars.yaml >strata.yaml
expect 0 sweep strata.yaml -q --folds 3 -s train.epochs=1 -o folds
has out '^ *0\.[0-9]* +- 0\.[0-9]* .* 3$'
for fold in 0 1 2; do
    name=train.epochs=1,folds=3,fold=$fold
    sed -n '/"examples": {/,/}/s/.*"validation": \([0-9]*\).*/\1/p' folds/$name/report.json
    expect 0 run -q strata.yaml -s train.epochs=1 -s "data.validation={folds: 3, fold: $fold, shuffle: true, stratify: label, seed: 5}" -o fold-$fold
    claim "fold $fold alone" cmp -s fold-$fold/model.safetensors folds/$name/model.safetensors
done >counts
claim 'each example validates once' [ "$(awk '{ n += $1 } END { print n }' counts)" = 240 ]

# ---- other folds are other runs ----
expect 0 sweep strata.yaml -q --folds 2 -s train.epochs=1 -o folds
claim 'the runs of both' [ "$(ls -d folds/*folds=3,fold=*/ folds/*folds=2,fold=*/ | wc -l)" = 5 ]
has out '^ *0\.[0-9]* +- 0\.[0-9]* .* 2$'
for fold in 0 1; do
    sed -n '/"examples": {/,/}/s/.*"validation": \([0-9]*\).*/\1/p' folds/train.epochs=1,folds=2,fold=$fold/report.json
done >counts
claim 'each example validates once' [ "$(awk '{ n += $1 } END { print n }' counts)" = 240 ]

# ---- ranges, and draws ----
expect 0 sweep bars.yaml -q -s train.epochs=1 -s train.optimizer.lr=0.01..1:3 -s train.batch=10..20:3 -o range
claim 'even on a logarithmic scale, and on a linear one' [ "$(ls -d range/*/ | sed 's/.*lr=\(.*\),.*batch=\(.*\)\//\1 \2/' | tr '\n' ' ')" = \
    '0.01 10 0.01 15 0.01 20 0.1 10 0.1 15 0.1 20 1 10 1 15 1 20 ' ]
expect 0 sweep bars.yaml -q -s train.epochs=1 -s train.optimizer.lr=0.01..1 -s train.batch=10,20 --random 4 -o drawn
claim 'four draws' [ "$(ls -d drawn/*/ | wc -l)" = 4 ]
expect 0 sweep bars.yaml -s train.epochs=1 -s train.optimizer.lr=0.01..1 -s train.batch=10,20 --random 4 -o drawn
has err '^4 of 4 runs are done already$'

# ---- failures ----
expect 3 sweep bars.yaml -q -s train.batch=0,16 -s train.epochs=1 -o fails
has err 'error\[sweep\]: 1 of 2 runs failed'
has err 'hint: train.batch=0,train.epochs=1: error\[out-of-range\]'
claim 'the log stays' [ -s fails/train.batch=0,train.epochs=1.log ]
claim 'the other one is done' [ -s fails/train.batch=16,train.epochs=1/report.json ]
has out '^saved in fails'
has fails/sweep.html 'What failed'
expect 3 sweep bars.yaml -q -s train.bach=8,16 -o typo
has err 'did you mean\|error\[unknown-key\]'

# ---- mistakes on the command line ----
expect 2 sweep bars.yaml
has err 'nothing varies'
expect 2 sweep bars.yaml -s train.batch=16
has err 'nothing varies'
expect 2 sweep bars.yaml -s train.batch=16,,32
has err 'a value in `train.batch=16,,32` is empty'
expect 2 sweep bars.yaml -s train.batch=1,2 -s train.batch=3,4
has err 'gives `train.batch` twice'
expect 2 sweep bars.yaml -s train.batch=1..8:1
has err 'must have from 2 to 1000 points'
expect 2 sweep - -s train.batch=1,2
has err 'cannot be standard input'
expect 4 sweep nothing.yaml -s train.batch=1,2
expect 3 run bars.yaml -s train.batch=16,32 -o never
has err 'hint: to try several values of train.batch: `lngraph sweep`'
expect 3 check bars.yaml -s train.optimizer.lr=0.1..1
has err 'hint: to try several values of train.optimizer.lr: `lngraph sweep`'
claim 'nothing was run' [ ! -e never ]

# ---- a signal: the runs save what they have ----
"$LNGRAPH" sweep bars.yaml -j 2 -s train.epochs=1000000 -s train.batch=8,16,32 -o long >out 2>err &
process=$!
tries=0
until [ "$(ls -d long/*/ 2>/dev/null | wc -l)" = 2 ] || [ $tries = 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
sleep 1
expect 4 sweep bars.yaml -q -j 2 -s train.epochs=1000000 -s train.batch=8,16,32 -o long
has err "another process is using the folder long: process $process"
kill -INT $process
wait $process 2>/dev/null
status=$?
last='sweep, then SIGINT'
claim "it ends by SIGINT, not $status" [ "$(kill -l $status)" = INT ]
claim 'two were stopped, and have their weights' [ "$(ls long/*/model.safetensors | wc -l)" = 2 ]
sweeps=$(ps -A -o args 2>/dev/null | awk 'index($0, ENVIRON["LNGRAPH"] " sweep bars.yaml -j 2")') # of this build: others may be tested at the same time
claim "none goes on: $sweeps" [ -z "$sweeps" ]
expect 0 list long
has out 'interrupted$'
expect 0 sweep bars.yaml -q -s train.epochs=1000000 -s train.batch=8,16,32 -s train.steps=20 -o long
claim 'a sweep of other values has runs of its own' [ "$(ls long/*steps=20*/report.json | wc -l)" = 3 ]

# ---- a sweep that is killed takes its runs along, and they can go on ----
if [ "$(uname)" = Linux ] && command -v ps >/dev/null; then
    "$LNGRAPH" sweep bars.yaml -j 2 --limit time=10m -s train.epochs=1000000 -s train.batch=1,2 -o killed >out 2>err &
    process=$!
    tries=0
    until runs=$(ps -A -o pid= -o ppid= | awk -v sweep=$process '$2 == sweep { print $1 }') && [ "$(echo $runs | wc -w)" = 2 ] || [ $tries = 600 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    sleep 1
    last='sweep, to be killed'
    claim 'two runs at once' [ "$(echo $runs | wc -w)" = 2 ]
    kill -KILL $process
    wait $process 2>/dev/null
    # the folder is theirs while they write their reports; later, runs of other values may begin there
    "$LNGRAPH" sweep bars.yaml -q -s train.steps=1 -s train.batch=4,8 -o killed >out 2>err ||
        has err "another process is using the folder killed: one that process $process has left behind$"
    tries=0
    until [ "$(ls killed/*epochs=1000000*/report.json 2>/dev/null | wc -l)" = 2 ] || [ $tries = 10000 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    last='sweep, then SIGKILL'
    claim 'both have their checkpoints' [ "$(ls killed/*epochs=1000000*/checkpoint.safetensors | wc -l)" = 2 ]
    expect 0 list killed
    has out 'interrupted$'
    lacks out 'running'
fi

# ---- what was stopped goes on from its checkpoint; what has ended without a report gets it ----
expect 0 run -q bars.yaml -s train.epochs=2 -o stopped/train.epochs=3
sed 's/^\( *epochs:\) 2$/\1 3/' stopped/train.epochs=3/model.yaml >model.yaml && mv model.yaml stopped/train.epochs=3
expect 0 run -q bars.yaml -s train.epochs=2 -o stopped/train.epochs=2
rm stopped/*/report.json
cp stopped/train.epochs=3/history.csv before
expect 0 sweep bars.yaml -q -t 2 -j 1 -s train.epochs=2,3 -o stopped
claim 'the first epochs are those of before, with their times' [ "$(head -n 3 stopped/train.epochs=3/history.csv)" = "$(cat before)" ]
expect 0 run -q bars.yaml -s train.epochs=3 -o straight
claim 'the weights have the same bits' cmp -s straight/model.safetensors stopped/train.epochs=3/model.safetensors
claim 'both have reports' [ "$(ls stopped/*/report.json | wc -l)" = 2 ]
has stopped/train.epochs=3/report.json '"threads": 2'
expect 2 sweep bars.yaml -t 0 -s train.epochs=2,3 -o stopped
has err 'threads'
finish
