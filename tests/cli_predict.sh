#!/bin/sh
# lngraph predict: the answers are those of the evaluation, from every kind of file, alone or among others; and what is no image, or
# unlike the training's, is refused without harm to the rest.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
bars 240 60

same() { claim "$1 and $2 are the same" cmp -s "$1" "$2"; }
# answers FILE: a line of JSON without the file's name and index; lines N: what was printed has so many
answers() { sed 's/^{"file":"[^"]*","index":[0-9]*,/{/' "$1"; }
lines() { claim "$last: $1 lines" [ "$(wc -l <out)" = "$1" ]; }
# example N: the pixels of a test image; zeros N: so many bytes; bytes: what comes in, as numbers
example() { tail -c +$((17 + 64 * $1)) "$images" | head -c 64; }
bytes() { od -An -v -tu1 | tr -s ' ' '\n' | sed '/^$/d'; }
zeros() { head -c "$1" /dev/zero; }
npy() { # FILE DTYPE SHAPE <ELEMENTS
    header="{'descr': '$2', 'fortran_order': False, 'shape': $3, }"
    { printf '\223NUMPY\001\000%b' "$(octal ${#header} 0)" && printf %s "$header" && cat; } >"$1"
}

expect 0 run -q bars.yaml -o bars
mv data elsewhere # nobody needs it now
images=$PWD/elsewhere/test-images

# ---- the answers are the evaluation's ----
expect 0 predict bars "$images"
lines 60
cp out all
claim 'file, class, probability, the next two' [ "$(awk -F '\t' 'NF == 7 && $3 >= $5 && $5 >= $7 && $3 + $5 + $7 > 0.999' out | wc -l)" = 60 ]
has out "^$images\[59\]	"
cut -f 2 out >classes
tail -c 60 elsewhere/test-labels | bytes >labels
paste classes labels | awk '$1 == $2' | wc -l | awk '{ printf "%.6f\n", $1 / 60 }' >counted
sed -n '/"test": {/,/}/s/.*"accuracy": \([0-9][0-9.]*\).*/\1/p' bars/report.json | awk '{ printf "%.6f\n", $1 }' >reported
claim 'there is an accuracy' [ "$(head -c 2 reported)" = 0. ]
same counted reported

# ---- alone, in another order, on other threads ----
expect 0 predict --json bars "$images"
lines 60
cp out all.json
for threads in 1 2 5; do
    expect 0 predict --json -t $threads bars "$images"
    same out all.json
done
for i in 0 15 16 59; do
    expect 0 predict --json bars "$images" -i $i
    sed -n "$((i + 1))p" all.json >one
    same out one
done
expect 0 predict --json bars "$images" --index 59,3,7-9,3
for i in 59 3 7 8 9 3; do sed -n "$((i + 1))p" all.json; done >some
same out some
expect 0 predict bars "$images" -i 2-4
sed -n 3,5p all >some
same out some

# ---- one object a line, which the program's own strict reader takes ----
head -n 1 all.json >first.json
has first.json '^{"file":".*test-images","index":0,"class":[012],"probability":[0-9.e-]*,"probabilities":\[[^]]*\]}$'
cp -r bars reread
cp first.json reread/report.json
expect 3 predict reread "$images" -i 0
has err 'reread/report.json: error\[run-folder\]: not the report of a run: it has no `format`'
sed 's/"format": 2/"format": 1/' bars/report.json >reread/report.json
expect 3 predict reread "$images" -i 0
has err 'reread/report.json: error\[run-folder\]: the report has format 1; this version of lngraph reads format 2'
has err 'hint: `lngraph eval RUN --json >report.json` makes a report of its weights'
expect 0 eval reread --json --data elsewhere
cp out reread/report.json
expect 0 predict reread "$images" -i 0
empty err
cat first.json first.json >reread/report.json
expect 3 predict reread "$images" -i 0
has err 'reread/report.json: error\[run-folder\]: byte [0-9]*: not the report of a run'

