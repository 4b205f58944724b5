#!/bin/sh
# lngraph describe: what is in a table, what is suspicious, and a model file that trains as it is.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/churn"
. "$top_srcdir/tests/shell/bars"
churn churn.csv

# ---- a table ----
expect 0 describe churn.csv
empty err
has out '^churn.csv: csv, 600 rows, 8 columns, separated by commas$'
has out '^age  *integer  *61  *60  *18  *77 '
has out '^since  *date .* 2015-01-15  *2019-10-15 '
has out '  plan: basic 310, plus 168, pro 122$'
has out '^label: churned, the last column'
has out '^  no   361  60.2 %$'
has out '^  id: customer$'
has out '^  constant: region$'
has out '^  codes: visits$'
claim 'lines fit 80 columns' awk 'length($0) > 80 { exit 1 }' out
gzip -c churn.csv >packed.gz
expect 0 describe packed.gz
has out '600 rows'
"$LNGRAPH" describe - <churn.csv >out 2>err
last='describe -'
has out '^-: csv, 600 rows'
expect 0 describe churn.csv --json
has out '"rows": 600'
has out '"name": "id"'
claim 'it is JSON' awk '/[^ -~]/ { exit 1 }' out

# ---- the whole way ----
expect 0 describe churn.csv --model
empty err
has out '^# Left out: customer, as it has another value in each row.$'
has out 'names: \[no, yes\]'
mv out churn.yaml
expect 0 check churn.yaml
empty err
expect 0 run churn.yaml -t 1 -o run -s train.epochs=30
awk '/^accuracy/ { exit !($3 > 0.9) }' out || bad "$last: the accuracy is low"
expect 0 describe churn.yaml
has out '^churn, train: churn, 480 rows'
has out '^  yes  '
expect 0 describe run --json
has out '"data": "churn, validation"'

# ---- another label: a number; a decimal comma; names that are no identifiers ----
awk 'BEGIN {
    print "Gr\303\266\303\237e (m2);step;\"say \"\"hi\"\"\";Preis"
    for (; i < 200; i++) printf "%d,5;%s;%s;%d,25\n", 30 + i * 37 % 150, i % 3 ? "a: b" : "#c", i % 2 ? "yes" : "no", (30 + i * 37 % 150) * 30 + i % 7
}' >flats.csv
expect 0 describe flats.csv
has out 'separated by semicolons'
has out '  a number: regression$'
has out '^  leak: Gr'
expect 0 describe flats.csv --model
has out 'decimal: comma'
mv out flats.yaml
expect 0 run flats.yaml -t 1 -o flats -s train.epochs=20
awk '/^r2/ { exit !($3 > 0.8) }' out || bad "$last: r2 is low"
expect 0 describe flats.csv --label 'say "hi"' --model
mv out flats.yaml
expect 0 check flats.yaml
empty err
expect 3 describe flats.csv --label Pries
has err 'there is no column `Pries`'
has err 'did you mean `Preis`'

# ---- no head; one class once; rows that repeat or contradict ----
awk 'BEGIN {
    print "0.0,a"
    for (; i < 80; i++) printf "%s%.1f,%s\n", i == 40 ? "0.0,b\n" : "", i / 7, i < 40 ? "a" : i < 79 ? "b" : "c"
}' >plain.csv
expect 0 describe plain.csv
has out 'without names in its'
has out 'only one row has `c`'
has out '^  sorted: '
has out '1 of 82 rows repeat'
has out '1 rows are equal to another one, but for their `2`'
expect 0 describe plain.csv --model
mv out plain.yaml
expect 0 run plain.yaml -t 1 -o plain -s train.epochs=2

# ---- names with what no file contains as it is: a byte-order mark, a line separator ----
awk 'BEGIN {
    print "x,say\342\200\250it,kind"
    for (; i < 80; i++) printf "%d,%s,%s\n", i, i % 3 ? "\357\273\277" : "\"\"\"\\\\\"", i % 2 ? "a" : "b\342\200\251"
}' >odd.csv
expect 0 describe odd.csv --model
mv out odd.yaml
expect 0 run odd.yaml -t 1 -o odd -s train.epochs=2
expect 0 eval odd

