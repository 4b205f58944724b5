"""lngraph from Python: models, runs and training steps, on numpy arrays that are not copied.

    import lngraph
    run = lngraph.load("runs/lenet5")
    probabilities = run.predict(images)

One file: copy it beside your program. It calls the shared library by ctypes, and needs numpy. The library is the file that the variable
LNGRAPH_LIBRARY names, or the installed one. liblngraph(3) describes what the functions do; README.md shows a program.

Arrays. Inputs are bound as they are if they are contiguous arrays of uint8, int32 or float32; other numbers are converted once. Variables
and outputs are numpy arrays over the library's memory. Those of variables are there as long as you have them. Those of outputs show the
last run: as long as one of them is in use, the next run is refused with BufferError, so copy what you keep, or let go of it.

Objects of one program belong to one thread at a time; a run lets other Python threads go on."""
import contextlib
import ctypes
import ctypes.util
import os
import weakref

import numpy

STEP, DIFFERENTIATE, EVALUATE, PREDICT = 1, 2, 4, 8
_MAX_DIMS = 8
_library = ctypes.CDLL(os.environ.get("LNGRAPH_LIBRARY") or ctypes.util.find_library("lngraph") or "liblngraph.so.0")


def _declare():
    """The functions of lngraph.h that are called here: what each returns and takes."""
    word = {"-": None, "p": ctypes.c_void_p, "s": ctypes.c_char_p, "i": ctypes.c_int, "I": ctypes.c_int64, "u": ctypes.c_uint32,
            "U": ctypes.c_uint64, "z": ctypes.c_size_t, "b": ctypes.c_bool, "d": ctypes.c_double, "Z": ctypes.POINTER(ctypes.c_size_t),
            "D": ctypes.POINTER(ctypes.c_double), "S": ctypes.POINTER(ctypes.c_int64), "L": ctypes.POINTER(ctypes.c_char_p)}
    table = """
        version s            errors_new p         errors_free -p       errors_count zp      errors_name spz      errors_file spz
        errors_line ipz      errors_column ipz    errors_message spz   errors_hint spzz     errors_status ip     errors_format zppz
        model_load psLp      model_load_text pssLp   model_free -p     model_name sp        model_note sp        model_parameters Ip
        model_batch ip       model_epochs ip      model_classes Ip     model_class spz      model_inputs zp      model_input spz
        model_input_shape ipzS   model_input_is_integer bpz   model_compile ppuiip   program_free -p   program_memory zp
        program_reads bpis   program_outputs zpi  program_output_name spiz   program_output_shape ipizS
        program_output_is_shared bpiz   program_output_is_integer bpiz   program_bind_u8 bpspzzip   program_bind_i32 bpspzzip
        program_bind_f32 bpspzzip   program_bind_file bpsZp   program_run bpipip   program_epoch bpDp   program_steps up
        program_set_seed -pU   program_set_clock -puiu   program_output ppsZ   program_output_i32 ppsZ   program_mean dps
        program_variables zp   program_variable_name spz   program_variable_shape ipzS   program_variable_is_parameter bpz
        program_variable ppsZ   program_save bpsp   program_save_weights bpsp   program_load bpsp""".split()
    for name, types in zip(table[::2], table[1::2]):
        function = getattr(_library, "lng_" + name)
        function.restype, function.argtypes = word[types[0]], [word[t] for t in types[1:]]


_declare()


def version():
    """The version of the library: "0.1.0"."""
    return _library.lng_version().decode()


class Error(Exception):
    """What went wrong, with the place, as lngraph prints it. `errors` has a dict for each error; `status` is that of lngraph(1)."""

    def __init__(self, text, errors, status):
        super().__init__(text)
        self.errors, self.status = errors, status


@contextlib.contextmanager
def _errors():
    """A list for calls that may fail; raises Error at the end if something is in it."""
    lib, e = _library, _library.lng_errors_new()
    if not e:
        raise MemoryError
    try:
        yield e
        if lib.lng_errors_count(e):
            text = ctypes.create_string_buffer(lib.lng_errors_format(e, None, 0) + 1)
            lib.lng_errors_format(e, text, len(text))
            raise Error(text.value.decode().rstrip(), [_error(e, i) for i in range(min(lib.lng_errors_count(e), 64))],
                        lib.lng_errors_status(e))
    finally:
        lib.lng_errors_free(e)


def _error(e, i):
    texts = {key: getattr(_library, "lng_errors_" + key)(e, i).decode() for key in ("name", "file", "message")}
    hints = [_library.lng_errors_hint(e, i, k) for k in range(4)]
    return {**texts, "line": _library.lng_errors_line(e, i), "column": _library.lng_errors_column(e, i),
            "hints": [hint.decode() for hint in hints if hint]}


def _shape(function, *which):
    dims = (ctypes.c_int64 * _MAX_DIMS)()
    return tuple(dims[:function(*which, dims)])