# ---- every kind of file is the same example ----
example 5 >raw
claim 'an example' [ "$(wc -c <raw)" = 64 ]
sed -n 6p all.json >all.5
answers all.5 >wanted
{ printf 'P5\n# an image\n8 8\n255\n' && cat raw; } >five.pgm
{ printf 'P2 8 8 255\n' && bytes <raw; } >plain.pgm
{ printf '\0\0\010\003\0\0\0\001\0\0\0\010\0\0\0\010' && cat raw; } >five.idx
gzip -c five.idx >five.idx.gz
npy five.npy '|u1' '(8, 8)' <raw
npy row.npy '|u1' '(1, 64)' <raw
bytes <raw | awk '{ # IEEE 754 binary32 of 0 to 255, little-endian
    e = 0
    for (m = $1; m >= 2; m /= 2) e++
    fraction = $1 ? (m - 1) * 128 : 0
    exponent = $1 ? e + 127 : 0
    printf "\\0000\\0000\\0%03o\\0%03o", exponent % 2 * 128 + fraction, int(exponent / 2)
}' >escapes
printf '%b' "$(cat escapes)" >floats
claim 'floats' [ "$(wc -c <floats)" = 256 ]
npy real.npy '<f4' '(8, 8, 1)' <floats
for file in five.pgm plain.pgm five.idx five.idx.gz five.npy row.npy real.npy; do
    expect 0 predict --json bars $file
    answers out >got
    same got wanted
    has out "^{\"file\":\"$file\",\"index\":0,"
done
"$LNGRAPH" predict --json bars - <five.pgm >out 2>err
answers out >got
same got wanted
has out '"file":"-"'
expect 0 predict bars five.pgm five.npy "$images" -i 0 # gathered into one batch
lines 3
has out '^five.pgm	'
cat raw raw | npy two.npy '|u1' '(2, 8, 8)'
expect 0 predict bars two.npy
has out '^two.npy\[1\]	'
name=$(printf 'a\tb')
cp five.pgm "$name"
expect 0 predict bars "$name"
has out '^a?b	'

# ---- --index ----
for wrong in x 1, ,1 3-1 -1 1-2-3 99999999999999999999; do
    expect 2 predict bars five.pgm --index "$wrong"
    has err '3,7,10-19'
done
expect 3 predict bars "$images" five.pgm --index 1,60
has err 'test-images: error\[out-of-range\]: there is no example 60: the file holds 60'
has err 'five.pgm: error\[out-of-range\]'
empty out
expect 3 predict bars five.pgm -i 0-9223372036854775807
has err 'error\[out-of-range\]'

# ---- other sizes ----
{ printf 'P5 16 12 255\n' && zeros 192; } >wide.pgm
expect 3 predict bars wide.pgm five.pgm
has err 'wide.pgm: error\[shape\]: the example is \[12, 16\], but the model.s `image` is \[8, 8, 1\]'
has err 'hint: --resize'
lines 1 # of the other file
expect 0 predict --resize bars wide.pgm five.pgm
lines 2
sed -n 2p out >resized
expect 0 predict bars five.pgm
same out resized
zeros 486 | npy colour.npy '|u1' '(2, 9, 9, 3)'
expect 3 predict -r bars colour.npy
has err 'error\[shape\]: each of the 2 examples is \[9, 9, 3\]'
has err 'hint: --resize changes only the height and width'

# ---- what is no image does not stop the others ----
head -c 40 five.pgm >cut.pgm
printf 'P5 16000 16000 255\n' >huge.pgm
printf 'P5 99999999999 1 255\n' >huger.pgm
printf '\0\0\010\003\177\377\377\377\177\377\377\377\177\377\377\377' >huge.idx
printf '\211PNG\r\n\032\n\0\0\0\015IHDR' >cut.png
npy double.npy '<f2' '(8, 8)' <raw
: >empty.pgm
mkfifo pipe
mkdir folder
expect 3 predict bars cut.pgm huge.pgm huger.pgm huge.idx cut.png double.npy empty.pgm pipe folder ./nothing.pgm five.pgm - bars.yaml
for file in cut.pgm huge.pgm huger.pgm huge.idx cut.png double.npy empty.pgm pipe folder nothing.pgm '<stdin>' bars.yaml; do
    claim "$file gets one error" [ "$(grep -c "^\(./\)\{0,1\}$file: error" err)" = 1 ]