# ---- IDX ----
bars 64 16
expect 0 describe data/train-images data/train-labels
has out '^images  *\[[0-9, ]*\]'
expect 0 describe data/train-images data/train-labels --model
mv out drawn.yaml
expect 0 run drawn.yaml -t 1 -o drawn -s train.epochs=2
cp data/train-images t10k-images-idx3-ubyte
cp data/train-labels 9-labels.idx1-ubyte
expect 0 describe t10k-images-idx3-ubyte 9-labels.idx1-ubyte --model
has out '^in: images\[8, 8, 1\], x9_labels$'
has out '^      x9_labels: {file: "9-labels.idx1-ubyte"}$'
expect 3 describe t10k-images-idx3-ubyte plain.csv
has err '^plain.csv: error\[arguments\]: of several files, each holds one array: NPY or IDX$'
expect 3 describe t10k-images-idx3-ubyte bars.yaml
has err '^bars.yaml: error\[data\]: byte 0: the file is of no known kind: expected a table in text, NPZ, NPY or IDX$'

# ---- NPY and NPZ: 24 x 2 floats, and 24 classes; and a number to predict ----
npy() { # SHAPE TYPE; the elements follow
    printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '$2', 'fortran_order': False, 'shape': ($1), }"
}
twelve='1 2 3 4 5 6 7 8 9 10 11 12'
{ npy '24, 2' '<f4' && for i in $twelve; do printf '\000\000\200\077\000\000\000\100\000\000\200\277\000\000\000\300'; done; } >x.npy # 1, 2, -1, -2
{ npy '24,' '|u1' && for i in $twelve; do printf '\000\001'; done; } >y.npy
expect 0 describe x.npy y.npy
empty err
has out '24 rows, 3 columns'
has out '^x\.1  *integer  *2  *-2  *2  *0  *0$'
has out '^label: y'
has out '^  0  12  50\.0 %$'
has out '^  duplicates: 22 of 24 rows repeat another one$'
expect 0 describe x.npy y.npy --model
mv out arrays.yaml
expect 0 run -q arrays.yaml -t 1 -o arrays -s train.epochs=2
expect 0 describe arrays
if command -v zip >/dev/null; then
    zip -q both.npz x.npy y.npy
    expect 0 describe both.npz
    has out '^both.npz: npz, 24 rows, 3 columns$'
    expect 0 describe both.npz --model
    mv out npz.yaml
    expect 0 run -q npz.yaml -t 1 -o npz -s train.epochs=2
fi
expect 3 describe x.npy --model
has err 'the label `x.1` is one of several numbers of an array$'

# labels that are no classes, whatever numbers they are: floats, of which one is rare; integers that are large, or too large; and classes from -1 to 1
mixed() { for i in $twelve; do printf "$1$1"; done && printf "$2$2"; }
{ npy '26, 2' '<f4' && mixed '\000\000\200\077' '\000\000\000\100' && mixed '\000\000\200\277' '\000\000\200\077'; } >z.npy
{ npy '26,' '<f4' && mixed '\000\000\200\077' '\000\000\000\000'; } >rare.npy
{ npy '26,' '<i4' && mixed '\200\226\230\000' '\000\000\000\000'; } >far.npy
{ npy '26,' '<i4' && mixed '\001\000\000\001' '\000\000\000\000'; } >farther.npy
{ npy '26,' '|i1' && mixed '\001' '\377'; } >signs.npy
for label in rare far; do
    expect 0 describe z.npy $label.npy --model
    has out "^  loss: mse(out / [0-9.e+]*, $label / [0-9.e+]*)$"
    lacks out class
    mv out $label.yaml
    expect 0 run -q $label.yaml -t 1 -o $label -s train.epochs=2
done
expect 3 describe z.npy signs.npy --model
has err 'a class of the label `signs` is -1, but classes count from 0$'
expect 3 describe z.npy farther.npy --model
has err '`farther` holds integers beyond 2^24, which cannot be read as numbers$'

