#!/bin/sh
# The same bits on every machine: a small model of many ops, trained on data made here, must give the digest that stands below. It runs on other
# processors too, under an emulator. A digest that changes on purpose is a change of numbers, and NEWS says so.
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bytes"
command -v sha256sum >/dev/null || exit 77

{ printf '\0\0\010\003\0\0\0\075\0\0\0\014\0\0\0\014' && bytes 8784 256 1; } >images
{ printf '\0\0\010\001\0\0\0\075' && bytes 61 4 2; } >labels
cat >model.yaml <<'END'
lngraph: 1
name: bits
data:
  dir: .
  source:
    format: idx
    fields: {image: [12, 12, 1], label: class}
    classes: 4
    train: {image: {file: images}, label: {file: labels}}
    test: {image: {file: images}, label: {file: labels}}
  validation: {count: 13}
in: image[12, 12, 1], label
graph:
  - (image / 255 - 0.5) * 3
  - conv2d: {filters: 3, kernel: 3, padding: same}
  - batchnorm
  - gelu
  - maxpool2d: {size: 2}
  - conv2d: {filters: 5, kernel: 3, stride: 2, activation: elu}
  - flatten
  - dropout: {rate: 0.25}
  - dense: {units: 9, activation: tanh}
  - layernorm
  - dense: {units: 4, activation: softmax}
train:
  loss: cross_entropy(out, label)
  optimizer: adamw(lr=cosine(peak=0.02))
  batch: 16
  epochs: 6
  seed: 7
report:
  metrics:
    - accuracy(out, label)
    - auc(out, label)
END

# digest FILE: of the numbers in a safetensors file, without its header
digest() {
    set -- "$1" $(od -An -tu1 -N4 "$1")
    tail -c +$((9 + $2 + 256 * $3 + 65536 * $4)) "$1" | sha256sum | cut -d' ' -f1
}

for threads in 1 2; do
    expect 0 run -q -t $threads -o t$threads model.yaml
    has out '^loss  *1\.2523  *1\.6599  *1\.3391$'
    has out '^auc macro  *0\.69127  *0\.53571  *0\.64574 '
    found=$(digest t$threads/model.safetensors)
    claim "$threads threads: the digest is $found" [ "$found" = de46ee35225952fcb0ebc6ba2fa11230966caf0f391043c728bbe84f023dd768 ]
    # So are the digests of the data, by which a run that goes on knows them again.
    claim "$threads threads: the report's digest of the data" grep -q '"digest": "c42e5494d3f7dfa3"' t$threads/report.json
    claim "$threads threads: the checkpoint's" grep -aq '"data":"2b11de938a6a220e73966ce1092eb6000caa9cfda65533048ddff02f003ee678"' t$threads/checkpoint*.safetensors
done
finish