done
has err '^double.npy: .*promises 128 bytes'
has err '^<stdin>: .*empty'
has err '^pipe: error\[not-a-file\]'
lines 1
has out '^five.pgm	'
expect 4 predict bars nothing.pgm five.pgm
lines 1
expect 2 predict bars - five.pgm -
has err 'can be read once'
expect 2 predict bars
has err 'name a file'

# ---- input without end is refused from its first bytes ----
if [ -r /dev/zero ]; then
    for begin in '' 'x'; do
        { printf %s "$begin" && cat /dev/zero; } 2>/dev/null | (ulimit -t 5 && "$LNGRAPH" predict bars -) >out 2>err
        last='predict - </dev/zero'
        has err '<stdin>: error\[data\]: byte [02]: '
    done
fi

# ---- what is no run ----
expect 3 predict folder five.pgm
has err 'error\[run-folder\]: folder is not a run folder: folder/model.yaml is missing'
expect 3 predict bars.yaml five.pgm
has err 'error\[run-folder\]: bars.yaml is a file, not a run folder'
expect 3 predict nowhere five.pgm
has err 'error\[run-folder\]'
cp -r bars cut
head -c 200 bars/model.safetensors >cut/model.safetensors
expect 3 predict cut five.pgm
has err 'error\[weights\]'

# ---- streams ----
"$LNGRAPH" predict bars "$images" 2>err | head -n 1 >out
lines 1
empty err
if [ -w /dev/full ]; then
    "$LNGRAPH" predict bars five.pgm >/dev/full 2>err
    claim 'a full device' [ $? = 4 ]
    has err 'standard output'
fi

# ---- a terminal sees what the model sees ----
if script -qec true /dev/null >tried 2>&1 </dev/null; then
    on_terminal() { # VARIABLE=VALUE...: what is printed
        env "$@" script -qec "stty cols 60; '$LNGRAPH' predict bars five.pgm" /dev/null 2>&1 </dev/null | tr -d '\r' >out
        last="predict on a terminal ($*)"
    }
    on_terminal TERM=dumb
    lines 5
    has out '^five.pgm	'
    has out '[-:=+*#%@]'
    lacks out "$(printf '\033')"
    on_terminal TERM=xterm-256color LC_ALL=C.UTF-8
    lines 5
    has out "$(printf '\033\\[38;5;[0-9]*;48;5;[0-9]*m')"
    on_terminal TERM=xterm-256color LC_ALL=C.UTF-8 NO_COLOR=1
    lines 5
    has out "$(printf '[\342][\226]')"
    lacks out "$(printf '\033')"
fi

