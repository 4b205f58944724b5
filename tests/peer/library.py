"""The C API through ctypes: a model file's text becomes a program whose variables, data and runs are arrays of numpy."""
import ctypes
import os

import numpy as np

STEP, DIFFERENTIATE, EVALUATE = 1, 2, 4
BORROW, COPY = 0, 1

pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
SIGNATURES = {
    'lng_errors_new': (pointer, []),
    'lng_errors_free': (None, [pointer]),
    'lng_errors_count': (size, [pointer]),
    'lng_errors_text': (text, [pointer, size]),
    'lng_model_load_text': (pointer, [text, text, pointer, pointer]),
    'lng_model_free': (None, [pointer]),
    'lng_model_compile': (pointer, [pointer, ctypes.c_uint, ctypes.c_int, ctypes.c_int, pointer]),
    'lng_program_free': (None, [pointer]),
    'lng_program_bind_f32': (ctypes.c_bool, [pointer, text, pointer, size, size, ctypes.c_int, pointer]),
    'lng_program_bind_i32': (ctypes.c_bool, [pointer, text, pointer, size, size, ctypes.c_int, pointer]),
    'lng_program_run': (ctypes.c_bool, [pointer, ctypes.c_int, pointer, ctypes.c_int, pointer]),
    'lng_program_set_clock': (None, [pointer, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint32]),
    'lng_program_output': (pointer, [pointer, text, pointer]),
    'lng_program_variable': (pointer, [pointer, text, pointer]),
    'lng_program_variables': (size, [pointer]),
    'lng_program_variable_name': (text, [pointer, size]),
}


class Refused(Exception):
    """lngraph reported errors; the argument is their text."""


def load(build):
    """The library of a build folder; OSError where there is none."""
    library = ctypes.CDLL(os.path.join(build, '.libs', 'liblngraph.so'))
    for name, (result, arguments) in SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Program:
    """A compiled model. `uses` are joined by |."""

    def __init__(self, library, model, uses, batch):
        self.library = library
        self.errors = library.lng_errors_new()
        self.model = library.lng_model_load_text(b'peer.yaml', model.encode(), None, self.errors)
        self.program = self.model and library.lng_model_compile(self.model, uses, batch, 1, self.errors)
        if not self.program:
            message = self._messages()
            self.close()
            raise Refused(message)

    def close(self):
        self.library.lng_program_free(getattr(self, 'program', None))
        self.library.lng_model_free(self.model)
        self.library.lng_errors_free(self.errors)

    def _messages(self):
        count = self.library.lng_errors_count(self.errors)
        return '\n'.join(self.library.lng_errors_text(self.errors, i).decode() for i in range(count))

    def bind(self, name, array):
        rows = len(array)
        bind = self.library.lng_program_bind_i32 if array.dtype == np.int32 else self.library.lng_program_bind_f32
        array = np.ascontiguousarray(array)
        if not bind(self.program, name.encode(), array.ctypes.data, rows, array.size // rows, COPY, self.errors):
            raise Refused(self._messages())

    def run(self, use, count):
        if not self.library.lng_program_run(self.program, use, None, count, self.errors):
            raise Refused(self._messages())

    def clock(self, step, epoch, total):
        self.library.lng_program_set_clock(self.program, step, epoch, total)

    def _floats(self, function, name):
        n = size()
        at = function(self.program, name.encode(), ctypes.byref(n))
        return np.ctypeslib.as_array(ctypes.cast(at, ctypes.POINTER(ctypes.c_float)), (n.value,)) if at else None

    def output(self, name):
        found = self._floats(self.library.lng_program_output, name)
        return None if found is None else found.copy()

    def variable(self, name):
        """The variable's own numbers, to be read and written."""
        return self._floats(self.library.lng_program_variable, name)

    def variables(self):
        return [self.library.lng_program_variable_name(self.program, i).decode()
                for i in range(self.library.lng_program_variables(self.program))]
