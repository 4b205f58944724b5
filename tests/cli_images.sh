#!/bin/sh
# A folder of images, from training to predictions: classes by folder, fit, broken images, the cache, few open files.
. "$top_srcdir/tests/shell/common"
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

# pictures FOLDER FIRST COUNT: left/ and right/, bright on one side, of 8 x 8 or more
pictures() {
    mkdir -p "$1/left" "$1/right/more"
    awk -v folder="$1" -v first="$2" -v count="$3" 'BEGIN {
        for (i = first; i < first + count; i++) {
            side = 8 + i % 3 * 4
            for (right = 0; right < 2; right++) {
                path = sprintf("%s/%s/%d.pgm", folder, right ? "right/more" : "left", i)
                printf "P2 %d %d 255\n", side, side >path
                for (y = 0; y < side; y++)
                    for (x = 0; x < side; x++)
                        print ((x >= side / 2) == right ? 200 + (i * 7 + x) % 50 : (i * 13 + y) % 60) >path
                close(path)
            }
        }
    }'
}
png() { echo iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAFklEQVR4nGP8z8DAwMjAwMDEAAXkMQBJhAEQTymQjQAAAABJRU5ErkJggg== | base64 -d; }
jpeg() { echo /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAf/EABgQAAIDAAAAAAAAAAAAAAAAAAAJR4XE/9oACAEBAAA/AB50J3eA/9k= | base64 -d; }
cat >sides.yaml <<'YAML'
lngraph: 1
name: sides
data:
  source:
    name: sides
    format: folder
    fields: {image: {shape: [8, 8, 1], fit: stretch}, label: {class: true, count: 2}}
    train: {folder: train}
    test: {folder: test}
  dir: .
  validation: {part: 0.25, stratify: label}
in: image[8, 8, 1], label
graph:
  - image / 255
  - flatten
  - dense: {units: 2, activation: softmax}
train: {loss: 'cross_entropy(out, label)', optimizer: adam(lr=0.01), epochs: 10, batch: 8}
report: {metrics: ['accuracy(out, label)'], require: {test.accuracy: '> 0.95'}}
YAML
pictures train 0 40
pictures test 100 10
png >train/left/a.png
mkdir train/.hidden train/left/.tmp && echo nothing | tee train/.hidden/x.png train/left/.tmp/y.png train/left/.z.png train/notes.txt >/dev/null
expect 0 run -q --force -o run sides.yaml
has run/report.json '"train": 61,'
has run/report.json '"validation": 20,'
has run/model.yaml 'names: \["left", "right"\]'
has run/report.html left
expect 0 eval --json run
has out '"test": 20$'

# ---- predictions: of any size, fitted as in training; a folder stands for its images ----
awk 'BEGIN { print "P3 30 20 255"; for (i = 0; i < 600; i++) print (i % 30 < 15 ? "250 250 250" : "9 0 3") }' >wide.ppm
expect 0 predict run wide.ppm train/left/a.png
has out '^wide.ppm	left	'
has out '^train/left/a.png	left	'
expect 0 predict run test
claim 'twenty lines' [ "$(wc -l <out)" = 20 ]
claim 'the classes of the folders' [ "$(awk -F '\t' 'index($1, "/" $2 "/")' out | wc -l)" = 20 ]
mkdir empty
expect 3 predict run empty
has err '^empty: error\[data\]: there is no image in this folder'