# ---- outputs that are no probabilities; more than one field; batches that mix ----
mv elsewhere data
variant() { # NAME GRAPH-END LOSS: the bars with another end
    sed "s|^name: .*|name: $1|; /- dense/,\$d" bars.yaml >"$1.yaml"
    printf '  - %s\ntrain: {loss: "%s", optimizer: sgd(lr=0.01), batch: 16, epochs: 1}\n' "$2" "$3" >>"$1.yaml"
    expect 0 run -q "$1.yaml" -o "$1"
}
variant logits 'dense: {units: 3}' 'cross_entropy(softmax(out), label)'
expect 0 predict logits five.pgm
claim 'three numbers' [ "$(awk -F '\t' '{ print NF }' out)" = 4 ]
expect 0 predict --json logits five.pgm
has out '^{"file":"five.pgm","index":0,"output":\[[-0-9.e]*,[-0-9.e]*,[-0-9.e]*\]}$'
variant squares 'dense: {units: 3}' 'mean((out - one_hot(label, depth=3)) ** 2)'
expect 0 predict --json squares five.pgm
has out '"output":\['
variant told 'dense(it, units=3) + one_hot(label, depth=3)' 'cross_entropy(softmax(out), label)'
expect 3 predict told five.pgm
has err '^five.pgm: error\[arguments\]: this file has one field: expected NPZ or CSV'
has err 'give each of them a file: image=FILE label=FILE'
expect 3 predict told imgae=five.pgm
has err 'the output depends on `image`, `label`: whose file is imgae=five.pgm'
has err 'image=FILE label=FILE'
expect 3 predict told image=five.pgm
has err 'not all of them have a file'
expect 0 predict told image="$PWD/data/test-images" label="$PWD/data/test-labels"
lines 60
expect 3 predict told image="$PWD/data/test-images" label="$PWD/data/train-labels"
has err '240 examples of `label`, but 60 of `image`'
printf '\001' | npy one.npy '|u1' '(1,)'
printf '\001\0\0\0' | npy word.npy '<i4' '(1,)'
expect 0 predict told image=five.pgm label=one.npy label=word.npy image=five.pgm
lines 2
claim 'both ways are the same' [ "$(sort -u out | wc -l)" = 1 ]
printf '\003' | npy beyond.npy '|u1' '(1,)'
expect 3 predict told image=five.pgm label=beyond.npy
has err 'beyond.npy: error\[out-of-range\]: example 0 is class 3, expected 0 to 2'
expect 0 predict bars image=five.pgm
alone() { # NAME: no answer depends on the others
    expect 0 predict --json "$1" data/test-images
    cp out together
    claim "$1 answers" [ "$(sort -u together | wc -l)" -gt 10 ]
    expect 0 predict --json "$1" data/test-images -i 40
    sed -n 41p together >fortieth
    same out fortieth
}
variant mixing 'dense(it, units=3) + batch_mean(mean(it))' 'cross_entropy(softmax(out), label)'
alone mixing
variant noisy 'dense(it, units=3) + random_normal(shape=[3])' 'cross_entropy(softmax(out), label)'
alone noisy
variant wild 'dense(it, units=3) / mean(image)' 'cross_entropy(softmax(out), label)'
{ printf 'P5 8 8 255\n' && zeros 64; } >black.pgm
expect 5 predict --as-is wild black.pgm five.pgm
has err 'black.pgm: error\[non-finite\]: the output for example 0'
lines 1

# ---- unlike the training's: bright marks in a dark frame ----
mark() { # CLASS: 4 x 4, the upper or the lower half of the middle
    zeros 5
    for row in 0 1; do
        if [ $row = "$1" ]; then printf '\310\310'; else printf '\012\012'; fi
        zeros $((2 + 3 * row))
    done
}
{ printf '\0\0\010\003\0\0\0\010\0\0\0\004\0\0\0\004' && for i in 0 1 2 3; do mark 0 && mark 1; done; } >data/train-images
printf '\0\0\010\001\0\0\0\010\0\001\0\001\0\001\0\001' >data/train-labels
cp data/train-images data/test-images
cp data/train-labels data/test-labels
cat >marks.yaml <<'YAML'
lngraph: 1
name: marks
data:
  source:
    name: marks
    format: idx
    classes: 2
    fields: {image: [4, 4, 1], label: class}
    train: {image: {file: train-images}, label: {file: train-labels}}
    test: {image: {file: test-images}, label: {file: test-labels}}
in: image[4, 4, 1], label
graph:
  - image / 255
  - flatten
  - dense: {units: 2, activation: softmax}
