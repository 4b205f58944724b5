"""Kept cases: a model with its numbers, what is right, and how far float may be off. They need no PyTorch."""
import json

import numpy as np

from model import Model, Rates


class Finding:
    def __init__(self, what, index, got, right, bound):
        self.what, self.index, self.got, self.right, self.bound = what, index, got, right, bound

    def __str__(self):
        return f'{self.what}{[int(i) for i in self.index]}: {self.got!r}, right is {self.right!r} within {self.bound:.3g}'


def worst(name, got, right, bound):
    """How far the worst number is off, in units of its bound, and what to say of it."""
    got = got.astype(np.float64).reshape(right.shape)
    with np.errstate(invalid='ignore', divide='ignore'):
        error = np.abs(got - right)
        ratio = np.where((got == right) | (np.isnan(got) & np.isnan(right)) | np.isinf(bound), 0, np.where(np.isnan(error), np.inf, error / bound))
    i = np.unravel_index(np.argmax(ratio), ratio.shape) if ratio.shape else ()
    return float(ratio[i]), Finding(name, i, float(got[i]), float(right[i]), float(bound[i]))


def packed(arrays):
    return {k: {'shape': list(v.shape), 'type': v.dtype.name, 'at': [float(f'{x:.9g}') for x in v.ravel().tolist()]}
            for k, v in arrays.items()}


def unpacked(arrays):
    return {k: np.array(v['at'], v['type']).reshape(v['shape']) for k, v in arrays.items()}


def write(path, found, model, comparison):
    """`found`: what was wrong, in a line."""
    if isinstance(model, Rates):
        case = {'schedule': model.schedule, 'moments': model.moments}
    else:
        case = {'text': model.text, 'steps': model.steps, 'inputs': packed(model.inputs),
                'parameters': packed(model.parameters), 'states': packed(model.states)}
    case = {'found': found, **case}
    case['right'] = packed(comparison.right)
    case['bound'] = packed({k: np.asarray(comparison.bound(k)) for k in comparison.right})
    with open(path, 'w') as file:
        json.dump(case, file)
        file.write('\n')


def read(path):
    """The model, and for each name what is right and the bound."""
    with open(path) as file:
        case = json.load(file)
    if 'schedule' in case:
        model = Rates(case['schedule'], [tuple(m) for m in case['moments']])
    else:
        model = Model(case['text'], unpacked(case['inputs']), unpacked(case['parameters']), unpacked(case['states']), case['steps'])
    right, bound = unpacked(case['right']), unpacked(case['bound'])
    return model, {k: (right[k], bound[k]) for k in right}
