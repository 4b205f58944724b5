"""A model while it is drawn: lines of a model file on one side, the same computation in PyTorch on the other.

A value of the reference is a tensor of its shape; a per-example value has the batch before it, so computations count axes from the end.
Operands that broadcast are `aligned` at their last dimension."""
import random

import numpy as np
import torch

from roundings import Roundings


class Value:
    def __init__(self, name, shape, shared, integer=False):
        self.name, self.shape, self.shared, self.integer = name, tuple(shape), shared, integer

    @property
    def rank(self):
        return len(self.shape)

    @property
    def size(self):
        return int(np.prod(self.shape, dtype=int))

    def __str__(self):
        return self.name


class Environment:
    """One evaluation."""

    def __init__(self, roundings, training=True):
        self.dtype, self.training = roundings.dtype, training
        self.exact = roundings.dtype == torch.float64 and roundings.generator is None
        self.r, self.sum_of, self.product, self.stretch = roundings.of, roundings.sum_of, roundings.product, roundings.stretch
        self.several, self.by_result = roundings.several, roundings.by_result
        self.value = {}  # of each name
        self.uses = {}   # what is left of a value that is used several times
        self.update = {}  # of states

    def aside(self):
        """For what only a check computes: its roundings are not those of the model."""
        return Environment(Roundings(self.dtype), self.training)

    def use(self, name):
        left = self.uses.get(name)
        return left.pop() if left else self.value[name]


class Node:
    def __init__(self, values, operands, function, aligned):
        self.values, self.operands, self.function, self.aligned = values, operands, function, aligned

    def run(self, e):
        operands = [e.use(v.name) for v in self.operands]
        if self.aligned:
            rank = max(v.rank for v in self.operands)
            operands = [align(t, v, rank) for v, t in zip(self.operands, operands)]
            shape = torch.broadcast_shapes(*(t.shape for t in operands))
            operands = [e.stretch(t, shape) for t in operands]
        for v in self.values:
            e.value[v.name] = e.r(self.function(e, *operands))


def align(t, v, rank):
    """Of an operand of an op that broadcasts, the missing dimensions, behind that of the batch."""
    batch = [] if v.shared else [len(t)]
    return t.reshape(batch + [1] * (rank - v.rank) + list(v.shape))


# How numbers are drawn: ordinary ones, those where functions have joints, those where they saturate, and arrays of any magnitude.
MODES = ('normal', 'joint', 'large', 'small', 'zero', 'wide')