train: {loss: "cross_entropy(out, label)", optimizer: sgd(lr=1), batch: 8, epochs: 100}
YAML
expect 0 run -q marks.yaml -o marks
{ printf 'P5 4 4 255\n' && mark 1; } >mark.pgm
{ printf 'P5 4 4 255\n' && mark 1 | bytes | awk '{ printf "\\0%03o", 255 - $1 }' >escapes && printf '%b' "$(cat escapes)"; } >negative.pgm
expect 0 predict marks mark.pgm
has out '^mark.pgm	1	0\.[5-9][0-9]*	0	'
cp out positive
expect 3 predict marks negative.pgm mark.pgm
has err 'negative.pgm: error\[data\]: looks inverted: its border is light'
has err 'hint: --invert'
same out positive
expect 0 predict --invert marks negative.pgm
sed 's/negative/mark/' out >inverted
same inverted positive
expect 3 predict --invert marks mark.pgm
has err 'leave out --invert'
expect 0 predict --as-is marks negative.pgm
has out '^negative.pgm	'
{ printf 'P2 2 2 15\n' && echo 15 15 15 15; } >paper.pgm
expect 3 predict marks paper.pgm
has err 'paper.pgm: error\[shape\]: the example is \[2, 2\]'
expect 3 predict --resize marks paper.pgm
has err 'paper.pgm: error\[data\]: looks inverted'
expect 0 predict --resize --invert marks paper.pgm
{ mark 0 && tail -c 16 negative.pgm && tail -c 16 negative.pgm; } | npy some.npy '|u1' '(3, 4, 4)'
expect 3 predict marks some.npy
has err 'some.npy: error\[data\]: looks inverted: the border of example 1 (and of 1 more) is light'
expect 0 predict marks some.npy -i 0
lines 1
# floats from 0 to 1, and beyond
printf '%b' '\0000\0000\0200\0077\0000\0000\0000\0000' >pair # 1, 0
for i in 1 2 3 4 5 6 7 8; do cat pair; done | npy unit.npy '<f4' '(4, 4)'
expect 3 predict marks unit.npy
has err 'unit.npy: error\[out-of-range\]: all numbers of `image` are from 0 to 1, less than a hundredth of the range that the model was trained on, 0 to 200'
expect 0 predict --as-is marks unit.npy
printf '%b' '\0000\0000\0172\0104\0000\0000\0000\0000' >pair # 1000, 0
for i in 1 2 3 4 5 6 7 8; do cat pair; done | npy much.npy '<f4' '(4, 4)'
expect 3 predict marks much.npy
has err 'the numbers of `image` are 0 to 1000'
sed '/"inputs"/,/^  }/d' marks/report.json >report && cp report marks/report.json
expect 0 predict marks negative.pgm # nothing to compare with, and it says so
has err 'marks/report.json does not describe the training data of `image`: scale'
# ---- memory does not grow with the number of examples ----
{ printf '\0\0\010\003\0\001\206\240\0\0\0\010\0\0\0\010' && zeros 6400000; } | gzip -9 >many.idx.gz # 100,000
if [ -z "${SANITIZE-}" ] && (ulimit -v 300000) 2>/dev/null; then # sanitizers reserve terabytes
    (ulimit -v 60000 && "$LNGRAPH" predict -t 1 --as-is bars many.idx.gz -i 99999,0,99998-99999 >out 2>err)
    last='predict many.idx.gz'
    lines 4
    has out '^many.idx.gz\[0\]	'
fi
"$LNGRAPH" predict --as-is bars - -i 99999,0 <many.idx.gz >out 2>err
has err 'error\[arguments\]: --index goes back by more than 512 examples, but standard input can be read only once'
lines 1
gzip -dc many.idx.gz | head -c 6399990 >cut.idx
"$LNGRAPH" predict --as-is bars - <cut.idx >out 2>err
claim 'an end within an example' [ $? = 3 ]
has err '^<stdin>: error\[data\]: byte 6399990: the file ends 26 bytes early'
lines 99840 # of whole blocks
# ---- a table has all fields: it trains a model with several inputs, and predicts ----
mkdir table
cat >table/churn.yaml <<'YAML'
lngraph: 1
name: churn
data:
  source:
    format: csv
    classes: 2
    fields: {usage: [2], plan: class, label: class}
    train: {file: train.csv}
  dir: .
