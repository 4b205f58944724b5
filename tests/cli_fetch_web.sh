#!/bin/sh
# lngraph fetch from a web server on this machine, with curl and with wget: ranges, cut transfers, missing and wrong files, mirrors, signals.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
command -v python3 >/dev/null || { echo 'no python3 for the server'; exit 77; }

bars 240 60
cp -r data web
gzip -n web/t*-images
awk 'BEGIN { print "x,y"; for (i = 0; i < 2100; i++) printf "%d,%d\n", i % 97, i % 2 }' >web/train.csv
cat >table.yaml <<'YAML'
lngraph: 1
name: table
data:
  source:
    name: table
    format: csv
    fields: {x: {}, y: {class: true, names: ['0', '1']}}
    train: {file: train.csv}
    urls: []
in: x, y
graph:
  - x
  - dense: {units: 2, activation: softmax}
train: {loss: 'cross_entropy(out, y)', optimizer: sgd(lr=0.1), epochs: 1}
YAML
unset LNGRAPH_DATA
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
no_proxy=127.0.0.1
export no_proxy
python3 "$top_srcdir/tests/shell/httpd.py" web log &
server=$!
trap 'kill $server; cd / && rm -rf "$work"' EXIT
tries=0
until [ -s log ] || [ $tries = 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
host=http://127.0.0.1:$(head -n 1 log)
kept=cache/lngraph/bars
path=$PATH

# described MIRROR...: the model file bars.yaml with the digests of its files and these mirrors
described() {
    urls=$(for mirror; do printf '%s/%s/, ' "$host" "$mirror"; done)
    sed -e "/format: idx/a\\    urls: [${urls%, }]" -e '/published/,$d' bars.yaml >described.yaml
    for file in train-images train-labels test-images test-labels; do
        sum=$(sha256sum <data/$file)
        sed "s/{file: $file}/{file: $file, sha256: ${sum%% *}}/" described.yaml >new && mv new described.yaml
    done
}
# with STATUS ARGUMENT...: with nothing but the program in the path, and an empty log
with() {
    head -n 1 log >first && cp first log
    PATH=$work/only-$program expect "$@"
}
asked() { has log "^/$1\$"; }
whole() {
    claim "$last: all files are kept, and nothing else" [ "$(cd $kept && echo *)" = 'test-images.gz test-labels train-images.gz train-labels' ]
    for file in images.gz labels; do
        claim "train-$file is whole" cmp -s web/train-$file $kept/train-$file
    done
}
# begun FILE BYTES: the part that an earlier transfer left
begun() {
    rm -rf cache
    mkdir -p $kept
    head -c "$2" web/$1 >$kept/$1.part
}

for program in curl wget; do
    where=$(PATH=$path command -v $program) || continue
    mkdir -p only-$program
    ln -sf "$where" only-$program/$program

    # the second mirror has them; compressed first, then as they are; a second time there is nothing to do
    rm -rf cache
    described missing good
    with 0 fetch described.yaml
    has out "the data set \`bars\` is in $work/$kept"
    asked 'missing/train-images.gz -'
    asked 'missing/train-images -'
    asked 'good/train-images.gz -'
    asked 'good/train-labels.gz -'
    asked 'good/train-labels -'
    has err '^train-images: the server answered 404'
    whole
    with 0 fetch described.yaml
    has out 'complete in'
    lacks log '^/'
    empty err
    expect 0 run -q -o $program described.yaml

    # taken up again: from where it was, from another mirror; from the start when the server knows no ranges
    size=$(wc -c <web/train-images.gz)
    begun train-images.gz 5000
    with 0 fetch described.yaml
    asked 'good/train-images.gz bytes=5000-'
    has err "^train-images.gz: resuming at $host/missing/\$"
    whole
    described norange
    begun train-images.gz 5000
    with 0 fetch described.yaml
    asked 'norange/train-images.gz bytes=5000-'
    whole

    # what was begun is whole already, or is the beginning of something else, or longer than all of it
    described good
    begun train-images.gz $size
    with 0 fetch described.yaml
    lacks log /train-images
    whole
    begun train-images.gz 5000
    poke() { printf x | dd of=$kept/train-images.gz.part bs=1 seek="$1" conv=notrunc 2>/dev/null; }
    poke 3000
    with 0 fetch described.yaml
    asked 'good/train-images.gz -'
    whole
    begun train-images.gz $size
    poke 3000
    with 0 fetch described.yaml
    whole

    # broken off: taken up at the same mirror while it gets further
    rm -rf cache
    described cut
    with 0 fetch described.yaml
    has log '^/cut/train-images.gz bytes='
    whole

    # nobody has it; a server in trouble is not asked for the other spelling
    rm -rf cache
    described missing broken
    with 4 fetch described.yaml
    has err '^described.yaml:.*error\[data-not-found\]: `train-images` of the data set `bars` could not be fetched'
    has err "$host/missing/: the server answered 404"
    has err "$host/broken/: the server answered 500"
    has err 'lngraph fetch described.yaml --from DIR'
    lacks log 'broken/train-images -'
    empty out
    claim 'nothing is kept' [ ! -e $kept ]
    with 0 fetch described.yaml --from "$host/good"
    whole

    # another content: nothing is kept under the name, and the next mirror is asked
    rm -rf cache
    described wrong
    with 3 fetch described.yaml
    has err 'error\[data\]: `train-images`'
    claim 'what is wrong is not kept' [ ! -e $kept ]
    described wrong good
    with 0 fetch described.yaml
    whole

    # an answer without end, and redirects: within the web alone
    rm -rf cache
    described endless
    sed 's/{file: train-images,/{file: train-images, bytes: 15376,/' described.yaml >new && mv new described.yaml
    with 4 fetch described.yaml
    has err "$host/endless/: the answer is longer than 79.0 KiB"
    claim 'nothing of it is kept' [ ! -e $kept ]
    described moved
    with 0 fetch described.yaml
    whole
    rm -rf cache
    described ftp
    with 4 fetch described.yaml
    has err 'the server redirects to ftp://127.0.0.1:1/train-images.gz; only http and https are allowed'

    # no server
    rm -rf cache
    with 4 fetch described.yaml --from http://127.0.0.1:1
    has err '127.0.0.1:1: .*[Rr]efused\|127.0.0.1:1: .*connect'

    # a signal, to the program alone: the child ends too, the part stays, and the next fetch goes on
    for signal in INT TERM; do
        rm -rf cache
        described slow
        PATH=$work/only-$program "$LNGRAPH" fetch described.yaml >cut.out 2>cut.err &
        process=$!
        tries=0
        until [ "$(wc -c 2>/dev/null <$kept/train-images.gz.part || echo 0)" -ge 4096 ] || [ $tries = 200 ]; do
            tries=$((tries + 1))
            sleep 0.05
        done
        last="kill -$signal, $program"
        expect 4 fetch described.yaml
        has err "another process is using the folder $work/$kept"
        kill -$signal $process
        wait $process 2>/dev/null
        status=$?
        claim "it ends by SIG$signal, not $status" [ "$(kill -l $status)" = $signal ]
        has cut.err '^interrupted; `lngraph fetch described.yaml` resumes here$'
        claim 'the part is kept' [ -s $kept/train-images.gz.part ]
        empty cut.out
        described good
        with 0 fetch described.yaml
        has log '^/good/train-images.gz bytes=[0-9]*-$'
        whole
    done
    # without a digest, only the transfer knows where a file ends: no part of another fetch or mirror counts, and one that broke off goes on
    rm -rf cache
    for mirror in cut slow; do
        sed "s|urls: .*|urls: [$host/$mirror/]|" table.yaml >plain-$mirror.yaml
    done
    with 0 fetch plain-cut.yaml
    has log '^/cut/train.csv bytes='
    claim 'the table is whole' cmp -s web/train.csv cache/lngraph/table/train.csv
    rm -rf cache
    PATH=$work/only-$program "$LNGRAPH" fetch plain-slow.yaml >cut.out 2>cut.err &
    process=$!
    tries=0
    until [ -s cache/lngraph/table/train.csv.part ] || [ $tries = 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    kill -INT $process
    wait $process 2>/dev/null
    has cut.err '^interrupted; `lngraph fetch plain-slow.yaml` begins `train.csv` again, which has no `sha256`$'
    claim 'nothing of it is kept' [ -z "$(find cache -type f)" ]
    mkdir -p cache/lngraph/table
    head -c 5000 web/train.csv >cache/lngraph/table/train.csv.part
    with 0 fetch plain-cut.yaml
    asked 'cut/train.csv -'
    claim 'the table is whole' cmp -s web/train.csv cache/lngraph/table/train.csv
    # killed: nobody goes on writing
    rm -rf cache
    described trickle
    PATH=$work/only-$program "$LNGRAPH" fetch described.yaml >cut.out 2>cut.err &
    process=$!
    tries=0
    until [ -s $kept/train-images.gz.part ] || [ $tries = 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    kill -KILL $process
    wait $process 2>/dev/null
    size=$(wc -c <$kept/train-images.gz.part)
    sleep 1
    claim "killed with $program: the part grows no more" [ "$(wc -c <$kept/train-images.gz.part)" = "$size" ]
    made_with=${made_with-}$program
done
# a server that trickles is given up
if [ -n "${made_with-}" ]; then
    rm -rf cache
    described trickle
    started=$(date +%s)
    with 4 fetch described.yaml
    has err 'too slow: [0-9]* bytes in 30 seconds'
    claim 'after half a minute' [ $(($(date +%s) - started)) -lt 50 ]
fi
[ -n "${made_with-}" ] || { echo 'neither curl nor wget'; exit 77; }
finish
