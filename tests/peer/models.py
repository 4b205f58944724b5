"""The kinds of models that are drawn, and what PyTorch computes of one."""
import random

import torch

import arrays  # its rows
import draws
import extremes
import layers
import operations
import recurrent  # its layers
import sequences  # its layers
import training
from compare import Comparison
from draft import Draft, Environment
from model import Model, Rates

STEPS = 10
KINDS = {}


def kind(function):
    KINDS[function.__name__] = function
    return function


def choice(d, rows):
    names = list(rows)
    name = d.random.choices(names, [rows[n][1] for n in names])[0]
    return name, rows[name][0]


class Drawn(Model):
    """A draft with an optimizer, and the same in PyTorch."""

    def __init__(self, draft, optimizer, steps, remains=None):
        draft.prune()
        self.draft = draft
        self.remains = remains  # of the parameters' averages, in each step
        optimizer_text, self.optimizer = optimizer
        super().__init__(draft.text(optimizer_text), draft.inputs, draft.parameters, draft.states, steps)
        if remains:
            self.also = [f'average.{k}' for k in draft.parameters]

    def comparison(self):
        return Comparison(self.reference, self.least, within_float=self.draft.mode == 'wide')

    def reference(self, roundings):
        d, dtype, result = self.draft, roundings.dtype, {}
        with torch.no_grad():
            e = Environment(roundings, training=False)
            d.evaluate(e)
            result['out'], result['loss'] = e.value[d.out.name].detach(), e.value[d.objective.name].detach()
        parameters = {k: torch.tensor(v, dtype=dtype) for k, v in d.parameters.items()}
        states = {k: torch.tensor(v, dtype=dtype) for k, v in d.states.items()}
        optimizer = self.optimizer(list(parameters.items()))
        for step in range(self.steps + 1):
            roundings.begin_step()
            e = Environment(roundings)
            leaves = d.evaluate(e, parameters, states)
            e.value[d.objective.name].mean().backward()
            gradient = {k: leaves[k].grad if leaves[k].grad is not None else torch.zeros_like(leaves[k]) for k in parameters}
            if step == 0:
                result['loss in training'] = e.value[d.objective.name].detach()
                for k in parameters:
                    result[f'gradient.{k}'] = gradient[k]
            if step == self.steps:
                break
            for k in parameters:
                parameters[k].grad = roundings.forward(gradient[k])
                roundings.note(gradient[k].abs().clamp(min=1) ** 2)  # what most optimizers take; too small a square is 0 to all
            optimizer.step()
            for k in parameters:
                parameters[k].copy_(roundings.forward(parameters[k]))
                if self.remains:
                    name = f'average.{k} after {self.steps} steps'
                    kept = self.remains * result[name] if step > 0 else 0
                    result[name] = roundings.forward(kept + (1 - self.remains if step > 0 else 1) * parameters[k].detach().clone())
            states = {k: e.update.get(k, states[k]).detach() for k in states}
        for k, t in {**parameters, **states}.items():
            result[f'{k} after {self.steps} steps'] = t.detach().clone()
        return result


# ---- expressions ----
def weighed(d, v):
    """sum(v * K): each number of v has a weight of its own in the loss, which is a parameter."""
    k = d.parameter(v.shape, name=f'K{v.name}')

    def multiplied(e, a, b):
        terms = a * e.stretch(b, a.shape)
        return e.sum_of(terms.flatten(-v.rank), -1) if v.rank else terms
    return d.emit(f'{v} * {k}' if v.rank == 0 else f'sum({v} * {k})', [v, k], multiplied)


def touched(d, p):
    """0 * sum(p): a parameter that no gradient reaches is refused."""
    return d.emit(f'0 * sum({p})', [p], lambda e, a: 0 * a.sum())


@kind
def expressions(seed):
    """Ops in any order on any operands."""
    d = Draft(seed)
    for _ in range(d.random.randint(1, 2)):
        d.input([d.random.randint(1, 6) for _ in range(d.random.randint(0, 3))])
    x = d.pick()
    p = d.parameter(x.shape)
    d.emit(f'{x} + {p}', [x, p], lambda e, a, b: a + b, aligned=True)
    for _ in range(d.random.randint(2, 14)):
        name, f = choice(d, operations.ROWS)
        f(d, name)
    read = {v.name for n in d.nodes for v in n.operands}
    sinks = [v for n in d.nodes for v in n.values if v.name not in read]
    terms = [weighed(d, v) for v in sinks]
    terms += [touched(d, v) for v in d.values if v.name in d.parameters and v.name[0] == 'P' and v.name in read]
    if not all(terms):
        return None
    total = terms[0]
    for t in terms[1:]:
        total = total and d.emit(f'{total} + {t}', [total, t], lambda e, a, b: a + b, aligned=True)
    if not total or total.shared:
        return None
    out = d.emit(f'reshape({sinks[-1]}, shape=[{sinks[-1].size}]) + 0 * {total}', [sinks[-1], total],
                 lambda e, a, b: a.reshape((1 if sinks[-1].shared else len(a), -1)) + 0 * b[:, None])
    if not out:
        return None
    d.out, d.objective, d.loss_text = out, total, total.name
    return Drawn(d, training.sgd(1e-3), 3)


@kind
def networks(seed):
    """A chain of standard layers, a loss and an optimizer."""
    d = Draft(seed)
    x = d.input(d.random.choice(([d.random.randint(1, 30)], [d.random.randint(3, 14), d.random.randint(3, 14), d.random.randint(1, 3)])))
    for i in range(d.random.randint(1, 7)):
        name, f = choice(d, layers.LAYERS)
        x = f(d, x, f'l{i}') or x
    make = d.random.choice(list(layers.LOSSES.values()))
    if not make(d, x) or d.objective is None:
        return None
    return Drawn(d, training.optimizer(d), 1 if d.mode == 'wide' else STEPS)  # wide ones diverge


# ---- training alone ----
@kind
def optimizers(seed):
    """The loss is linear in the parameters, so gradients are exact, and steps differ by the optimizer alone."""
    d = Draft(seed, random.Random(seed).choice(('normal', 'joint', 'small')))
    x = d.input([d.random.randint(1, 40)])
    d.batch, d.inputs[x.name] = 1, d.inputs[x.name][:1]
    d.test.value[x.name] = d.test.value[x.name][:1]
    w = d.parameter(x.shape)
    total = d.emit(f'sum({x} * {w})', [x, w], lambda e, a, b: e.sum_of(a * b, -1))
    d.out, d.objective, d.loss_text = total, total, total.name
    chosen, remains = training.recipe(d, training.optimizer(d))
    return Drawn(d, chosen, STEPS, remains)


class Schedule(Rates):
    least = 1e-15  # beside a peak of at most 1: rates that are differences are those of doubles

    def __init__(self, seed):
        d = Draft(seed)
        name = d.random.choice(list(training.SCHEDULES))
        text, self.rate = training.SCHEDULES[name](d)
        moments = []
        for _ in range(20):
            total = d.random.choice((1, 2, 10, 1000, 10 ** 6))
            step = d.random.choice((0, total - 1, d.random.randrange(total), total // 2))
            moments.append((step, step * 30 // total, total))
        super().__init__(text, moments)

    def comparison(self):
        return Comparison(self.reference, self.least)

    def reference(self, roundings):
        return {'rate': torch.tensor([self.rate(*m) for m in self.moments], dtype=torch.float64)}


KINDS.update(schedules=Schedule, extremes=extremes.Extreme, draws=draws.draws)
