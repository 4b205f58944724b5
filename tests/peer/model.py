"""What lngraph computes of a model that is given as text and numbers."""
import numpy as np

import library

LEAST = 1e-36  # below float's normal numbers


class Model:
    """What lngraph needs to compute one: it is evaluated, differentiated, and trained for some steps."""
    least = LEAST
    also = ()  # further variables to compare after the steps

    def __init__(self, text, inputs, parameters, states, steps):
        self.text, self.inputs, self.parameters, self.states, self.steps = text, inputs, parameters, states, steps

    def compute(self, lib):
        batch = len(next(iter(self.inputs.values())))
        variables = {**self.parameters, **self.states}
        p = library.Program(lib, self.text, library.STEP | library.DIFFERENTIATE | library.EVALUATE, batch)
        try:
            for name, array in self.inputs.items():
                p.bind(name, array)
            for name, array in variables.items():
                p.variable(name)[:] = array.ravel()
            got = {}
            p.run(library.EVALUATE, batch)
            got['out'], got['loss'] = p.output('out'), p.output('loss')
            p.run(library.DIFFERENTIATE, batch)
            got['loss in training'] = p.output('loss')
            for name in self.parameters:
                got[f'gradient.{name}'] = p.output(f'gradient.{name}')
            for _ in range(self.steps):
                p.run(library.STEP, batch)
            for name in (*variables, *self.also):
                got[f'{name} after {self.steps} steps'] = p.variable(name).copy()
            return got
        finally:
            p.close()


class Rates:
    """A schedule: its rate at some moments (step, epoch, steps in all), as the step that sgd makes from 0 along a gradient of -1."""
    least = LEAST

    def __init__(self, schedule, moments):
        self.schedule, self.moments = schedule, moments
        self.text = '\n'.join(('lngraph: 1', 'name: peer', 'data: {source: {format: memory, fields: {x: [1]}}}', 'in: x[1]',
                               "params: {w: 'zeros([1])'}", 'out: x * w', 'train:', '  loss: -sum(out)',
                               f'  optimizer: sgd(lr={schedule})', '  batch: 1', ''))

    def compute(self, lib):
        p = library.Program(lib, self.text, library.STEP, 1)
        try:
            p.bind('x', np.ones((1, 1), np.float32))
            rates = []
            for moment in self.moments:
                p.variable('w')[0] = 0
                p.clock(*moment)
                p.run(library.STEP, 1)
                rates.append(p.variable('w')[0])
            return {'rate': np.array(rates, np.float32)}
        finally:
            p.close()
