#!/bin/sh
# SIGINT and SIGTERM: the batch is finished, what was trained is kept and reported, and the process ends by that signal.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

begin() { # FOLDER: a long run, as far as its first row
    rm -f err
    "$LNGRAPH" run -o $1 -t 2 -s train.epochs=1000000 bars.yaml >out 2>err &
    process=$!
    tries=0
    until grep -qs '^ *1 ' err || [ $tries = 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}

for signal in INT TERM; do
    begin $signal
    last="kill -$signal"
    kill -$signal $process
    wait $process 2>/dev/null
    status=$?
    claim "it ends by SIG$signal, not $status" [ "$(kill -l $status)" = $signal ]
    has out '; interrupted$'
    has err '^interrupted after [0-9]* steps; `lngraph resume'
    claim 'what was trained is kept' [ -s $signal/model.safetensors ]
    expect 0 eval --json $signal
    sed -n '/"splits"/,/^  }/s/},*$/}/p' out >a
    sed -n '/"splits"/,/^  }/s/},*$/}/p' $signal/report.json >b
    claim 'there are figures' [ -s a ]
    claim 'and evaluates as it was reported' cmp -s a b
done

# a second signal leaves out the report, not the weights
begin twice
kill -INT $process
kill -TERM $process
wait $process 2>/dev/null
status=$?
claim 'it ends by SIGTERM' [ "$(kill -l $status)" = TERM ]
has out '^saved in twice, without a report$'
claim 'the weights are saved' [ -s twice/model.safetensors ]
claim 'there is no report' [ ! -e twice/report.json ]
expect 0 eval twice

# a third one does not wait; nothing is half written
begin thrice
kill -INT $process
kill -TERM $process
kill -HUP $process 2>/dev/null
wait $process 2>/dev/null
status=$?
claim 'it ends by a signal' [ "$(kill -l $status)" = HUP -o "$(kill -l $status)" = TERM ]
claim 'all of the training is saved, or nothing' [ "$(ls thrice 2>/dev/null | grep -c -e '^source' -e '^model' -e '^checkpoint' -e '^history')" = 5 -o -z "$(ls thrice 2>/dev/null)" ]
for file in thrice/*; do
    case $file in *.safetensors) expect 0 eval -w $file bars.yaml ;; esac
done

# killed: the folder is free again, and cleared of what was begun
begin killed
kill -KILL $process
wait $process 2>/dev/null
claim 'files were begun' [ -n "$(find killed -name '.lngraph-*.tmp')" ]
: >killed/.lngraph-$$-0.tmp
expect 0 run -q -o killed -s train.epochs=1 bars.yaml --force
claim 'they are gone, but for what a living process writes' [ "$(find killed -name '.lngraph-*.tmp')" = killed/.lngraph-$$-0.tmp ]
rm killed/.lngraph-$$-0.tmp

# moved away: what was begun is removed from where it is now
begin moved
mv moved elsewhere
kill -INT $process
wait $process 2>/dev/null
has err 'moved/.*cannot be'
claim 'the folder is there, without what was begun' [ -d elsewhere -a -z "$(find elsewhere -name '.lngraph-*.tmp')" ]
finish