# ---- the cache: the same bits; damaged, or of other images, it is made again ----
weights() { cksum <run/model.safetensors; }
first=$(weights)
claim 'three parts: train, test, and no more' [ "$(ls cache/lngraph/.images | wc -l)" = 2 ]
expect 0 run -q --force -o run sides.yaml
claim 'the same from the cache' [ "$first" = "$(weights)" ]
claim 'nothing new' [ "$(ls cache/lngraph/.images | wc -l)" = 2 ]
for f in cache/lngraph/.images/*; do
    printf '\001' | dd of="$f" bs=1 seek=$(($(wc -c <"$f") - 9)) conv=notrunc 2>/dev/null
done
expect 0 run -q --force -o run sides.yaml
claim 'the same after damage' [ "$first" = "$(weights)" ]
for f in cache/lngraph/.images/*; do : >"$f"; done
expect 0 run -q --force -o run sides.yaml
claim 'the same after a cut' [ "$first" = "$(weights)" ]
awk 'BEGIN { print "P2 8 8 255"; for (i = 0; i < 64; i++) print i }' >train/right/more/0.pgm
expect 0 run -q --force -o run sides.yaml
claim 'a changed image is read' [ "$first" != "$(weights)" ]
XDG_CACHE_HOME=/dev/null/nowhere expect 0 run -q --force -o run sides.yaml

# ---- few open files; runs side by side ----
mkdir many && pictures many/train 0 2500 && pictures many/test 0 2
sed 's/epochs: 10/epochs: 1/; s/, require.*}}/}/' sides.yaml >many.yaml
(ulimit -n 32 && "$LNGRAPH" run -q -t 2 --data many -o run1 many.yaml >out1 2>err1) &
other=$!
(ulimit -n 32 && "$LNGRAPH" run -q -t 2 --data many -o run2 many.yaml >out2 2>err2)
claim 'with 32 files' [ $? = 0 ]
wait $other
claim 'and beside another' [ $? = 0 ]
claim 'both see the same' cmp -s run1/model.safetensors run2/model.safetensors
has run1/report.json '"train": 3750,'

# ---- what is wrong ----
printf 'P2 8 8 255 1 2' >train/left/cut.pgm
echo '<!DOCTYPE html>' >train/right/page.png
: >train/right/none.ppm
expect 3 run -q -o never sides.yaml
has err '^./train/left/cut.pgm: error\[data\]: byte 14: the file ends'
has err '^./train/right/page.png: error\[data\]: not an image, but an HTML page'
has err '^./train/right/none.ppm: error\[data\]: the file is empty'
has err 'hint: `skip: broken` leaves out'
for again in decoded cached; do
    sed 's/    train:/    skip: broken\n    train:/' sides.yaml >skip.yaml
    expect 0 run -q --force -o run skip.yaml
    has err '^./train: warning: 3 images cannot be read, and are left out; the first is ./train/left/cut.pgm: byte 14'
    has run/report.json '"train": 61,'
done
rm train/left/cut.pgm train/right/page.png train/right/none.ppm
sed 's/, fit: stretch//' sides.yaml >size.yaml
expect 3 run -q -o never size.yaml
has err '^./test/left/101.pgm: error\[shape\]: 16 x 16 pixels, expected 8 x 8'
has err '`fit: crop`'
mkdir test/up && cp test/left/100.pgm test/up
expect 3 run -q -o never sides.yaml
has err '^./test: error\[data\]: `label` is `up`, which no training example has'
rm -r test/up
cp test/left/100.pgm test
expect 3 run -q -o never sides.yaml
has err '^./test: error\[data\]: `100.pgm` is in no folder of a class'
rm test/100.pgm
sed 's/count: 2/count: 3/; s/units: 2/units: 3/' sides.yaml >count.yaml
expect 3 run -q -o never count.yaml
has err '`label` has 2 names in the training examples, but its `count` is 3: left, right'

# ---- JPEG, or how to get it ----
jpeg >test/left/b.jpg
if grep -q '^#define HAVE_JPEG' "$top_builddir/config.h"; then
    expect 0 run -q --force -o run sides.yaml
    expect 0 predict run test/left/b.jpg
    has out 'b.jpg	left'
    head -c 140 test/left/b.jpg >test/left/c.jpg
    expect 3 predict run test/left/c.jpg
    has err 'damaged JPEG data'
else
    expect 3 run -q -o never sides.yaml
    has err 'b.jpg: error\[data\]: a JPEG image, but this lngraph was built without libjpeg'
    has err 'libjpeg-dev'
fi
finish