class Model:
    """A model file, checked. Overrides are texts such as "train.batch=64"."""

    def __init__(self, path, overrides=(), text=None):
        """Reads the file; with `text`, reads that instead, and errors call it `path`."""
        self._handle, lib = None, _library
        given = (ctypes.c_char_p * (len(overrides) + 1))(*[o.encode() for o in overrides], None)
        with _errors() as e:
            self._handle = (lib.lng_model_load(os.fsencode(path), given, e) if text is None else
                            lib.lng_model_load_text(os.fsencode(path), text.encode(), given, e))
        h, note = self._handle, lib.lng_model_note(self._handle)
        self.name, self.note = lib.lng_model_name(h).decode(), note.decode() if note else None
        self.parameters, self.batch, self.epochs = lib.lng_model_parameters(h), lib.lng_model_batch(h), lib.lng_model_epochs(h)
        self.inputs = {lib.lng_model_input(h, i).decode(): i for i in range(lib.lng_model_inputs(h))}
        named = [lib.lng_model_class(h, i) for i in range(lib.lng_model_classes(h))]
        self.classes = [name.decode() if name else i for i, name in enumerate(named)]

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.lng_model_free(self._handle)

    def shape(self, name):
        """The shape of an input, for one example."""
        return _shape(_library.lng_model_input_shape, self._handle, self.inputs[name])

    def is_integer(self, name):
        """Whether an input holds integers rather than floats."""
        return _library.lng_model_input_is_integer(self._handle, self.inputs[name])

    def compile(self, uses=PREDICT, batch=0, threads=0):
        """A program for one or more uses, joined by `|`."""
        return Program(self, uses, batch, threads)


class _Use:
    """Of a program's memory, by an array: keeps the program."""

    def __init__(self, program):
        self.program = program