# names that a model cannot have
cp x.npy in.npy && cp y.npy out.npy
expect 0 describe in.npy out.npy --model
mv out words.yaml
expect 0 run -q words.yaml -t 1 -o words -s train.epochs=2
{ echo 'if,in,not,y' && for i in $twelve; do echo "a,$i.5,u,yes" && echo "b,$i.25,v,no" && echo "b,$i.75,u,no"; done; } >words.csv
expect 0 describe words.csv --model
mv out words-csv.yaml
expect 0 run -q words-csv.yaml -t 1 -o words-csv -s train.epochs=2
if command -v zip >/dev/null; then
    cp x.npy 'x 1.npy'
    for name in in 'x 1'; do
        rm -f words.npz
        zip -q words.npz "$name.npy" y.npy
        expect 3 describe words.npz --model
        has err "a model file cannot name the array .$name.$"
    done
fi

# numbers of two kinds; a decimal comma, and yet commas between the cells; labels that are words for what is missing, are few, or cannot be named
{ echo 'a,b,y' && for i in $twelve; do echo "\"$i,5\",$i,$i.25"; done; } >points.csv
expect 0 describe points.csv --model
has out '^# Left out: a, as it has a decimal comma, others have a point.$'
lacks out 'decimal: comma'
mv out points.yaml
expect 0 run -q points.yaml -t 1 -o points -s train.epochs=2
{ echo 'a,b;c,y' && for i in $twelve; do echo "\"$i,5\",$i,yes" && echo "\"$i,25\",-$i,no"; done; } >commas.csv
expect 0 describe commas.csv --model
has out '^    decimal: comma$'
has out '^    separator: comma$'
mv out commas.yaml
expect 0 run -q commas.yaml -t 1 -o commas -s train.epochs=2
{ echo 'a,once,y' && echo '0,7,yes' && for i in $twelve; do echo "$i,,yes" && echo "$i,,no" && echo "$i,,NA"; done; } >lacking.csv
expect 3 describe lacking.csv --model
has err '12 cells of the label `y`, such as NA, would be a class of their own$'
sed 's/NA$//' lacking.csv >empty.csv
expect 0 describe empty.csv --model
has out '^# Left out: once, as it has one value alone.$'
sed 's/y$/y*/' empty.csv >star.csv
expect 3 describe star.csv --model
has err 'a model file cannot name the label `y\*`$'
sed -n '1p;3,4p' empty.csv >few.csv
expect 3 describe few.csv --model
has err '2 rows with a label are too few to train and validate$'
head -c 200 x.npy >cut.npy
expect 3 describe cut.npy
has err '^cut.npy: error'

# ---- a folder of images ----
for i in 1 2 3 4 5 6 7 8 9; do
    for k in dark light; do
        mkdir -p pictures/$k
        awk -v k="$k" -v i="$i" 'BEGIN { print "P2", 20 + i, 20, 255; for (n = (20 + i) * 20; n; n--) print (k == "dark" ? 20 : 200) + n % 7 }' >pictures/$k/$i.pgm
    done
done
expect 0 describe pictures/
empty err
has out '^pictures: folder, 18 images in 2 folders, 21 x 20 to 29 x 20 pixels$'
has out '^  dark   9  50\.0 %$'
lacks out suspicious
expect 0 describe pictures --json
has out '"name": "light",$'
expect 0 describe pictures --model
mv out pictures.yaml
expect 0 run -q pictures.yaml -t 1 -o shown -s train.epochs=2
mkdir -p parts pictures/single
mv pictures parts/train
cp -r parts/train parts/test
cp parts/train/dark/1.pgm parts/train/single/1.pgm
cp parts/train/dark/2.pgm parts/test/single/1.pgm
echo 'no image' >parts/train/dark/note.png
expect 0 describe parts
has out '^  rare: single has a single image$'
has out '^  broken: dark/note.png: not an image$'
expect 0 describe parts --model
mv out parts.yaml
has parts.yaml '    skip: broken'
has parts.yaml '    test: {folder: test}'
expect 0 run -q parts.yaml -t 1 -o parted -s train.epochs=1
mkdir none
expect 3 describe none
has err 'none: error\[data\]: the folder has no images'
expect 3 describe parts/train/dark --model
has err 'there are no two classes'

