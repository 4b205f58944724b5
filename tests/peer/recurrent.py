"""The standard recurrent layers and their cells: steps of a chain, and the same in PyTorch."""
import torch

from layers import ACTIVATIONS, layer

GATES = {'rnn': 1, 'gru': 3, 'lstm': 4}
MODULES = {'rnn': torch.nn.RNN, 'gru': torch.nn.GRU, 'lstm': torch.nn.LSTM}


def sigmoid(e, x):
    return e.r(ACTIVATIONS['sigmoid'](e, x))


def tanh(e, x):
    return e.r(ACTIVATIONS['tanh'](e, x))


def plus(e, a, b):
    return e.r(a + e.stretch(b, a.shape))


def parts(z, n):
    return z.split(z.shape[1] // n, 1)


def turn(e, kind, row, state, p):
    """What h (and c) become; row: x W + b."""
    h, u = state[0], e.r(e.product(state[0], p[1]))
    if kind == 'rnn':
        return [tanh(e, e.r(row + u))]
    if kind == 'gru':
        (x0, x1, x2), (z0, z1, z2) = parts(row, 3), parts(plus(e, u, p[3]), 3)
        reset, keep = sigmoid(e, e.r(x0 + z0)), sigmoid(e, e.r(x1 + z1))
        new = tanh(e, e.r(x2 + e.r(reset * z2)))
        return [e.r(e.r(keep * h) + e.r(e.r(1 - keep) * new))]
    i, f, g, o = parts(e.r(row + u), 4)
    c = e.r(e.r(sigmoid(e, f) * state[1]) + e.r(sigmoid(e, i) * tanh(e, g)))
    return [e.r(sigmoid(e, o) * tanh(e, c)), c]


def along(e, kind, x, p, seen, reverse):
    """All states h, where a position that is not seen leaves them as they are."""
    rows = plus(e, e.r(e.product(x, p[0])), p[2])
    state = [torch.zeros(len(x), p[1].shape[0], dtype=x.dtype)] * (2 if kind == 'lstm' else 1)
    y = [None] * x.shape[1]
    for t in reversed(range(x.shape[1])) if reverse else range(x.shape[1]):
        state = turn(e, kind, rows[:, t], state, p) if seen[t] else state
        y[t] = state[0]
    return torch.stack(y, 1)


def module_of(kind, x, directions):
    """PyTorch's own layer with the parameters of these directions."""
    m = MODULES[kind](x.shape[2], directions[0][1].shape[0], batch_first=True, bidirectional=len(directions) == 2, dtype=torch.float64)
    with torch.no_grad():
        for suffix, p in zip(('', '_reverse'), directions):
            for name, value in (('weight_ih_l0', p[0].T), ('weight_hh_l0', p[1].T), ('bias_ih_l0', p[2]),
                                ('bias_hh_l0', p[3] if kind == 'gru' else torch.zeros_like(p[2]))):
                getattr(m, name + suffix).copy_(value)
    return m


@torch.enable_grad()
def agrees(e, kind, run, x, p, directions, length):
    """Whether PyTorch's layer gives the same along the first positions, and the same gradients by x and the weights."""
    x, p = x.detach().requires_grad_(), [w.detach().requires_grad_() for w in p]
    m = module_of(kind, x, directions(p))
    right, ours = m(x[:, :length])[0], run(e, x, *p)[:, :length]
    close = lambda a, b: torch.allclose(a, b, rtol=1e-8, atol=1e-8 * (1e-30 + float(b.abs().max())))
    weight = torch.linspace(0.5, 1.5, right.numel(), dtype=right.dtype).reshape(right.shape)
    gx, gw, gu = torch.autograd.grad((right * weight).sum(), [x, m.weight_ih_l0, m.weight_hh_l0])
    hx, hw, hu = torch.autograd.grad((ours * weight).sum(), [x, p[0], p[1]])
    return close(ours, right) and close(hx, gx) and close(hw, gw.T) and close(hu, gu.T)


def parameters(d, name, kind, n, u):
    p = [d.parameter((n, GATES[kind] * u), name=f'{name}.W'), d.parameter((u, GATES[kind] * u), name=f'{name}.U'),
         d.parameter((GATES[kind] * u,), name=f'{name}.b')]
    return p + ([d.parameter((3 * u,), name=f'{name}.d')] if kind == 'gru' else [])


def layer_of(d, x, name, both):
    if x.rank != 2 or x.size > 60 or x.shape[0] > 8:
        return None
    t, n = x.shape
    kind, u = d.random.choice(list(GATES)), d.random.randint(1, 4)
    length = d.random.randint(1, t) if d.random.random() < 0.5 else t
    seen = [int(i < length) for i in range(t)]
    if d.random.random() < 0.2:
        seen = [d.random.choice((0, 1, 1)) for _ in range(t)]
    given = f', stack({", ".join(map(str, seen))})' if any(seen) and not all(seen) else ''
    seen = seen if given else [1] * t
    whole = all(seen[i] == (i < sum(seen)) for i in range(t)) and any(seen)
    reverse = not both and d.random.random() < 0.3
    names = (f'{name}.forward', f'{name}.backward') if both else (name,)
    p = [w for part in names for w in parameters(d, part, kind, n, u)]

    def directions(w):
        return [w[:len(w) // 2], w[len(w) // 2:]] if both else [w]

    def run(e, a, *w):
        return torch.cat([along(e, kind, a, q, seen, reverse or i == 1) for i, q in enumerate(directions(w))], 2)

    def checked(e, a, *w):
        if e.exact and whole and not reverse:
            assert agrees(e.aside(), kind, run, a, w, directions, sum(seen))
        return run(e, a, *w)
    text = f'bidirectional({x}{given}, layer={kind}(units={u}))' if both else f'{kind}({x}{given}, units={u}, reverse={str(reverse).lower()})'
    return d.expression(text, name, [x] + p, checked)


@layer('rnn', 'lstm', 'gru', weight=4)
def recurrent(d, x, name):
    return layer_of(d, x, name, False)


@layer('bidirectional', weight=2)
def bidirectional(d, x, name):
    return layer_of(d, x, name, True)


@layer('rnn_cell', 'lstm_cell', 'gru_cell', 'lstm_gates', 'gru_gates', weight=2)
def cell(d, x, name):
    if x.rank != 1 or x.size < 2 or x.size > 20:
        return None
    kind, u = d.random.choice(list(GATES)), d.random.randint(1, x.size // 2)
    if kind == 'lstm' and 'lstm_cell.W' in d.parameters:
        return None
    p = parameters(d, 'lstm_cell' if kind == 'lstm' else name, kind, x.size, u)  # an item of a call is a step, and the call has its own name
    state = f'{x}[:{u}]' + (f', {x}[-{u}:]' if kind == 'lstm' else '')
    text = f'{kind}_cell({x}, {state})' + ('[0]' if kind == 'lstm' else '')

    def run(e, a, *w):
        return turn(e, kind, plus(e, e.r(e.product(a, w[0])), w[2]), [a[:, :u], a[:, -u:]], w)[0]
    return d.expression(text, name, [x] + p, run)