in: usage[2], plan, label
graph: ['concat(usage, one_hot(plan, depth=2))', dense: {units: 2, activation: softmax}]
train: {loss: 'cross_entropy(out, label)', optimizer: sgd(lr=0.5), epochs: 3}
YAML
awk 'BEGIN { print "who,usage.0,usage.1,plan,label"; for (i = 0; i < 40; i++) printf "%d,%.2f,%.2f,%d,%d\n", i, i / 40, i % 7, i % 2, (i > 20) }' >table/train.csv
expect 0 run -q table/churn.yaml -o table/run
cut -d , -f 1-4 table/train.csv >new.csv
expect 0 predict --json table/run new.csv
lines 40
has out '^{"file":"new.csv","index":39,"class":1,'
cp out all
gzip -c new.csv >new.csv.gz
expect 0 predict --json table/run usage=new.csv.gz plan=new.csv
sed 's/.gz//' out >apart
same all apart
expect 0 predict --json table/run new.csv -i 3 new.csv
lines 2
"$LNGRAPH" predict --json table/run - <new.csv | sed 's/"-"/"new.csv"/' >piped
same all piped
tr , ';' <new.csv >new.txt
expect 0 predict --json table/run new.txt
sed 's/txt/csv/' out >apart
same all apart
# a table gives the table, with columns added
expect 0 predict table/run new.csv
lines 41
cp out csv
has csv '^who,usage.0,usage.1,plan,prediction,probability.0,probability.1$'
cut -d , -f 1-4 csv >given
same given new.csv
tail -n +2 csv | cut -d , -f 5 >classes
sed 's/.*"class":\([01]\),.*/\1/' all >wanted
same classes wanted
claim 'probabilities' [ "$(tail -n +2 csv | awk -F , '$6 + $7 > 0.99999 && $6 + $7 < 1.00001 && ($6 > $7) == ($5 == 0)' | wc -l)" = 40 ]
expect 0 predict table/run new.csv.gz new.csv -o made.csv
empty out
{ cat csv && tail -n +2 csv; } >twice
same made.csv twice
expect 0 predict table/run new.csv -i 30,2
{ sed -n '1p;32p' csv && sed -n 4p csv; } >some
same out some
printf '\357\273\277usage.0\tname\tplan\tusage.1\r\n0.5\t"a ""b""\r\nc\td"\t1\t5\r\n' >quoted.tsv
expect 0 predict table/run quoted.tsv
tr '\t' '@' <out | grep -c "$(printf '^c@d"@1@5@[01]@0.[0-9]*@0.[0-9]*\r$')" >count
has count '^1$'
has out "$(printf '^usage.0\tname\tplan\tusage.1\tprediction\tprobability.0\tprobability.1\r$')"
expect 3 predict table/run new.csv quoted.tsv
has err '^quoted.tsv: error\[arguments\]: its columns are not those of the first table$'
lines 41
expect 3 predict table/run new.csv usage=new.csv plan=new.csv
has err '^new.csv: error\[arguments\]: tables and other files have no common form of results$'
sed '30s/,[01]$/,x/' new.csv >late.csv
expect 3 predict table/run new.csv late.csv -o made.csv
has err '^late.csv: error\[data\]: line 30, column 4: `plan` is `x`, expected an integer$'
has err 'hint: made.csv was not written'
same made.csv twice
expect 3 predict --invert table/run new.csv
has err '^new.csv: error\[arguments\]: --invert swaps dark and light in images, but `usage` is \[2\]$'
empty out
sed s/plan/plans/ new.csv >wrong.csv
expect 3 predict table/run wrong.csv new.csv
has err '^wrong.csv: error\[data\]: line 1: there is no column `plan`; the columns are who, usage.0, usage.1, plans$'
has err 'hint: did you mean `plans`?'
lines 41
tail -n +2 new.csv >headless.csv
expect 3 predict table/run headless.csv
has err 'hint: the first line of a table has the names of the columns'
printf 'neither one nor the other\n' >text.txt
expect 3 predict table/run text.txt
has err '^text.txt: error\[data\]: byte 0: not an image'
sed '3s/,[01]$/,2/' new.csv >beyond.csv
expect 3 predict table/run beyond.csv
has err '^beyond.csv: error\[out-of-range\]: example 1 is class 2, expected 0 to 1'
sed '4s/,[01]$/,x/' table/train.csv >table/bad.csv
expect 3 run -q -s data.source.train.file=bad.csv table/churn.yaml -o table/never
has err 'bad.csv: error\[data\]: line 4, column 5: `label` is `x`, expected an integer'
sed '2s/^0,/"0\
or none",/; 5s/,0$/,2/' table/train.csv >table/label.csv
expect 3 run -q -s data.source.train.file=label.csv table/churn.yaml -o table/never
has err 'label.csv: error\[data\]: line 6: the label of example 3 is 2, expected 0 to 1'
# under another format's name
expect 3 run -q -s data.source.format=npz table/churn.yaml -o table/never
has err 'train.csv: error\[data\]: byte 0: not a ZIP archive, but a table in text$'
has err 'hint: to read it, write `format: csv`'
printf 'PK\003\004and so on' >table/train.zip
expect 3 run -q -s data.source.train.file=train.zip table/churn.yaml -o table/never
has err 'train.zip: error\[data\]: byte 0: not a table in text, but a ZIP archive$'
has err 'hint: to read it, write `format: npz`'

