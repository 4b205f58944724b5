"""The standard layers, activations and losses: steps of a chain, and the same in PyTorch."""
import torch
from torch.nn import functional

from operations import (conv2d_of, conv2d_transpose_of, first_of, fits, groups_of, log_softmax_of, maximum, minimum, padding_of, pool_of, sampled,
                        sigmoid, softmax_of, tanh)


LAYERS, LOSSES = {}, {}


def layer(*names, weight=1):
    def add(function):
        for name in names:
            LAYERS[name] = (function, weight)
        return function
    return add


# ---- activations ----
def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.expm1(torch.clamp(x, max=0)))  # PyTorch's is 0 at -1e-20


def celu(e, x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.expm1(torch.clamp(x, max=0) / alpha))


def relu6(x):
    return minimum(maximum(x, torch.zeros_like(x)), torch.full_like(x, 6))


ACTIVATIONS = {
    'identity': lambda e, x: x,
    'relu': lambda e, x: torch.relu(x),
    'sigmoid': sigmoid,
    'tanh': tanh,
    'leaky_relu': lambda e, x: functional.leaky_relu(x, 0.01),
    'elu': lambda e, x: elu(x),
    'gelu': lambda e, x: 0.5 * x * e.r(1 + e.r(torch.erf(e.r(x / 2 ** 0.5)))),
    'silu': lambda e, x: x * e.r(sigmoid(e, x)),
    'softplus': lambda e, x: functional.softplus(x, threshold=40),
    'log_sigmoid': lambda e, x: -functional.softplus(-x, threshold=40),
    'celu': celu,
    'selu': lambda e, x: 1.0507009873554805 * e.r(elu(x, 1.6732632423543772)),
    'mish': lambda e, x: x * e.r(tanh(e, e.r(functional.softplus(x, threshold=40)))),
    'softsign': lambda e, x: x / e.r(1 + torch.abs(x)),
    'relu6': lambda e, x: relu6(x),
    'hard_sigmoid': lambda e, x: relu6(e.r(x + 3)) / 6,
    'hard_swish': lambda e, x: x * e.r(relu6(e.r(x + 3)) / 6),
}


def activation_of(d):
    return d.random.choice(list(ACTIVATIONS))


# ---- layers ----
@layer('dense', weight=4)
def dense(d, x, name):
    units, f, bias = d.random.randint(1, 20), activation_of(d), d.random.random() < 0.8
    return dense_of(d, x, name, units, f, bias)


def dense_of(d, x, name, units, f, bias=True):
    if x.rank < 1:
        return None
    w = d.parameter((x.shape[-1], units), name=f'{name}.W')
    b = [d.parameter((units,), name=f'{name}.b')] if bias else []

    def run(e, a, w, *b):
        y = e.product(a, w)
        return ACTIVATIONS[f](e, e.r(y + e.stretch(b[0], y.shape)) if b else y)
    return d.step('dense', {'units': units, 'activation': f, 'bias': bias}, name, [x, w] + b, run)


