#!/bin/sh
# lngraph list: runs with their figures, the newest first, and what is wrong with the others.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

expect 4 list
has err 'cannot open the folder runs'
mkdir runs
expect 0 list
has out '^runs has no runs$'
expect 0 run -q bars.yaml -o runs/old
expect 0 run -q bars.yaml -o runs/new -s train.epochs=1
touch -d '2001-02-03 04:05' runs/old/report.json
cp -r runs/old runs/bare && rm runs/bare/report.json
cp -r runs/old runs/format && sed 's/"format": 2/"format": 1/' runs/old/report.json >runs/format/report.json
cp -r runs/old runs/cut && head -c 500 runs/old/report.json >runs/cut/report.json
cp -r runs/old runs/stopped && sed 's/"interrupted": false/"interrupted": true/' runs/old/report.json >runs/stopped/report.json
mkdir runs/empty
touch runs/file

expect 0 list
empty err
has out '^run  *loss  *accuracy  *auc.macro  *of  *when$'
has out '^runs/old  *[0-9.]*  *[0-9.]*  *[0-9.]*  *test  *2001-02-03 04:05$'
claim 'the oldest one comes last' [ "$(sed -n 's/^\(runs[^ :]*\) .*/\1/p' out | tail -n 1)" = runs/old ]
has out '^runs/bare: without a report$'
has out '^runs/format: broken: the report has format 1; this version of lngraph reads format 2$'
has out '^runs/cut: broken: byte [0-9]*: not the report of a run'
has out '^runs/stopped: interrupted$'
has out '^runs/empty: no run$'
lacks out 'runs/file'
lacks out '^runs/old:'

# ---- the figures are those of the report ----
accuracy() { sed -n '/"test": {/,/}/s/.*"accuracy": \([0-9][0-9.]*\).*/\1/p' "$1"; }
claim 'accuracy' [ "$(awk '$1 == "runs/old" && $6 ~ /2001/ { print $3 }' out)" = "$(accuracy runs/old/report.json | awk '{ printf "%.4f", $1 }')" ]
expect 0 list --json
has out '^    "folder": "runs/old",$'
has out '^    "time": 981[0-9]*,$'
has out '^    "state": "without a report",$'
sed -n '/"runs\/old"/,/^  }/p' out >one
claim 'the same accuracy' [ "$(sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' one)" = "$(accuracy runs/old/report.json)" ]

# ---- another folder, the folder of a run, one that a process holds ----
expect 0 list runs/old
has out '^runs/old '
"$LNGRAPH" run -q -s train.epochs=1000000 bars.yaml -o runs/going >/dev/null 2>&1 &
process=$!
tries=0
until [ -d runs/going ] && "$LNGRAPH" list | grep -q '^runs/going: running$' || [ $tries = 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
expect 0 list
has out '^runs/going: running$'
kill -TERM $process
wait $process 2>/dev/null
printf 'a\033[1mb' >name && mv runs/cut "runs/$(cat name)"
expect 0 list
claim 'no control character reaches the terminal' [ "$(tr -d '\n' <out | tr -d ' -~' | wc -c)" = 0 ]
finish