# ---- small or far from the middle ----
cp -r bars drawn
sed 's/"light": [0-9.e-]*/"light": 0/; s/"offset": [0-9.e-]*/"offset": 0.05/; s/"extent": [0-9.e-]*/"extent": 0.6/' bars/report.json >drawn/report.json
has drawn/report.json '"extent": 0.6'
dot() { # ROW COLUMN: 2 x 2 pixels on an image of 8 x 8
    awk -v r=$1 -v c=$2 'BEGIN { print "P2 8 8 255"; for (y = 0; y < 8; y++) for (x = 0; x < 8; x++) print ((y == r || y == r + 1) && (x == c || x == c + 1) ? 200 : 0) }'
}
dot 3 3 >middle.pgm
dot 1 1 >corner.pgm
expect 0 predict drawn corner.pgm
has err '^corner.pgm: warning: what is drawn is smaller and farther from the middle than in any training image$'
has err 'hint: --center'
expect 0 predict drawn middle.pgm
has err '^middle.pgm: warning: what is drawn is smaller than in'
expect 0 predict drawn middle.pgm --as-is
empty err
expect 0 predict bars corner.pgm # trained on images with all kinds of borders
empty err
expect 0 predict --center --json drawn corner.pgm
empty err
sed s/corner/middle/ out >centered
expect 0 predict --center --json drawn middle.pgm
same centered out
awk 'BEGIN { print "P2 30 20 255"; for (i = 0; i < 600; i++) print (i >= 100 && i < 200 ? 9 : 255) }' >wide.pgm
expect 0 predict --center --invert drawn wide.pgm
awk 'BEGIN { print "P2 8 8 255"; for (i = 0; i < 64; i++) print 7 }' >even.pgm
expect 3 predict --center drawn even.pgm
has err 'even.pgm: error\[data\]: example 0 has no ink to center'

# ---- a model that reads nothing makes examples by what it draws ----
cat >draws.yaml <<'EOF'
lngraph: 1
name: draws
data: {source: digits}
in: image[28, 28, 1]
out: sigmoid(dense(random_normal(shape=[4]), units=784))
train: {loss: 'mse(out, flatten(image / 255))', optimizer: sgd, batch: 16, steps: 1}
EOF
expect 0 run -q draws.yaml -o draws
expect 0 predict draws
lines 1
cp out one
expect 0 predict draws --draws=3
lines 3
claim 'each is another' [ "$(cut -f 2- out | sort -u | wc -l)" = 3 ]
head -n 1 out >first
same one first
cp out three
expect 0 predict draws --draws=3 --seed=1 -t 2
same out three
expect 0 predict draws --draws=3 --seed=2
claim 'another seed draws other ones' [ "$(cut -f 2- out three | sort -u | wc -l)" = 6 ]
expect 3 predict draws "$images"
has err 'takes no file'
expect 2 predict bars
has err 'name a file'
expect 3 predict bars "$images" --draws=2
has err 'reads nothing'
finish