@layer('conv2d', weight=5)
def conv2d(d, x, name):
    if x.rank != 3:
        return None
    n, (kernel, stride, dilation), padding = windows(d)
    bias, f, groups = d.random.random() < 0.8, activation_of(d), groups_of(d, x.shape[2])
    filters = groups * d.random.randint(1, 18 // groups + 1)
    if not fits(x.shape, kernel, dilation, padding):
        return None
    attributes = dict(filters=filters, **n, padding=padding, groups=groups)
    return convolution(d, 'conv2d', x, name, attributes, kernel + [x.shape[2] // groups, filters], filters, f, bias,
                       lambda e, a, w: conv2d_of(e, a, w, stride, dilation, padding, groups))


def windows(d):
    """Kernel, stride and dilation as they are written (one number or one for each axis), the same as lists, and padding."""
    n = {'kernel': (1, 2, 3, 3, 5), 'stride': (1, 1, 1, 2), 'dilation': (1, 1, 1, 2)}
    n = {k: d.random.choice(v) if d.random.random() < 0.7 else [d.random.choice(v) for _ in range(2)] for k, v in n.items()}
    return n, [v if isinstance(v, list) else [v] * 2 for v in n.values()], padding_of(d)


def convolution(d, kind, x, name, attributes, shape, filters, f, bias, product):
    w = d.parameter(shape, name=f'{name}.W')
    b = [d.parameter((filters,), name=f'{name}.b')] if bias else []

    def run(e, a, w, *b):
        y = e.r(product(e, a, w))
        return ACTIVATIONS[f](e, e.r(y + e.stretch(b[0], y.shape)) if b else y)
    return d.step(kind, dict(attributes, activation=f, bias=bias), name, [x, w] + b, run)


@layer('depthwise_conv2d', weight=2)
def depthwise(d, x, name):
    if x.rank != 3:
        return None
    n, (kernel, stride, dilation), padding = windows(d)
    c, m = x.shape[2], d.random.choice((1, 1, 2, 3))
    if not fits(x.shape, kernel, dilation, padding):
        return None
    return convolution(d, 'depthwise_conv2d', x, name, dict(n, padding=padding, multiplier=m), kernel + [1, c * m], c * m,
                       activation_of(d), d.random.random() < 0.8, lambda e, a, w: conv2d_of(e, a, w, stride, dilation, padding, c))


@layer('separable_conv2d')
def separable(d, x, name):
    if x.rank != 3:
        return None
    n, (kernel, stride, dilation), padding = windows(d)
    c, m, filters = x.shape[2], d.random.choice((1, 2)), d.random.randint(1, 9)
    if not fits(x.shape, kernel, dilation, padding):
        return None
    w = d.parameter(kernel + [1, c * m], name=f'{name}.each.W')
    v = d.parameter([1, 1, c * m, filters], name=f'{name}.conv2d.W')
    b = d.parameter([filters], name=f'{name}.conv2d.b')

    def run(e, a, w, v, b):
        y = e.r(conv2d_of(e, a, w, stride, dilation, padding, c))
        y = e.r(conv2d_of(e, y, v, [1, 1], [1, 1], 'valid'))
        return y + e.stretch(b, y.shape)
    return d.step('separable_conv2d', dict(n, filters=filters, padding=padding, multiplier=m), name, [x, w, v, b], run)


@layer('conv2d_transpose', weight=2)
def transposed(d, x, name):
    if x.rank != 3 or max(x.shape[:2]) > 8:
        return None
    n, (kernel, stride, dilation), padding = windows(d)
    groups = groups_of(d, x.shape[2])
    filters = groups * d.random.randint(1, 3)
    extra = [0, 0] if padding == 'same' else [d.random.randint(0, s - 1) for s in stride]
    more = padding if isinstance(padding, list) else [[0, 0], [0, 0]]
    shape = [(x.shape[i] - 1) * stride[i] + extra[i] - sum(more[i]) +
             (stride[i] if padding == 'same' else (kernel[i] - 1) * dilation[i] + 1) for i in range(2)]
    if min(shape) < 1:
        return None
    run = lambda e, a, w: conv2d_transpose_of(e, a, w.transpose(2, 3), shape, stride, dilation, padding, groups)
    return convolution(d, 'conv2d_transpose', x, name, dict(n, filters=filters, padding=padding, groups=groups, extra=extra),
                       kernel + [x.shape[2], filters // groups], filters, activation_of(d), d.random.random() < 0.8, run)


def rows_of(d, x, name):
    """A sequence [length, channels]."""
    if x.rank == 2:
        return x
    if x.rank != 3:
        return None
    shape = [x.shape[0] * x.shape[1], x.shape[2]]
    return d.expression(f'reshape({x}, shape={shape})', f'{name}rows', [x], lambda e, a: a.reshape([-1] + shape))


@layer('conv1d', weight=2)
def conv1d(d, x, name):
    x = rows_of(d, x, name)
    if x is None:
        return None
    (length, c), kernel, stride, dilation = x.shape, *(d.random.choice((1, 1, 2, 3)) for _ in range(3))
    groups, padding = groups_of(d, c), d.random.choice(('valid', 'same', 'causal', [d.random.randint(0, 2) for _ in range(2)]))
    filters = groups * d.random.randint(1, 4)
    around = [[0, 0], [dilation * (kernel - 1), 0]] if padding == 'causal' else padding if isinstance(padding, str) else [[0, 0], padding]
    if not fits((1, length), (1, kernel), (1, dilation), around):
        return None
    attributes = dict(filters=filters, kernel=kernel, stride=stride, dilation=dilation, padding=padding, groups=groups)
    run = lambda e, a, w: conv2d_of(e, a[:, None], w[None], [1, stride], [1, dilation], around, groups)[:, 0]
    return convolution(d, 'conv1d', x, name, attributes, [kernel, c // groups, filters], filters, activation_of(d), True, run)


@layer('conv1d_transpose')
def transposed1d(d, x, name):
    x = rows_of(d, x, name)
    if x is None or x.shape[0] > 16:
        return None
    (n, c), kernel, stride, dilation = x.shape, *(d.random.choice((1, 2, 3)) for _ in range(3))
    groups, padding = groups_of(d, c), d.random.choice(('valid', 'same', [d.random.randint(0, kernel - 1) for _ in range(2)]))
    filters, extra = groups * d.random.randint(1, 3), 0 if padding == 'same' else d.random.randint(0, stride - 1)
    around = padding if isinstance(padding, str) else [[0, 0], padding]
    length = (n - 1) * stride + extra - (0 if isinstance(padding, str) else sum(padding)) + \
        (stride if padding == 'same' else (kernel - 1) * dilation + 1)
    if length < 1:
        return None
    attributes = dict(filters=filters, kernel=kernel, stride=stride, dilation=dilation, padding=padding, groups=groups, extra=extra)
    run = lambda e, a, w: conv2d_transpose_of(e, a[:, None], w[None].transpose(2, 3), [1, length], [1, stride], [1, dilation], around, groups)[:, 0]
    return convolution(d, 'conv1d_transpose', x, name, attributes, [kernel, c, filters // groups], filters, activation_of(d), True, run)


@layer('maxpool2d', 'avgpool2d', weight=2)
def pool(d, x, name):
    kind = d.random.choice(('maxpool2d', 'avgpool2d'))
    if x.rank != 3 or min(x.shape[:2]) < 2:
        return None
    size = d.random.choice((2, 2, 2, 3, [2, 3], [3, 1]))
    sizes = size if isinstance(size, list) else [size] * 2
    stride, padding, ceil = d.random.choice((size, size, 1, 2, 3)), padding_of(d, min(sizes) - 1), d.random.random() < 0.3
    strides = stride if isinstance(stride, list) else [stride] * 2
    if not fits(x.shape, sizes, [1, 1], padding):
        return None
    attributes = {'size': size, 'stride': stride, 'padding': padding, 'ceil': ceil}
    return d.step(kind, attributes, name, [x], lambda e, a: pool_of(e, a, sizes, strides, padding, kind == 'avgpool2d', ceil))


@layer('maxpool1d', 'avgpool1d')
def pool1d(d, x, name):
    x = rows_of(d, x, name)
    if x is None or x.shape[0] < 3:
        return None
    kind, size, ceil = d.random.choice(('maxpool1d', 'avgpool1d')), d.random.choice((2, 3)), d.random.random() < 0.3
    padding = d.random.choice(('valid', 'same', [d.random.randint(0, size - 1) for _ in range(2)]))
    around = padding if isinstance(padding, str) else [[0, 0], padding]
    run = lambda e, a: pool_of(e, a[:, None], [1, size], [1, size], around, kind == 'avgpool1d', ceil)[:, 0]
    return d.step(kind, {'size': size, 'padding': padding, 'ceil': ceil}, name, [x], run)


@layer('global_avgpool', 'global_maxpool', weight=0.5)
def global_pool(d, x, name):
    if x.rank < 2:
        return None
    if d.random.random() < 0.5:
        return d.step('global_avgpool', {}, name, [x], lambda e, a: e.sum_of(a.flatten(1, -2), 1) / (x.size // x.shape[-1]))

    def run(e, a):
        rows = a.flatten(1, -2)
        return torch.gather(rows, 1, first_of(rows, 1)[:, None])[:, 0]
    return d.step('global_maxpool', {}, name, [x], run)


@layer('upsample2d', 'space_to_depth', 'depth_to_space')
def resized(d, x, name):
    if x.rank != 3:
        return None
    kind, (a, b) = d.random.choice(('nearest', 'bilinear', 'space_to_depth', 'depth_to_space')), (d.random.randint(1, 3) for _ in range(2))
    h, w, c = x.shape
    if kind == 'nearest' and h * w * a * b < 400:
        return d.step('upsample2d', {'factor': [a, b]}, name, [x],
                      lambda e, t: t.repeat_interleave(a, 1).repeat_interleave(b, 2))
    if kind == 'bilinear' and h * w * a * b < 400:
        steps = torch.tensor([1 / a, 0, 0, 0, 1 / b, 0], dtype=torch.float64)
        return d.step('upsample2d', {'factor': [a, b], 'interpolation': kind}, name, [x],
                      lambda e, t: sampled(e, t, e.r(steps.to(t.dtype)), [h * a, w * b], True))
    if kind == 'space_to_depth' and h % a == 0 and w % b == 0:
        return d.step(kind, {'size': [a, b]}, name, [x],
                      lambda e, t: t.reshape(-1, h // a, a, w // b, b, c).permute(0, 1, 3, 2, 4, 5).flatten(3))
    if kind == 'depth_to_space' and c % (a * b) == 0:
        return d.step(kind, {'size': [a, b]}, name, [x],
                      lambda e, t: t.reshape(-1, h, w, a, b, c // a // b).permute(0, 1, 3, 2, 4, 5).reshape(-1, h * a, w * b, c // a // b))
    return None


@layer('squeeze_excitation')
def squeeze_excitation(d, x, name):
    if x.rank < 2:
        return None
    c, ratio = x.shape[-1], d.random.choice((1, 2, 16))
    n = max(1, c // ratio)
    shapes = {'hidden.W': (c, n), 'hidden.b': (n,), 'gate.W': (n, c), 'gate.b': (c,)}
    parameters = [d.parameter(shape, name=f'{name}.{k}') for k, shape in shapes.items()]

    def run(e, a, w, b, v, g):
        y = e.r(e.sum_of(a.flatten(1, -2), 1) / (x.size // c))
        y = e.product(y, w)
        y = torch.relu(e.r(y + e.stretch(b, y.shape)))
        y = e.product(y, v)
        gate = e.r(sigmoid(e, e.r(y + e.stretch(g, y.shape))))
        return a * e.stretch(gate.reshape([-1] + [1] * (x.rank - 1) + [c]), a.shape)
    return d.step('squeeze_excitation', {'ratio': ratio}, name, [x] + parameters, run)


@layer('residual')
def residual(d, x, name):
    if x.rank < 1:
        return None
    c, f = x.shape[-1], activation_of(d)
    w, b = d.parameter((c, c), name=f'{name}.y.W'), d.parameter((c,), name=f'{name}.y.b')

    def run(e, a, w, b):
        y = e.product(a, w)
        return ACTIVATIONS[f](e, e.r(e.r(y + e.stretch(b, y.shape)) + a))
    return d.step('residual', {'layer': f'"dense(units={c})"', 'activation': f}, name, [x, w, b], run)


@layer('augmentation', 'random_shift', 'random_rotate', 'random_scale', 'random_shear', 'random_affine', 'random_flip', 'random_erase', 'random_crop',
       weight=1)
def augmentation(d, x, name):
    """With attributes that leave an image as it is, as PyTorch draws other numbers."""
    if x.rank != 3:
        return None
    kind, attributes = d.random.choice((('random_shift', {'by': 0}), ('random_rotate', {'degrees': 0}), ('random_scale', {'by': 0}),
                                        ('random_shear', {'by': 0}), ('random_flip', {'rate': 0.0}), ('random_erase', {'rate': 0.0, 'size': [1, 1]}),
                                        ('random_crop', {'size': list(x.shape[:2])}), ('noise', {'deviation': 0}),
                                        ('random_brightness', {'by': 0}), ('random_affine', {'degrees': 0, 'scale': 0})))
    return d.step(kind, attributes, name, [x], lambda e, a: a)


@layer('batchnorm', weight=2)
def batchnorm(d, x, name):
    if x.rank < 1:
        return None
    c = x.shape[-1]
    momentum, eps = d.random.choice((0.9, 0.5, 0.0)), d.random.choice((1e-5, 1e-3))
    scale, shift = d.parameter((c,), name=f'{name}.scale'), d.parameter((c,), name=f'{name}.shift')
    mean = d.state(f'{name}.mean', d.numbers((c,)))
    variance = d.state(f'{name}.variance', abs(d.numbers((c,))) + 0.5)

    def run(e, a, scale, shift, mean, variance):
        rows = a.reshape(-1, c)
        if e.training:
            n = len(rows)
            mu = e.r(e.sum_of(rows, 0) / n)
            apart = e.r(rows - e.stretch(mu, rows.shape))
            var = e.r(e.sum_of(apart * apart, 0) / n)
            e.update[f'{name}.mean'] = e.r(momentum * mean + (1 - momentum) * mu.detach())
            e.update[f'{name}.variance'] = e.r(momentum * variance + (1 - momentum) * var.detach() * n / max(n - 1, 1))
        else:
            apart, var = e.r(rows - mean), variance
        y = e.r(apart * e.stretch(e.r(scale / e.r(torch.sqrt(e.r(var + eps)))), apart.shape)) + e.stretch(shift, apart.shape)
        return y.reshape(a.shape)
    return d.step('batchnorm', {'momentum': momentum, 'eps': eps}, name, [x, scale, shift, mean, variance], run)


def normalized(e, a, scale, shift, eps):
    n = a.shape[-1]
    apart = e.r(a - e.stretch(e.r(e.sum_of(a, -1, True) / n), a.shape))
    variance = e.r(e.sum_of(apart * apart, -1, True) / n)
    y = e.r(apart / e.stretch(e.r(torch.sqrt(e.r(variance + eps))), apart.shape))
    return e.r(y * e.stretch(scale, y.shape)) + e.stretch(shift, y.shape)


@layer('layernorm', weight=2)
def layernorm(d, x, name):
    if x.rank < 1:
        return None
    n, eps = x.shape[-1], d.random.choice((1e-5, 1e-3))
    scale, shift = d.parameter((n,), name=f'{name}.scale'), d.parameter((n,), name=f'{name}.shift')
    return d.step('layernorm', {'eps': eps}, name, [x, scale, shift], lambda e, a, *w: normalized(e, a, *w, eps))


@layer('group_norm', 'instance_norm')
def group_norm(d, x, name):
    if x.rank < 2:
        return None
    c, eps, alone = x.shape[-1], d.random.choice((1e-5, 1e-3)), d.random.random() < 0.4
    groups = c if alone else groups_of(d, c)
    inner = f'{name}.group_norm' if alone else name
    scale, shift = d.parameter((c,), name=f'{inner}.scale'), d.parameter((c,), name=f'{inner}.shift')

    def mean(e, a):
        n = a.shape[1] * a.shape[3]
        return e.stretch(e.r(e.sum_of(a.transpose(1, 2).flatten(2), -1) / n)[:, None, :, None], a.shape)

    def run(e, a, scale, shift):
        parts = a.reshape(len(a), -1, groups, c // groups)
        apart = e.r(parts - mean(e, parts))
        y = e.r(apart / e.r(torch.sqrt(e.r(mean(e, apart * apart) + eps)))).reshape(a.shape)
        return e.r(y * e.stretch(scale, y.shape)) + e.stretch(shift, y.shape)
    if alone:
        return d.step('instance_norm', {'eps': eps}, name, [x, scale, shift], run)
    return d.step('group_norm', {'groups': groups, 'eps': eps}, name, [x, scale, shift], run)


@layer('rms_norm')
def rms_norm(d, x, name):
    if x.rank < 1:
        return None
    n, eps = x.shape[-1], d.random.choice((1e-6, 1e-3))
    scale = d.parameter((n,), name=f'{name}.scale')

    def run(e, a, scale):
        square = e.r(e.sum_of(a * a, -1, True) / n)
        y = e.r(a / e.stretch(e.r(torch.sqrt(e.r(square + eps))), a.shape))
        return y * e.stretch(scale, y.shape)
    return d.step('rms_norm', {'eps': eps}, name, [x, scale], run)


@layer('dropout')
def dropout(d, x, name):
    return d.step('dropout', {'rate': 0.0}, name, [x], lambda e, a: a)


@layer('flatten')
def flatten(d, x, name):
    return d.step('flatten', {}, name, [x], lambda e, a: a.flatten(1))


@layer(*ACTIVATIONS, weight=0.4)
def activation(d, x, name):
    kind = activation_of(d)
    return d.step(kind, {}, name, [x], lambda e, a: ACTIVATIONS[kind](e, a))


@layer('sloped')
def sloped(d, x, name):
    if d.random.random() < 0.5:
        slope = d.random.choice((0.0, 0.1, 1.0, 2.0))
        return d.step('leaky_relu', {'slope': slope}, name, [x], lambda e, a: functional.leaky_relu(a, slope))
    alpha = d.random.choice((0.5, 1.0, 2.0))
    if d.random.random() < 0.5:
        return d.step('celu', {'alpha': alpha}, name, [x], lambda e, a: celu(e, a, alpha))
    return d.step('elu', {'alpha': alpha}, name, [x], lambda e, a: elu(a, alpha))


@layer('prelu')
def prelu(d, x, name):
    if x.rank < 1:
        return None
    slope = d.parameter((x.shape[-1],), name=f'{name}.slope')
    return d.step('prelu', {}, name, [x, slope], lambda e, a, s: torch.where(a > 0, a, a * e.stretch(s, a.shape)))


@layer('glu')
def glu(d, x, name):
    if x.rank < 1 or x.shape[-1] % 2:
        return None
    f, n = d.random.choice(('sigmoid', 'silu', 'gelu')), x.shape[-1] // 2
    return d.step('glu', {'activation': f}, name, [x], lambda e, a: a[..., :n] * e.r(ACTIVATIONS[f](e, a[..., n:])))


@layer('batch_mean')
def centred(d, x, name):
    return d.expression(f'{x} - batch_mean({x})', name, [x], lambda e, a: a - e.stretch(e.r(e.sum_of(a, 0) / len(a)), a.shape))


@layer('skip')
def skip(d, x, name):
    back = [v for v in d.chain if v.shape == x.shape and v is not x]
    if not back:
        return None
    y = d.random.choice(back)
    return d.expression(f'{x} + {y}', name, [x, y], lambda e, a, b: a + b)


# ---- losses: heads and what is made small ----
def loss(*names):
    def add(function):
        for name in names:
            LOSSES[name] = function
        return function
    return add


def flat(d, x):
    return x if x.rank == 1 else d.step('flatten', {}, f'flat{len(d.chain)}', [x], lambda e, a: a.flatten(1))


def scores(d, x, name, n):
    x = flat(d, x)
    return dense_of(d, x, name, n, 'identity')


def class_scores(d, x, name):
    """The scores, and what the loss takes: cross_entropy takes their softmax."""
    z = p = scores(d, x, 'head', d.classes)
    if name == 'cross_entropy':
        p = z and d.step('softmax', {}, 'p', [z], softmax_of)
    return z, p


def hot(e, l, n):
    return functional.one_hot(l, n).to(e.dtype)


def picked(e, logp, label):
    return -torch.gather(logp, -1, label[:, None])[:, 0]


def log_sigmoid(e, a):
    return ACTIVATIONS['log_sigmoid'](e, a)


def log_mixed(e, a, n):
    """The first of two softmaxes with the probability that the last number gives."""
    first, second, gate = a[:, :n], a[:, n:2 * n], e.stretch(a[:, 2 * n:], [len(a), n])
    return torch.logaddexp(e.r(e.r(log_sigmoid(e, gate)) + e.r(log_softmax_of(e, first))),
                           e.r(e.r(log_sigmoid(e, -gate)) + e.r(log_softmax_of(e, second))))


def mixed(e, a, n):
    gate = e.stretch(e.r(sigmoid(e, a[:, 2 * n:])), [len(a), n])
    return e.r(gate * e.r(softmax_of(e, a[:, :n]))) + e.r(e.r(1 - gate) * e.r(softmax_of(e, a[:, n:2 * n])))


@loss('cross_entropy', 'softmax_cross_entropy')
def cross_entropy(d, x):
    """Over a softmax, a softmax of rows that is flattened, and a mixture of two."""
    n, label, kind = d.classes, d.label(), d.random.choice(('logits', 'flat', 'mixture', 'step'))
    if kind == 'logits':
        z = scores(d, x, 'head', n)
        return z and d.loss('softmax_cross_entropy(out, label)', z, [z, label], lambda e, a, l: picked(e, log_softmax_of(e, a), l))
    if kind == 'flat':
        z = scores(d, x, 'head', 2 * n)
        z = z and d.expression(f'reshape({z}, shape=[2, {n}])', 'rows', [z], lambda e, a: a.reshape(-1, 2, n))
        p = z and d.expression(f'flatten(softmax({z}))', 'p', [z], lambda e, a: softmax_of(e, a).flatten(1))
        run = lambda e, a, l: picked(e, log_softmax_of(e, a).flatten(1), l)
    elif kind == 'mixture':
        z = scores(d, x, 'head', 2 * n + 1)
        gate, first, second = (f'slice({z}, start={i}, stop={j})' for i, j in ((2 * n, 2 * n + 1), (0, n), (n, 2 * n)))
        p = z and d.expression(f'sigmoid({gate}) * softmax({first}) + (1 - sigmoid({gate})) * softmax({second})', 'p', [z],
                               lambda e, a: mixed(e, a, n))
        run = lambda e, a, l: picked(e, log_mixed(e, a, n), l)
    else:
        z = scores(d, x, 'head', n)
        p = z and d.step('softmax', {}, 'p', [z], softmax_of)
        run = lambda e, a, l: picked(e, log_softmax_of(e, a), l)
    return p and d.loss(f'cross_entropy(out, label)', p, [z, label], run)


@loss('binary_cross_entropy', 'sigmoid_cross_entropy')
def binary_cross_entropy(d, x):
    n, label, name = d.classes, d.label(), d.random.choice(('binary_cross_entropy', 'sigmoid_cross_entropy'))
    z = p = scores(d, x, 'head', n)
    if name == 'binary_cross_entropy':
        p = z and d.step('sigmoid', {}, 'p', [z], sigmoid)

    def run(e, a, l):
        y = hot(e, l, n)
        return (y * functional.softplus(-a, threshold=40) + (1 - y) * functional.softplus(a, threshold=40)).mean(-1)
    return p and d.loss(f'{name}(out, one_hot(label, depth={n}))', p, [z, label], run)


@loss('mse', 'mae', 'rmse')
def distance(d, x):
    n, label, name = d.classes, d.label(), d.random.choice(('mse', 'mae', 'rmse'))
    z = scores(d, x, 'head', n)

    def run(e, a, l):
        apart = e.r(a - hot(e, l, n))
        mean = (torch.abs(apart) if name == 'mae' else apart * apart).mean(-1)
        return torch.sqrt(mean) if name == 'rmse' else mean
    return z and d.loss(f'{name}(out, one_hot(label, depth={n}))', z, [z, label], run)


@loss('smoothing')
def smoothed(d, x):
    n, label, part, name = d.classes, d.label(), d.random.choice((0.1, 0.5)), d.random.choice(('softmax_cross_entropy', 'cross_entropy'))
    z, p = class_scores(d, x, name)

    def run(e, a, l):
        logp = e.r(log_softmax_of(e, a))
        return (1 - part) * picked(e, logp, l) - part * e.r(e.sum_of(logp, -1) / n)
    return p and d.loss(f'{name}(out, label, smoothing={part})', p, [z, label], run)


@loss('class weights')
def weighted(d, x):
    n, label, part, name = d.classes, d.label(), d.random.choice((0.0, 0.1)), d.random.choice(('softmax_cross_entropy', 'cross_entropy'))
    z, p = class_scores(d, x, name)
    weights = p and d.parameter((n,), 'normal', 'weights')

    def run(e, a, l, w):
        logp = e.r(log_softmax_of(e, a))
        return (1 - part) * e.r(w[l] * picked(e, logp, l)) - part * e.r(e.sum_of(e.stretch(w, logp.shape) * logp, -1) / n)
    return p and d.loss(f'{name}(out, label, weights, smoothing={part})', p, [z, label, weights], run)


@loss('focal')
def focal(d, x):
    n, label, gamma = d.classes, d.label(), d.random.choice((0.0, 1.0, 2.0, 3.0))
    z = scores(d, x, 'head', n)
    p = z and d.step('softmax', {}, 'p', [z], softmax_of)

    def run(e, a, l):
        q = torch.gather(e.r(softmax_of(e, a)), -1, l[:, None])[:, 0]
        return e.r(picked(e, log_softmax_of(e, a), l)) * e.r(e.r(1 - q) ** gamma)
    return p and d.loss(f'focal(out, label, gamma={gamma})', p, [z, label], run)


@loss('sigmoid_focal', 'positive_weight')
def sigmoid_focal(d, x):
    n, label = d.classes, d.label()
    z, name = scores(d, x, 'head', n), d.random.choice(('sigmoid_focal', 'positive_weight'))
    gamma, alpha, weight = d.random.choice((0.0, 1.0, 2.0)), d.random.choice((0.25, 0.5)), d.random.choice((0.5, 3.0))

    def run(e, a, l):
        y, plus, minus = hot(e, l, n), functional.softplus(a, threshold=40), functional.softplus(-a, threshold=40)
        if name == 'positive_weight':
            return (weight * y * e.r(minus) + (1 - y) * e.r(plus)).mean(-1)
        one, zero = e.r(e.r(sigmoid(e, -a)) ** gamma), e.r(e.r(sigmoid(e, a)) ** gamma)
        return (alpha * y * one * e.r(minus) + (1 - alpha) * (1 - y) * zero * e.r(plus)).mean(-1)
    call = 'sigmoid_focal(out, {}, gamma=%s, alpha=%s)' % (gamma, alpha)
    if name == 'positive_weight':
        call = 'sigmoid_cross_entropy(out, {}, positive_weight=%s)' % weight
    return z and d.loss(call.format(f'one_hot(label, depth={n})'), z, [z, label], run)


def huber(apart, delta):
    near = minimum(torch.abs(apart), torch.full_like(apart, delta))
    return near * (torch.abs(apart) - 0.5 * near)


# name -> (attributes, function of x and y) of a mean over the outputs
ELEMENTWISE = {
    'huber': lambda r: (lambda c: (f', delta={c}', lambda x, y: huber(x - y, c)))(r.choice((0.5, 1.0, 2.0))),
    'smooth_l1': lambda r: (lambda c: (f', beta={c}', lambda x, y: huber(x - y, c) / c))(r.choice((0.5, 1.0, 2.0))),
    'quantile': lambda r: (lambda c: (f', q={c}', lambda x, y: maximum(c * (y - x), (c - 1) * (y - x))))(r.choice((0.1, 0.5, 0.9))),
    'poisson': lambda r: ('', lambda x, y: torch.exp(x) - y * x),
    'binary_hinge': lambda r: ('', lambda x, y: maximum(1 - (2 * y - 1) * x, torch.zeros_like(x))),
}


@loss(*ELEMENTWISE)
def elementwise(d, x):
    n, label, name = d.classes, d.label(), d.random.choice(list(ELEMENTWISE))
    given, f = ELEMENTWISE[name](d.random)
    z = scores(d, x, 'head', n)
    return z and d.loss(f'{name}(out, one_hot(label, depth={n}){given})', z, [z, label], lambda e, a, l: e.r(f(a, hot(e, l, n))).mean(-1))


@loss('hinge')
def hinge(d, x):
    n, label, margin = d.classes, d.label(), d.random.choice((0.5, 1.0))

    def run(e, a, l):
        short = e.r(margin + e.r(a - e.stretch(torch.gather(a, -1, l[:, None]), a.shape)))
        return e.sum_of(torch.where(hot(e, l, n) != 0, torch.zeros_like(a), maximum(short, torch.zeros_like(a))), -1) / n
    z = scores(d, x, 'head', n)
    return z and d.loss(f'hinge(out, label, margin={margin})', z, [z, label], run)


@loss('kl_divergence')
def divergence(d, x):
    """Of a softmax from a smoothed class."""
    n, label = d.classes, d.label()
    z = scores(d, x, 'head', n)
    q = z and d.step('softmax', {}, 'q', [z], softmax_of)

    def run(e, a, l):
        p = e.r(0.5 * hot(e, l, n) + 0.5 / n)
        return e.sum_of(e.r(p * e.r(torch.log(p))) - e.r(p * e.r(log_softmax_of(e, a))), -1)
    return q and d.loss(f'kl_divergence(0.5 * one_hot(label, depth={n}) + 0.5 / {n}, out)', q, [z, label], run)


def length(e, a):
    return torch.linalg.vector_norm(a, dim=-1)


@loss('cosine_distance', 'contrastive', 'triplet', 'dice')
def of_pairs(d, x):
    n, label, name = d.classes, d.label(), d.random.choice(('cosine_distance', 'contrastive', 'triplet', 'dice'))
    margin = d.random.choice((0.5, 1.0, 3.0))
    z = scores(d, x, 'head', n)
    if z and name == 'dice':
        z = d.step('sigmoid', {}, 'p', [z], sigmoid)

    def run(e, a, l):
        y, next_ = hot(e, l, n), hot(e, (l + 1) % n, n)
        if name == 'cosine_distance':
            return 1 - e.r(e.sum_of(a * y, -1) / torch.clamp(e.r(length(e, a)), min=1e-8))
        if name == 'dice':
            return 1 - (2 * e.sum_of(a * y, -1) + 1) / e.r(e.sum_of(a, -1) + 2)
        far = e.r(length(e, e.r(a - y)))
        zero = torch.zeros_like(far)
        if name == 'triplet':
            return maximum(e.r(far - e.r(length(e, e.r(a - next_)))) + margin, zero)
        return 0.5 * torch.where(l < 1, far ** 2, maximum(margin - far, zero) ** 2)
    y = f'one_hot(label, depth={n})'
    call = {'cosine_distance': f'cosine_distance(out, {y})', 'dice': f'dice(out, {y})',
            'triplet': f'triplet(out, {y}, one_hot((label + 1) % {n}, depth={n}), margin={margin})',
            'contrastive': f'contrastive(out, {y}, label < 1, margin={margin})'}[name]
    return z and d.loss(call, z, [z, label], run)
