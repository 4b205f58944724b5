#!/bin/sh
# The binding for Python: what its README shows works, numbers are those of the command line, arrays are not copied, and mistakes raise what was wrong.
: "${PYTHON:=python3}"
"$PYTHON" -c 'import numpy' 2>/dev/null || { echo "no python3 with numpy"; exit 77; }
LNGRAPH_LIBRARY=$top_builddir/.libs/liblngraph.so
[ -e "$LNGRAPH_LIBRARY" ] && [ -z "${SANITIZE-}" ] || { echo 'no shared library that Python can load'; exit 77; }
. "$top_srcdir/tests/shell/common"
. "$top_srcdir/tests/shell/bars"
PYTHONDONTWRITEBYTECODE=1
export LNGRAPH_LIBRARY PYTHONDONTWRITEBYTECODE
cp "$top_srcdir/examples/python/lngraph.py" .
bars 120 40
expect 0 run -q -t 1 bars.yaml -o runs/bars
expect 0 predict -t 1 --json --as-is runs/bars data/test-images
mv out predicted

cat >arrays.py <<'PY'
import numpy
for part, name in ("test", "images"), ("test", "labels"):
    raw = numpy.fromfile(f"data/{part}-{name}", numpy.uint8)
    array = raw[16:].reshape(-1, 8, 8, 1) if name == "images" else raw[8:].astype(numpy.int32)
    numpy.save(name, array)
PY
"$PYTHON" arrays.py
awk '/^```python$/ { on = 1; next } /^```$/ { on = 0 } on' "$top_srcdir/examples/python/README.md" >shown.py
last='the README'
"$PYTHON" shown.py >out 2>err
claim 'what the README shows works' [ $? = 0 ]
claim 'it prints a class, 11 losses and an accuracy' [ "$(wc -l <out)" = 13 ]
has out '^[012]$'
claim 'and writes weights' [ -s bars.safetensors ]

cat >checks.py <<'PY'
import gc, json, sys, threading
import numpy, lngraph
from lngraph import STEP, DIFFERENTIATE, EVALUATE, PREDICT

def raises(kind, part, call):
    try:
        call()
    except kind as e:
        assert part in str(e), (part, str(e))
        return e
    raise AssertionError(f"nothing raised: {part}")

assert lngraph.version() == sys.argv[1]
images, labels = numpy.load("images.npy"), numpy.load("labels.npy")
predicted = [json.loads(line) for line in open("predicted")]
wanted = numpy.array([line["probabilities"] for line in predicted], numpy.float32)

# the numbers of `lngraph predict`, at any batch and type of array
run = lngraph.load("runs/bars", batch=7)
assert run.model.classes == [0, 1, 2] and list(run.model.inputs) == ["image", "label"]
out = run.predict(images)
assert out.dtype == numpy.float32 and out.shape == (40, 3) and out.flags.writeable
assert (out == wanted).all()
assert (run.predict(image=images.astype(float)) == wanted).all()
assert (run.predict(images[::-1]) == wanted[::-1]).all()
assert (run.predict(images.tolist()) == wanted).all()

# inputs are not copied: what is changed between runs counts
mine = numpy.zeros((40, 8, 8, 1), numpy.uint8)
run.bind(image=mine)
assert run._bound["image"] is mine
mine[:] = images
assert (run.predict() == wanted).all()

# nor are outputs: a view of the last run, which must be gone before the next one
view = run.output("out")
assert not view.flags.owndata and not view.flags.writeable and (view == wanted).all()
part = view[3:5]
del view
raises(BufferError, "still in use", run.predict)
del part
run.predict()
raises(KeyError, "`oat`; it has out", lambda: run.output("oat"))

# a file is prepared as for predict
assert run.bind_file("data/test-images") == 40 and (run.predict() == wanted).all()

# training: with the bits of `lngraph run`; steps of one's own; gradients
model = lngraph.Model("bars.yaml", ["train.epochs=2", "train.batch=10"])
assert (model.batch, model.epochs, model.parameters, model.name) == (10, 2, 20 + 57, "bars")
one, two = (model.compile(STEP | DIFFERENTIATE | EVALUATE, threads=n) for n in (1, 2))
for p in one, two:
    p.bind(image=images, label=labels)
    losses = [p.epoch() for _ in range(3)]
    assert losses[2] < losses[0] and p.steps == 12
for name in one.variables:
    assert (one.variable(name) == two.variable(name)).all()
assert one.is_parameter("dense.W") and one.variable("dense.W").shape == (18, 3)
one.run(DIFFERENTIATE, [3, 1, 2])
gradient, before = one.output("gradient.dense.W").copy(), one.variable("dense.W").copy()
assert gradient.shape == (18, 3) and one.output("accuracy").shape == (3,)
assert set(one.outputs(DIFFERENTIATE)) >= {"loss", "objective", "gradient.dense.b", "gradient.conv2d.W"}
loss = one.step([3, 1, 2])
assert loss == one.mean("objective") or abs(loss - one.mean("objective")) < 1e-6
assert numpy.allclose(one.variable("dense.W"), before - 0.5 * gradient, atol=1e-6) and one.steps == 13

# weights are written in place, saved, and loaded
one.variable("dense.b")[:] = [1, 2, 3]
one.save_weights("w.safetensors")
two.load("w.safetensors")
assert two.variable("dense.b").tolist() == [1, 2, 3]
one.save("c.safetensors")
weights = two.variable("dense.W")
copy = weights.copy()
del two, p
gc.collect()
assert (weights == copy).all()  # the array keeps its program

# several threads, each with a program of its own
results = []
def work():
    results.append((lngraph.load("runs/bars", threads=1).predict(images) == wanted).all())
threads = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
assert results == [True] * 4

# mistakes
e = raises(lngraph.Error, "did you mean `name`?", lambda: lngraph.Model("m.yaml", text="lngraph: 1\nnaem: x\n"))
assert "naem: x\n" in str(e) and "^~~~" in str(e) and e.status == 3
assert e.errors[0]["name"] == "unknown-key" and e.errors[0]["file"] == "m.yaml" and (e.errors[0]["line"], e.errors[0]["column"]) == (2, 1)
assert "did you mean `name`?" in e.errors[0]["hints"]
assert raises(lngraph.Error, "nowhere/model.yaml", lambda: lngraph.load("nowhere")).status == 4
raises(lngraph.Error, "override `x`", lambda: lngraph.Model("bars.yaml", ["x"]))
raises(lngraph.Error, "not compiled for LNG_STEP", run.step)
raises(lngraph.Error, "1 to 10 examples", lambda: one.step(range(11)))
raises(lngraph.Error, "row 40", lambda: one.step([40]))
raises(lngraph.Error, "row 0: label 3", lambda: one.bind(label=numpy.full(40, 3)))
raises(TypeError, "no input `imag`", lambda: one.bind(imag=images))
raises(ValueError, "(40, 8, 8), expected (examples, 8, 8, 1)", lambda: one.bind(image=images[..., 0]))
raises(TypeError, "takes integers", lambda: one.bind(label=labels + 0.5))
raises(OverflowError, "32 bits", lambda: one.bind(label=labels + 2**40))
raises(TypeError, "by name", lambda: run.predict(images, labels))
raises(KeyError, "no variable `dense.V`", lambda: run.variable("dense.V"))
print("all good")
PY
last='checks.py'
"$PYTHON" checks.py "$("$LNGRAPH" --version | awk '{ print $NF; exit }')" >out 2>err
claim 'the checks hold' [ $? = 0 ]
empty err
has out '^all good$'
finish