class Draft:
    def __init__(self, seed, mode=None):
        self.random = random.Random(seed)
        self.numpy = np.random.RandomState(seed & 0x7fffffff)
        self.mode = mode or self.random.choices(MODES, (6, 6, 2, 1, 1, 2))[0]
        self.batch = self.random.choice((1, 2, 3, 5, 15, 16, 17, 20, 33))
        self.classes = self.random.randint(2, 6)
        self.nodes, self.values = [], []
        self.lines, self.chain = [], []  # of `let`; of `graph`
        self.inputs, self.parameters, self.states = {}, {}, {}
        self.out, self.objective = None, None
        self.test = Environment(Roundings())  # in it each node is tried when it is drawn

    # ---- numbers ----
    def numbers(self, shape, mode=None):
        mode = mode or self.mode
        n = self.numpy
        if mode == 'joint':
            x = n.choice((-2, -1, -0.5, 0, 0, 0, 0.5, 1, 2), size=shape)
        elif mode == 'zero':
            x = np.zeros(shape)
        else:
            scale = {'normal': 1, 'large': 40, 'small': 0.01, 'wide': 10.0 ** self.random.choice((-30, -15, -5, 0, 0, 5, 15, 30))}
            x = n.standard_normal(shape) * scale[mode]
        return np.asarray(x, np.float32)

    def largest(self):
        return 1e37 if self.mode == 'wide' else 1e6

    # ---- values ----
    def _known(self, value, tensor):
        self.test.value[value.name] = tensor
        self.values.append(value)
        return value

    def input(self, shape):
        name = f'x{len(self.inputs)}'
        self.inputs[name] = self.numbers((self.batch,) + tuple(shape))
        return self._known(Value(name, shape, False), torch.tensor(self.inputs[name], dtype=torch.float64))

    def label(self):
        self.inputs['label'] = self.numpy.randint(0, self.classes, self.batch).astype(np.int32)
        return self._known(Value('label', (), False, integer=True), torch.tensor(self.inputs['label'], dtype=torch.int64))

    def parameter(self, shape, mode=None, name=None):
        name = name or f'P{len(self.parameters)}'
        self.parameters[name] = self.numbers(shape, mode)
        return self._known(Value(name, shape, True), torch.tensor(self.parameters[name], dtype=torch.float64))

    def state(self, name, array):
        self.states[name] = np.asarray(array, np.float32)
        return self._known(Value(name, array.shape, True), torch.tensor(self.states[name], dtype=torch.float64))

    def _try(self, names, operands, function, shared, aligned):
        """Runs a new node; its values, or None when their numbers are none, or too large to go on with."""
        values = [Value(n, (), shared) for n in names]
        node = Node(values, operands, function, aligned)
        with torch.no_grad():
            node.run(self.test)
        for v in values:
            t = self.test.value[v.name]
            v.shape = tuple(t.shape) if shared else tuple(t.shape[1:])
            v.integer = not t.is_floating_point()
            if not torch.isfinite(t).all() or (t.numel() and t.abs().max() > self.largest()) or v.size > 4096:
                return None
        self.nodes.append(node)
        self.values += values
        return values

    def emit(self, text, operands, function, shared=None, aligned=False):
        """A line of `let`, as the function computes it; None when it is not taken."""
        shared = all(v.shared for v in operands) if shared is None else shared
        name = f'v{len(self.lines)}'
        values = self._try([name], operands, function, shared, aligned)
        if not values:
            return None
        self.lines.append(f'{name}: "{text}"')
        return values[0]

    def _chained(self, text, name, operands, function, aligned):
        values = self._try([name], operands, function, False, aligned)
        if not values:
            return None
        self.chain.append(values[0])
        self.lines.append(f'- {text}\n    as: {name}')
        return values[0]

    def step(self, block, attributes, name, operands, function, aligned=False):
        """A step of the chain that calls a block with the first operand; the others are the block's own."""
        shown = ', '.join(f'{k}: {str(v).lower() if isinstance(v, bool) else v}' for k, v in attributes.items())
        return self._chained(f'{block}: {{{shown}}}\n    from: {operands[0]}', name, operands, function, aligned)

    def expression(self, text, name, operands, function, aligned=False):
        return self._chained(f'"{text}":', name, operands, function, aligned)

    def loss(self, text, out, operands, function):
        """What is made small, for one example; `out` is the result."""
        values = self._try(['loss of the draft'], operands, function, False, False)
        if values and values[0].shape == ():
            self.out, self.objective, self.loss_text = out, values[0], text
        return values and values[0]

    def pick(self, want=lambda v: True):
        """A float value, a late one rather than an early one; None when there is none."""
        found = [v for v in self.values if not v.integer and want(v)]
        return self.random.choices(found, [1 + i for i in range(len(found))])[0] if found else None

    # ---- the model file ----
    def prune(self):
        """Forgets steps and parameters that nothing reads."""
        for i in reversed(range(len(self.chain))):
            step = self.chain[i]
            if str(step) != str(self.out) and not any(v.name == step.name for node in self.nodes for v in node.operands):
                self.nodes = [node for node in self.nodes if step not in node.values]
                del self.chain[i], self.lines[i]
        read = {v.name for node in self.nodes for v in node.operands}
        self.parameters = {k: v for k, v in self.parameters.items() if k in read}
        self.inputs = {k: v for k, v in self.inputs.items() if k in read}

    def text(self, optimizer):
        in_, fields = [], []
        for name, array in self.inputs.items():
            label = array.dtype == np.int32
            in_.append(name if label else f'{name}{list(array.shape[1:])}')
            fields.append(f'{name}: class' if label else f'{name}: {list(array.shape[1:])}')
        lines = ['lngraph: 1', 'name: peer',
                 f'data: {{source: {{format: memory, classes: {self.classes}, fields: {{{", ".join(fields)}}}}}}}',
                 f'in: {", ".join(in_)}']
        own = [n for n in self.parameters if '.' not in n]
        if own:
            lines += ['params:'] + [f"  {n}: zeros({list(self.parameters[n].shape)})" for n in own]
        lines += ['graph:' if self.chain else 'let:'] + [f'  {line}' for line in self.lines]
        lines += [f'out: {self.out}', 'train:', f'  loss: {self.loss_text}', f'  optimizer: {optimizer}', f'  batch: {self.batch}', '']
        return '\n'.join(lines)

    # ---- evaluation ----
    def evaluate(self, e, parameters=None, states=None):
        """All values, and the leaves that gradients are asked of: name -> tensor."""
        leaves = {}
        for name, array in self.inputs.items():
            e.value[name] = torch.tensor(array, dtype=torch.int64 if array.dtype == np.int32 else e.dtype)
        for name, array in (parameters or self.parameters).items():
            leaves[name] = torch.as_tensor(array).to(e.dtype).clone().requires_grad_(True)
            e.value[name] = leaves[name]
        for name, array in (states or self.states).items():
            e.value[name] = torch.as_tensor(array).to(e.dtype)
        for node in self.nodes:
            for v in node.operands:
                n = sum(v is w for m in self.nodes for w in m.operands)
                if v.name not in e.uses:
                    e.uses[v.name] = list(e.several(e.value[v.name], n))
            node.run(e)
        return leaves