class Program:
    """A compiled model: variables, memory, threads, and the arrays that are bound to its inputs."""

    def __init__(self, model, uses, batch=0, threads=0):
        self._handle, self.model = None, model  # which must outlive it
        self._bound, self._views = {}, weakref.WeakSet()
        with _errors() as e:
            self._handle = _library.lng_model_compile(model._handle, uses, batch, threads, e)
        h, lib = self._handle, _library
        self.variables = {lib.lng_program_variable_name(h, i).decode(): i for i in range(lib.lng_program_variables(h))}

    def __del__(self):
        if getattr(self, "_handle", None):
            _library.lng_program_free(self._handle)

    # ---- data ----
    def bind(self, **arrays):
        """Binds arrays to inputs by name, each with a row for every example. Without a copy, they may be changed between runs."""
        for name, given in arrays.items():
            if name not in self.model.inputs:
                raise TypeError(f"the model has no input `{name}`; its inputs are {', '.join(self.model.inputs)}")
            array, shape = self._fitting(name, given), self.model.shape(name)
            if array.shape[1:] != shape or array.ndim == 0:
                raise ValueError(f"`{name}` has shape {array.shape}, expected (examples{''.join(f', {n}' for n in shape)})")
            bind = getattr(_library, {"uint8": "lng_program_bind_u8", "int32": "lng_program_bind_i32",
                                      "float32": "lng_program_bind_f32"}[array.dtype.name])
            with _errors() as e:
                if bind(self._handle, name.encode(), array.ctypes.data, len(array), int(numpy.prod(shape, dtype=int)), 0, e):
                    self._bound[name] = array  # which the program borrows

    def _fitting(self, name, given):
        array, integer = numpy.asarray(given), self.model.is_integer(name)
        if array.dtype not in (numpy.uint8, numpy.int32) + (() if integer else (numpy.float32,)):
            wanted = numpy.int32 if integer else numpy.float32
            if not numpy.can_cast(array.dtype, wanted, "same_kind"):
                raise TypeError(f"`{name}` takes {'integers' if integer else 'numbers'}, not {array.dtype}")
            converted = array.astype(wanted)
            if integer and (converted != array).any():
                raise OverflowError(f"`{name}` takes integers of 32 bits")
            array = converted
        return numpy.ascontiguousarray(array)

    def bind_file(self, path):
        """Binds the examples of a table, an archive or images, prepared as `lngraph predict` prepares them; returns their number."""
        rows = ctypes.c_size_t()
        with _errors() as e:
            _library.lng_program_bind_file(self._handle, os.fsencode(path), rows, e)
        self._bound.clear()
        self._rows = rows.value
        return rows.value

    # ---- running ----
    def run(self, use, rows=None):
        """Runs the given rows of the bound arrays, or all rows."""
        self._let_go()
        if rows is None:
            count = min((len(array) for array in self._bound.values()), default=getattr(self, "_rows", 0))
        else:
            rows = numpy.ascontiguousarray(rows, numpy.uint32)
            count = len(rows)
        with _errors() as e:
            _library.lng_program_run(self._handle, use, None if rows is None else rows.ctypes.data, count, e)
        self._use = use

    def step(self, rows=None):
        """A training step; returns the mean of the loss."""
        self.run(STEP, rows)
        return self.mean("loss")

    def epoch(self):
        """An epoch over all bound rows, shuffled, as `lngraph run` does; returns the mean of the loss."""
        self._let_go()
        loss = ctypes.c_double()
        with _errors() as e:
            _library.lng_program_epoch(self._handle, loss, e)
        self._use = STEP
        return loss.value

    def predict(self, *array, **arrays):
        """The output "out", an array of its own, for arrays given by name, or one array if "out" depends on one input; or of what is bound."""
        if array:
            reads = [name for name in self.model.inputs if _library.lng_program_reads(self._handle, PREDICT, name.encode())]
            if len(array) != 1 or arrays or len(reads) != 1:
                raise TypeError(f"predict takes arrays by name: {', '.join(reads)}")
            arrays = {reads[0]: array[0]}
        self.bind(**arrays)
        self.run(PREDICT)
        return self.output("out").copy()

    @property
    def steps(self):
        """The number of training steps done."""
        return _library.lng_program_steps(self._handle)

    def seed(self, seed):
        """Sets the seed of what is drawn while running."""
        _library.lng_program_set_seed(self._handle, seed)

    def clock(self, step, epoch=0, total=0):
        """Sets what schedules read in the next step."""
        _library.lng_program_set_clock(self._handle, step, epoch, total)

    # ---- results ----
    def outputs(self, use):
        """The names of the outputs of runs for a use."""
        count = _library.lng_program_outputs(self._handle, use)
        return [_library.lng_program_output_name(self._handle, use, i).decode() for i in range(count)]

    def output(self, name):
        """An output of the last run, [examples, ...] or, if all examples share it, [...]. A view; see the head of this file."""
        lib, h, use = _library, self._handle, getattr(self, "_use", 0)
        which = (h, use, self.outputs(use).index(name)) if name in self.outputs(use) else None
        if not which:
            raise KeyError(f"the last run has no output `{name}`; it has {', '.join(self.outputs(use)) or 'none'}")
        integer, size = lib.lng_program_output_is_integer(*which), ctypes.c_size_t()
        at = (lib.lng_program_output_i32 if integer else lib.lng_program_output)(h, name.encode(), size)
        if not at:
            raise KeyError(f"the last run failed: it has no output `{name}`")
        shape = _shape(lib.lng_program_output_shape, *which)
        memory = self._memory(at, size.value, ctypes.c_int32 if integer else ctypes.c_float)
        self._views.add(memory.use)
        array = numpy.frombuffer(memory, memory._type_)
        array.flags.writeable = False
        return array.reshape(shape if lib.lng_program_output_is_shared(*which) else (-1, *shape))

    def mean(self, name):
        """The mean of an output of the last run, in double precision."""
        return _library.lng_program_mean(self._handle, name.encode())

    def _memory(self, at, size, kind):
        memory = (kind * size).from_address(at)
        memory.use = _Use(self)  # lives as long as arrays over it
        return memory

    def _let_go(self):
        if len(self._views):
            raise BufferError("an output of the last run is still in use: copy it, or delete it, before the next run")

    # ---- variables and weights ----
    def variable(self, name):
        """A variable, a parameter or a state: an array over the program's memory, to be read and written between runs."""
        size = ctypes.c_size_t()
        at = _library.lng_program_variable(self._handle, name.encode(), size)
        if not at:
            raise KeyError(f"there is no variable `{name}`; see `variables`")
        shape = _shape(_library.lng_program_variable_shape, self._handle, self.variables[name])
        return numpy.frombuffer(self._memory(at, size.value, ctypes.c_float), numpy.float32).reshape(shape)

    def is_parameter(self, name):
        """Whether a variable is trained, rather than a state."""
        return _library.lng_program_variable_is_parameter(self._handle, self.variables[name])

    def save(self, path):
        """Writes a checkpoint: all variables, with the optimizer's."""
        with _errors() as e:
            _library.lng_program_save(self._handle, os.fsencode(path), e)

    def save_weights(self, path):
        """Writes the weights alone: the file to hand on."""
        with _errors() as e:
            _library.lng_program_save_weights(self._handle, os.fsencode(path), e)

    def load(self, path):
        """Reads a checkpoint or weights."""
        with _errors() as e:
            _library.lng_program_load(self._handle, os.fsencode(path), e)


def load(run, uses=PREDICT, batch=0, threads=0):
    """The program of a run's folder: its model with its weights."""
    program = Model(os.path.join(run, "model.yaml")).compile(uses, batch, threads)
    program.load(os.path.join(run, "model.safetensors"))
    return program
