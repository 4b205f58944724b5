#!/bin/sh
# Cells of a table that are texts or the paths of images, and tables whose columns or rows are wrong.
. "$top_srcdir/tests/shell/common"

model() { # NOTE
    cat <<YAML
lngraph: 1
name: t
data:
  source:
    format: csv
    fields:
      note: {text: true, $1}
      photo: {image: true, shape: [2, 2], fit: stretch}
      y: [1]
    train: {file: table.csv}
  dir: there
in: note[4], photo[2, 2], y[1]
graph:
  - concat(flatten(photo), mean(one_hot(note, depth=256), axes=[0]))
  - dense: {units: 1}
train: {loss: 'mse(out, y)', optimizer: sgd(lr=0.000001), epochs: 1, batch: 4}
report: {metrics: ['mean(sum(to_float(note)))', 'mean(sum(note > 0))', 'mean(sum(photo))']}
YAML
}
mkdir -p there/photos
for i in 1 2 3; do echo "P2 2 2 255 0 0 0 $i" >there/photos/$i.pgm; done
echo "P2 4 4 255 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9" >there/photos/4.pgm
table() { printf 'note,photo,y\n'; cat; }
table >there/table.csv <<'CSV'
AB,photos/1.pgm,1
"""",photos/2.pgm,2
,photos/3.pgm,3
é,photos/4.pgm,4
CSV
model 'length: 4' >m.yaml
expect 0 run -q -t 1 m.yaml -o run
has out '^mean *132.2500$'  # (65 + 66 + 34 + 0xc3 + 0xa9) / 4
has out '^mean_2 *1.2500$'  # bytes of 2, 1, 0 and 2
has out '^mean_3 *10.5000$' # (1 + 2 + 3 + 36) / 4
mkdir elsewhere
cd elsewhere || exit 99
expect 0 predict ../run ../there/table.csv
has out '^é,photos/4.pgm,4,'
cd ..

# ---- what is wrong ----
table >there/table.csv <<'CSV'
ABCDé,photos/1.pgm,1
ABCé,photos/2.pgm,2
,photos/none.pgm,3
a,table.csv,4
b,,5
CSV
expect 3 run -q -t 1 m.yaml -o never
has err 'table.csv: error\[data\]: line 2, column 1: `note` has 6 bytes, past the `length` of 4$'
has err 'hint: `longer: cut` cuts'
has err 'line 4, column 2: there/photos/none.pgm: cannot open'
has err 'line 5, column 2: there/table.csv: not an image, but a table in text$'
has err 'line 6, column 2: `photo` is empty, expected the path of an image$'
printf 'note,photo,y\nABC\303\251,photos/1.pgm,0\n' >there/table.csv
model 'length: 4, longer: cut' >m.yaml
expect 0 run -q -t 1 --force m.yaml -o run
has out '^mean *198.0000$' # no part of a character is left
printf 'note,photo,y\nA,photos/1.pgm,1\nB,photos/1.pgm,1\n' >there/table.csv
expect 0 run -q -t 1 --force m.yaml -o run
has run/report.html '0 of 2 training examples repeat another one\.' # their texts differ
printf 'y,y,nota,other\n1,1,a,b\n' >there/table.csv
expect 3 run -q -t 1 m.yaml -o never
has err 'line 1: there is no column `note`; the columns are y, y, nota, other$'
has err 'hint: did you mean `nota`?$'
has err 'line 1: there is no column `photo`$'
has err 'line 1: a column of `y` appears twice: `y`$'
{ printf 'note,photo,y\n' && yes 'a,b' | head -n 1000; } >there/table.csv
expect 3 run -q -t 1 m.yaml -o never
has err 'line 9: 2 cells, expected 3, one for each column$'
lacks err 'line 10:'
has err 'hint: 1000 rows have another number of cells than the first line$'

# ---- a small file that becomes a row without an end ----
if command -v gzip >/dev/null; then
    { printf 'note,photo,y\n' && dd if=/dev/zero bs=1048576 count=300 2>/dev/null | tr '\0' 'x'; } | gzip -1 >there/table.csv.gz
    rm there/table.csv
    expect 3 run -q -t 1 m.yaml -o never
    has err 'error\[limit\]: line 2: a row of more than 64 MiB; is a closing quote missing?$'
fi

# ---- a table that seems to be just below the limit is read, up to the hole; one that is far past it is refused ----
{ printf 'x,y\n' && yes '1,2' | head -n 600; } >there/table.csv
cat >m.yaml <<'YAML'
lngraph: 1
name: m
data:
  source:
    format: csv
    fields: {x: [1], y: [1]}
    train: {file: table.csv}
  dir: there
in: x[1], y[1]
graph:
  - x
  - dense: {units: 1}
train: {loss: 'mse(out, y)', optimizer: sgd(lr=0.1), batch: 4, epochs: 1}
YAML
bounded() { # its status is the machine's: it may have less memory than the limit
    last="lngraph run, a table of $1 bytes"
    dd if=/dev/null of=there/table.csv bs=1 seek="$1" 2>/dev/null
    "$LNGRAPH" run -q -t 1 m.yaml -o never >out 2>err </dev/null
}
if ! grep -q __asan_init "$LNGRAPH" && dd if=/dev/null of=there/table.csv bs=1 seek=2100000000 2>/dev/null; then
    bounded 2100000000
    lacks err 'past the limit'
    bounded 2900000000
    has err 'line 514: about [0-9]* rows of 8 bytes, which need [0-9]* MiB of memory, \(past the limit of 4 GiB\|more than this machine has\)$'
    rm there/table.csv
fi

# ---- what is needed is said before the table is read, if it is much, or if memory is asked for ----
{ printf 'x,y\n' && yes '1,2' | head -n 2000; } >there/table.csv
expect 0 run -n -t 1 m.yaml
has err 'there/table.csv: about 1,99[0-9] rows, which need at most 1 MiB of memory$'
expect 0 run -t 1 m.yaml -o quiet
lacks err 'MiB'

# ---- what a table needs is known after its first rows, of which the rest is a hole ----
{ printf 'note,photo,y\n' && yes 'A,photos/1.pgm,1' | head -n 600; } >there/table.csv
if ! grep -q __asan_init "$LNGRAPH" && dd if=/dev/null of=there/table.csv bs=1 seek=800000000 2>/dev/null; then
    model 'length: 4' >m.yaml
    ulimit -v 400000
    expect 4 run -q -t 1 m.yaml -o never
    has err 'error\[memory\]: line 514: about [0-9]* rows of 24 bytes, which need [0-9]* MiB of memory, more than can be had$'
    has err 'hint: read fewer columns, or a part of the table$'
fi
# ---- a name that model.yaml could not hold ----
cat >names.yaml <<'YAML'
lngraph: 1
name: names
data:
  source:
    format: csv
    fields: {x: [1], y: {class: true, count: 2}}
    train: {file: names.csv}
  dir: .
in: x[1], y
graph:
  - x
  - dense: {units: 2, activation: softmax}
train: {loss: 'cross_entropy(out, y)', optimizer: sgd(lr=0.1), epochs: 1, batch: 2}
YAML
for fault in '\001' '\033[31m' '\302\233'; do
    printf "x,y\n1,a\n2,b$fault\n" >names.csv
    expect 3 run -q -t 1 names.yaml -o never
    has err 'names.csv: error\[data\]: line 3, column 2: byte 2 of `b.*` is a control character, which the name of a class or category cannot have$'
    claim 'no model is written that cannot be read' [ ! -e never ]
    class=there/train/$(printf "b$fault")
    mkdir -p there/train/a "$class"
    cp there/photos/1.pgm there/train/a
    cp there/photos/1.pgm "$class"
    sed -e 's/format: csv/format: folder/' -e 's/{x: \[1\],/{x: {shape: [2, 2], fit: stretch},/' -e 's/{file: .*/{folder: train}/' -e 's/dir: ./dir: there/' \
        -e 's/x\[1\]/x[2, 2]/' -e 's/^  - dense/  - flatten\n  - dense/' names.yaml >folders.yaml
    expect 3 run -q -t 1 folders.yaml -o never
    has err "there/train: error.*byte 2 of the folder's name \`b.*\` is a control character, which the name of a class cannot have$"
    rm -r there/train
done
printf 'x,y\n1,a\n2,"b\n\tc: ü \\"\n' >names.csv
expect 0 run -q -t 1 names.yaml -o odd
expect 0 predict odd names.csv
# ---- integers: those of a row, a length that is missing, windows of them ----
awk 'BEGIN {
    print "length,word.0,word.1,word.2,kind,target"
    for (i = 0; i < 60; i++) {
        n = i % 3 + 1
        printf "%s,%d,%d,%d,%d,%.2f\n", (i % 20 == 4 ? "" : n), i % 7, (n > 1 ? i % 5 : -1), (n > 2 ? i % 4 : -1), i % 6, i % 10 / 10
    }
}' >ragged.csv
cat >ragged.yaml <<'YAML'
lngraph: 1
name: ragged
data:
  source:
    format: csv
    fields: {length: {int: true, missing: fill, fill: [2]}, word: {int: true, shape: [3]}, kind: int, target: [1]}
    train: {file: ragged.csv}
  dir: .
  validation: {last: 0.2}
in: length, word[3], kind, target[1]
let:
  there: arange(size=3) < to_float(length)
  read: gru(embedding(word, count=7, units=2), there, units=4)
graph:
  - concat(read[-1], embedding(kind, count=6, units=2))
  - dense: {units: 1}
train: {loss: 'mse(out, target)', optimizer: adam, epochs: 1, batch: 8}
report: {metrics: {length: mean(to_float(length)), kinds: to_float(kind)}}
YAML
expect 0 run -q -o ragged ragged.yaml
empty err
has out '^length  *2.0000'
has ragged/MODEL_CARD.md '^| length | scalar | integers | 1 | 3 |$'
expect 0 predict ragged ragged.csv
claim 'a line for each row' [ "$(wc -l <out)" = 61 ]
sed '4s/,[0-9]*,/,99,/' ragged.csv >far.csv
expect 3 predict ragged far.csv
has err '^far.csv: error.out-of-range.: `word` of example 2 holds 99, but the model takes only integers below 7$'
sed '4s/^3,/3.5,/' ragged.csv >half.csv
expect 3 run -q -o never ragged.yaml -s data.source.train.file=half.csv
has err 'line 4, column 1: `length` is `3.5`, expected an integer$'
expect 3 check ragged.yaml -s 'data.source.fields.kind={int: true, scale: standard}'
has err '`scale` goes with numbers that have fractions, not with `int`'
expect 3 check ragged.yaml -s 'data.source.fields.length={int: true, missing: fill, fill: [0.5]}'
has err 'a missing integer is filled in by an integer of 32 bits'
expect 3 check ragged.yaml -s 'data.source.fields.length={int: true, missing: mean}'
expect 3 check ragged.yaml -s 'data.source.fields.kind={int: true, names: [a]}'
sed 's/^    train:/    window: {length: 4, targets: [target]}\n    train:/; s/length, word.3., kind/length[4], word[4, 3], kind[4]/; s/^  there: .*/  there: length > 1/
     s/embedding(word, count=7, units=2)/reshape(embedding(word, count=7, units=2), shape=[4, 6])/; s/embedding(kind, count=6, units=2)/flatten(&)/
     s/^report.*//' ragged.yaml >windows.yaml
expect 0 run -q -o windows windows.yaml
expect 0 predict windows ragged.csv
claim 'a line for each window' [ "$(wc -l <out)" = 58 ]

finish
