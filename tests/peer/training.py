"""Optimizers as PyTorch has them, and schedules as their formulas say."""
import math

import torch

# text in the model file -> (optimizer over [(name, tensor)])
def sgd(lr):
    return f'sgd(lr={lr})', lambda named: torch.optim.SGD([p for _, p in named], lr=lr)


def momentum(lr, m, nesterov):
    text = f'momentum(lr={lr}, momentum={m}, nesterov={"true" if nesterov else "false"})'
    return text, lambda named: torch.optim.SGD([p for _, p in named], lr=lr, momentum=m, nesterov=nesterov)


def adam(lr, b1, b2, eps):
    return (f'adam(lr={lr}, b1={b1}, b2={b2}, eps={eps})',
            lambda named: torch.optim.Adam([p for _, p in named], lr=lr, betas=(b1, b2), eps=eps))


def adamw(lr, b1, b2, eps, decay, all_):
    vectors = ', decay_vectors=true' if all_ else ''
    return (f'adamw(lr={lr}, b1={b1}, b2={b2}, eps={eps}, decay={decay}{vectors})',
            lambda named: torch.optim.AdamW([{'params': [p for _, p in named if p.dim() > 1], 'weight_decay': decay},
                                             {'params': [p for _, p in named if p.dim() <= 1], 'weight_decay': decay if all_ else 0}],
                                            lr=lr, betas=(b1, b2), eps=eps))


class Lion(torch.optim.Optimizer):
    """As the paper's listing."""

    def __init__(self, parameters, lr, b1, b2, decay):
        super().__init__(parameters, dict(lr=lr, b1=b1, b2=b2, decay=decay))

    def step(self):
        for g in self.param_groups:
            for p in g['params']:
                m = self.state[p].setdefault('m', torch.zeros_like(p))
                update = torch.sign(g['b1'] * m + (1 - g['b1']) * p.grad)
                p.mul_(1 - g['lr'] * (g['decay'] if p.dim() > 1 else 0)).sub_(g['lr'] * update)
                m.mul_(g['b2']).add_((1 - g['b2']) * p.grad)


class NAdam(torch.optim.Optimizer):
    """As the paper has it; PyTorch's counts a factor twice in some versions."""

    def __init__(self, parameters, lr, b1, b2, eps):
        super().__init__(parameters, dict(lr=lr, b1=b1, b2=b2, eps=eps))

    def step(self):
        for g in self.param_groups:
            for p in g['params']:
                s = self.state[p]
                t = s.get('t', 0) + 1
                m, v = g['b1'] * s.get('m', 0) + (1 - g['b1']) * p.grad, g['b2'] * s.get('v', 0) + (1 - g['b2']) * p.grad ** 2
                now, next_ = (g['b1'] * (1 - 0.5 * 0.96 ** (i * 4e-3)) for i in (t, t + 1))
                product = s.get('product', 1) * now
                s.update(m=m, v=v, t=t, product=product)
                size = (v / (1 - g['b2'] ** t)).sqrt() + g['eps']
                p.sub_(g['lr'] * ((1 - now) / (1 - product) * p.grad + next_ / (1 - product * next_) * m) / size)


class Lamb(torch.optim.Optimizer):
    """As the paper's listing."""

    def __init__(self, parameters, lr, b1, b2, eps, decay):
        super().__init__(parameters, dict(lr=lr, b1=b1, b2=b2, eps=eps, decay=decay))

    def step(self):
        for g in self.param_groups:
            for p in g['params']:
                s = self.state[p]
                m, v, t = s.get('m', 0), s.get('v', 0), s.get('t', 0) + 1
                m, v = g['b1'] * m + (1 - g['b1']) * p.grad, g['b2'] * v + (1 - g['b2']) * p.grad ** 2
                s.update(m=m, v=v, t=t)
                move = m / (1 - g['b1'] ** t) / ((v / (1 - g['b2'] ** t)).sqrt() + g['eps']) + (g['decay'] if p.dim() > 1 else 0) * p
                length, step = p.norm(), move.norm()
                p.sub_(g['lr'] * (length / step if length > 0 and step > 0 else 1) * move)


def tensors(named):
    return [p for _, p in named]


def others(d, lr, b1, b2, eps):
    rho, decay = d.random.choice((0.9, 0.99)), d.random.choice((0.0, 0.1))
    return (
        (f'rmsprop(lr={lr}, rho={rho}, eps={eps})', lambda named: torch.optim.RMSprop(tensors(named), lr=lr, alpha=rho, eps=eps)),
        (f'adagrad(lr={lr}, eps={eps})', lambda named: torch.optim.Adagrad(tensors(named), lr=lr, eps=eps)),
        (f'adadelta(lr={10 * lr}, rho={rho}, eps=1e-5)', lambda named: torch.optim.Adadelta(tensors(named), lr=10 * lr, rho=rho, eps=1e-5)),
        (f'nadam(lr={lr}, b1={b1}, b2={b2}, eps={eps})', lambda named: NAdam(tensors(named), lr, b1, b2, eps)),
        (f'lion(lr={lr}, b1={b1}, b2={b2}, decay={decay})', lambda named: Lion(tensors(named), lr, b1, b2, decay)),
        (f'lamb(lr={lr}, b1={b1}, b2={b2}, eps={eps}, decay={decay})', lambda named: Lamb(tensors(named), lr, b1, b2, eps, decay)))


