#!/bin/sh
# --limit: what would take more memory is refused before the work, what takes more time is stopped and can be resumed.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

refused() { # LIMITS PATTERN
    expect 2 check --limit "$1" bars.yaml
    has err "$2"
    empty out
}
refused memroy=4G 'not `memroy`'
has err 'did you mean `memory`?'
refused memory '--limit takes memory=SIZE and time=TIME, such as memory=4G,time=10m, not `memory`'
refused time=1m, 'not ``'
for size in 4X 4 G 0x4G -4G 1e3G 4GB; do
    refused "memory=$size" "\`memory\` of --limit takes a size, such as 512M or 4G, not \`$size\`"
done
for time in 10 -3s s 3d nans; do
    refused "time=$time" "\`time\` of --limit takes a time, such as 30s, 10m or 2h, not \`$time\`"
done
refused memory=1K '`memory` of --limit must be from 32M to 1024T, not 1K'
refused memory=9999T 'not 9999T'
refused time=0s '`time` of --limit must be from 1ms to 270000h, not 0s'
refused memory=1G,memory=2G '--limit gives `memory` twice'
expect 2 run --limit time=1m --limit time=2m bars.yaml
has err 'twice'

# ---- memory ----
if [ -z "${SANITIZE-}" ]; then # sanitizers reserve terabytes
    expect 0 run -q -o run -t 2 --limit memory=256M,time=10m bars.yaml
    empty err
    sed 's/dense: {units: 3/dense: {units: 10000}\n  - dense: {units: 10000}\n  - dense: {units: 3/' bars.yaml >big.yaml
    expect 3 check --limit memory=512M big.yaml
    has err '^big.yaml: error\[limit\]: weights and tapes take [0-9.]* MB while it trains, and --limit allows 536.9 MB'
    expect 0 check big.yaml
    expect 4 run -o big -t 1 --limit memory=512M big.yaml
    has err 'error\[memory\]: out of memory: the engine needs [0-9]* MiB'
    has err 'hint: --limit allows 536.9 MB'
    claim 'it is refused before the work' [ ! -e big ]
    expect 3 sweep -q -o bigs -t 1 -j 1 --limit memory=512M -s train.batch=16,32 big.yaml
    has err '2 of 2 runs failed'
    has err 'train.batch=32: .*out of memory: the engine needs [0-9]* MiB'
fi

# ---- time ----
expect 4 run -t 1 -s train.epochs=1000000 --limit time=1s -o timed bars.yaml
has err 'error\[time\]: the time that --limit gives is over, after [0-9]* steps'
has err 'hint: `lngraph resume timed` goes on'
steps=$(sed -n 's/.* is over, after \([0-9]*\) steps/\1/p' err)
expect 0 resume -q -t 1 timed -s train.steps=$((steps + 3))
expect 0 run -q -t 1 -o whole -s train.epochs=1000000 -s train.steps=$((steps + 3)) bars.yaml
claim 'it went on with the same bits' cmp -s timed/model.safetensors whole/model.safetensors
expect 4 run -q -t 1 -s train.epochs=1000000 --limit time=1ms -o none bars.yaml
has err 'error\[time\]: the time that --limit gives is over'

# ---- of a sweep: for each run, and for as long again the next time ----
expect 2 sweep --limit time=3 -s train.batch=16,32 bars.yaml
has err '`time` of --limit takes a time, such as 30s, 10m or 2h, not `3`'
reached() { sed -n "s/.*batch=$1,.*the time that --limit gives is over, after \([0-9]*\) steps.*/\1/p" err; }
for round in 1 2; do
    expect 3 sweep -q -t 1 -j 2 --limit memory=1024T --limit time=500ms -s train.batch=16,32 -s train.epochs=1000000 -o swept bars.yaml
    has err '2 of 2 runs failed'
    eval "few$round=$(reached 16) many$round=$(reached 32)"
done
claim 'both go on' [ "$few2" -gt "$few1" -a "$many2" -gt "$many1" ]
finish