# ---- what cannot be described ----
expect 4 describe nothing
: >nothing.csv
expect 3 describe nothing.csv
printf 'a,b\n1,2\n1,2,3\n' >ragged.csv
expect 3 describe ragged.csv
has err 'line 3: 3 cells, expected 2'
printf '\177ELF\001\002\003' >program
expect 3 describe program
printf 'a,b\n1,x\n2,x\n' >same.csv
expect 3 describe same.csv --model
has err 'the label `b` has no two values'
expect 2 describe churn.csv --model --json
expect 2 describe churn.yaml --model
"$LNGRAPH" describe - --model <churn.csv >out 2>err
last='describe - --model'
empty out
has err 'not standard input'
# ---- a text ----
awk 'BEGIN { for (i = 0; i < 300; i++) printf "the %d. b\303\244r sat, on a mat\n", i % 7 }' >book.txt
printf 'end' >>book.txt
expect 3 describe book.txt
has err 'hint: a text that is no table is described with --text$'
expect 0 describe book.txt --text
has out '^book.txt: text, 7,803 bytes, 301 lines, the longest of 25 bytes$'
has out '^7,503 characters in UTF-8, of which 23 differ$'
has out '^24 different bytes; one takes 3.848 bits'
has out '^  space  *1,800  23.1 %$'
gzip -c book.txt >book.gz
expect 0 describe book.gz --text --json
has out '"utf8": true,'
has out '"characters": 7503,'
head -c 65535 /dev/zero | tr '\0' a >split.txt # a character across the end of a block
printf '\303\244b\377' >>split.txt
expect 0 describe split.txt --text
has out '^split.txt: text, 65,539 bytes, 1 line, the longest of 65,539 bytes$'
has out '^not UTF-8$'
printf '\303\244b\303' | "$LNGRAPH" describe - --text >out 2>err
has out '^not UTF-8$'
head -c 65538 split.txt >whole.txt
expect 0 describe whole.txt --text
has out '^65,537 characters in UTF-8, of which 3 differ$'
expect 0 describe book.txt --text --model
cp out text.yaml
expect 0 run -q text.yaml -t 1 -s train.epochs=1 -o text
has out '^bits_per_byte'
: >nothing.txt
expect 3 describe nothing.txt --text
has err '^nothing.txt: error.data.: the file is empty$'
echo short >short.txt
expect 3 describe --text --model short.txt
has err '^short.txt: error.data.: 6 bytes are too few to learn from: at least 200$'
expect 2 describe --text book.txt book.txt
expect 2 describe --text text.yaml
has err '[-]-text is for one file'

# ---- windows of a series: the last row of each ----
awk 'BEGIN { print "load,kind,next"; for (i = 0; i < 40; i++) print i ",k" i % 3 "," i + 1 }' >series.csv
cat >series.yaml <<'YAML'
lngraph: 1
name: series
data:
  source:
    format: csv
    fields: {past: {columns: [load, next]}, kind: {category: true, names: [k0, k1, k2]}, target: {column: next}}
    window: {length: 4, ahead: 1, targets: [target]}
    train: {file: series.csv}
  dir: .
in: past[4, 2], kind[4], target[1]
graph:
  - concat(flatten(past), flatten(one_hot(kind, depth=3)))
  - dense: {units: 1}
train: {loss: 'mse(out, target)', optimizer: adam}
YAML
expect 0 describe series.yaml
has out '36 windows of 4 rows, of which the last is shown, 4 columns$'
has out '^past.load  *integer  *36  *3  *38 '
has out '^past.next  *integer  *36  *4  *39 '
has out '^kind  *words  *3$'
has out '^target  *integer  *36  *5  *40 '
expect 0 describe series.yaml --json
has out '"window": 4,'

finish