class Limited:
    """An optimizer whose gradients are limited before each step, as `clip` says. PyTorch's own function adds 1e-6 to the norm."""

    def __init__(self, inner, named, key, limit):
        self.inner, self.parameters, self.key, self.limit = inner, tensors(named), key, limit

    def step(self):
        if self.key == 'value':
            torch.nn.utils.clip_grad_value_(self.parameters, self.limit)
        else:
            norm = torch.nn.utils.get_total_norm([p.grad for p in self.parameters]) if hasattr(torch.nn.utils, 'get_total_norm') else \
                torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(p.grad) for p in self.parameters]))
            if norm > self.limit:
                for p in self.parameters:
                    p.grad = p.grad * (self.limit / norm)
        self.inner.step()


def recipe(d, chosen):
    """An optimizer with other keys of `train`: a limit to the gradients, and what remains of an average in each step."""
    text, make = chosen
    key, limit = d.random.choice((('norm', 0.5), ('norm', 100.0), ('value', 0.1), (None, None), (None, None)))
    remains = d.random.choice((None, None, 0.5, 0.9, 0.999))
    if key:
        text += f'\n  clip: {{{key}: {limit}}}'
    if remains:
        text += f'\n  average: {remains}'
    return (text, lambda named: Limited(make(named), named, key, limit) if key else make(named)), remains


def optimizer(d):
    lr = d.random.choice((1e-1, 1e-2, 1e-3))
    b1, b2, eps = d.random.choice((0.9, 0.5)), d.random.choice((0.999, 0.99)), d.random.choice((1e-8, 1e-3))
    return d.random.choice((sgd(lr), momentum(lr, 0.9, d.random.random() < 0.5), adam(lr, b1, b2, eps),
                            adamw(lr, b1, b2, eps, d.random.choice((0.01, 0.1)), d.random.random() < 0.3), *others(d, lr, b1, b2, eps)))


# ---- schedules: text, and the rate from step, epoch and the number of steps ----
def cosine(d):
    peak, warmup = d.random.choice((1.0, 0.1, 1e-3)), d.random.choice((0.0, 0.05, 0.5))

    def rate(step, epoch, total):
        if (step + 1) / total < warmup:
            return peak * (step + 1) / total / warmup
        return peak * (0.5 + 0.5 * math.cos(math.pi * max(step / total - warmup, 0) / (1 - warmup)))
    return f'cosine(peak={peak}, warmup={warmup})', rate


def linear(d):
    start, end = d.random.choice((1.0, 0.1)), d.random.choice((0.0, 1e-3))
    return f'linear(start={start}, end={end})', lambda step, epoch, total: start + (end - start) * step / total


def step_decay(d):
    start, every, factor = d.random.choice((1.0, 0.1)), d.random.choice((1, 3, 30)), d.random.choice((0.1, 0.5))
    return (f'step_decay(start={start}, every={every}, factor={factor})',
            lambda step, epoch, total: start * factor ** (epoch // every))


def exponential(d):
    start, factor = d.random.choice((1.0, 0.1)), d.random.choice((0.9, 0.95))
    return f'exponential(start={start}, factor={factor})', lambda step, epoch, total: start * factor ** epoch


def warmup(d):
    peak, steps = d.random.choice((1.0, 0.1)), d.random.choice((1, 500))
    return f'warmup(peak={peak}, steps={steps})', lambda step, epoch, total: peak * min((step + 1) / steps, 1)


def cosine_restarts(d):
    peak, cycles, end = d.random.choice((1.0, 0.1)), d.random.choice((1, 3, 5)), d.random.choice((0.0, 1e-3))
    return (f'cosine_restarts(peak={peak}, cycles={cycles}, end={end})',
            lambda step, epoch, total: end + (peak - end) * math.cos(0.5 * math.pi * (step / total * cycles % 1)) ** 2)


def one_cycle(d):
    peak, rise = d.random.choice((1.0, 0.1)), d.random.choice((0.3, 0.5))

    def rate(step, epoch, total):
        start, now = peak / 25, (step + 1) / total
        if now < rise:
            return start + (peak - start) * (0.5 - 0.5 * math.cos(math.pi * now / rise))
        return start / 1e4 + (peak - start / 1e4) * (0.5 + 0.5 * math.cos(math.pi * max(step / total - rise, 0) / (1 - rise)))
    return f'one_cycle(peak={peak}, rise={rise})', rate


def polynomial(d):
    start, end, power = d.random.choice((1.0, 0.1)), d.random.choice((0.0, 1e-3)), d.random.choice((0.5, 1.0, 2.0))
    return (f'polynomial(start={start}, end={end}, power={power})',
            lambda step, epoch, total: end + (start - end) * (1 - step / total) ** power)


def piecewise(d):
    at = sorted(d.random.sample(range(30), d.random.randint(1, 8)))
    return (f'piecewise(start=1.0, at={at}, factor=0.5)', lambda step, epoch, total: 0.5 ** sum(a <= epoch for a in at))


def inverse_square_root(d):
    steps = d.random.choice((1, 500))
    return (f'inverse_square_root(peak=0.1, steps={steps})',
            lambda step, epoch, total: 0.1 * min((step + 1) / steps, math.sqrt(steps / (step + 1))))


SCHEDULES = {f.__name__: f for f in (cosine, linear, step_decay, exponential, warmup, cosine_restarts, one_cycle, polynomial, piecewise,
                                     inverse_square_root)}
