"""Sums of a decision log over a trace, and what follows from many of them: frontiers, waste ratios, intervals."""
import importlib.util
import math

import numpy

FIELDS = ("request", "usage", "over", "ooms", "time", "changes", "oom_series")


def load_judge(path):
    """The neutral evaluator of the shared back-test, as a module."""
    spec = importlib.util.spec_from_file_location("evaluate", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def per_series(judge, trace, logs, warm_h):
    """label -> array [series][resource][field], in the order of the trace's series; resource 0 = CPU, 1 = memory."""
    decisions = {label: judge.read_decisions(path) for label, path in logs.items()}
    sums = {label: [] for label in logs}
    for name, samples in judge.read_traces([trace]):
        warm_until = samples[0][0] + warm_h * 3600
        for label in logs:
            row = []
            for column in (0, 1):
                score = judge.Score()
                score.add(samples, decisions[label].get(name, []), warm_until, column)
                row.append([getattr(score, field) for field in FIELDS])
            sums[label].append(row)
    return {label: numpy.array(rows, dtype=float) for label, rows in sums.items()}


def totals(sums, resource, pick=None):
    """Summed over series (`pick`: counts of each, for the bootstrap) as a dict of scores; None without data."""
    part = sums[:, resource, :]
    whole = part.sum(axis=0) if pick is None else pick @ part
    request, usage, over, ooms, time, changes, oom_series = whole
    if time <= 0 or usage <= 0:
        return None
    days = time / 86400
    return dict(footprint=request / usage, risk=(100 * ooms / days) if resource else over / usage,
                changes=changes / days, oom_series=oom_series)


def geometric(sums, resource):
    """Geometric mean over the series of each one's footprint."""
    logs = [math.log(s[resource][0] / s[resource][1]) for s in sums if s[resource][1] > 0 and s[resource][0] > 0]
    return math.exp(sum(logs) / len(logs)) if logs else float("nan")


def footprint_at(points, risk):
    """Footprint of a frontier [(risk, footprint)] at a risk, interpolated on log risk; None where it does not reach."""
    points = sorted((max(r, 1e-7), f) for r, f in points)
    if risk <= points[0][0]:
        return None if risk < points[0][0] else points[0][1]
    best = None
    for (r0, f0), (r1, f1) in zip(points, points[1:]):
        if r0 <= risk <= r1:
            share = 0 if r1 == r0 else math.log(risk / r0) / math.log(r1 / r0)
            value = f0 + share * (f1 - f0)
            best = value if best is None else min(best, value)
    return points[-1][1] if best is None else best  # leaner than any point of ours at this risk: our leanest


def waste_ratio(ours, peers):
    """Mean over the peer's points of (our footprint - 1) / (theirs - 1) at equal risk; None where one is out of reach."""
    ratios = []
    for point in peers:
        mine = footprint_at([(p["risk"], p["footprint"]) for p in ours], point["risk"])
        if mine is None:
            return None
        ratios.append((mine - 1) / (point["footprint"] - 1))
    return sum(ratios) / len(ratios)


def bootstrap(ours, peers, resource, rounds=200, seed=1):
    """95 % interval of the waste ratio over resampled series; None where it cannot be had in most rounds."""
    count = len(ours[0])
    random = numpy.random.default_rng(seed)
    found = []
    for _ in range(rounds):
        pick = numpy.bincount(random.integers(0, count, count), minlength=count)
        mine = [totals(s, resource, pick) for s in ours]
        theirs = [totals(s, resource, pick) for s in peers]
        if any(x is None for x in mine + theirs):
            continue
        ratio = waste_ratio(mine, theirs)
        if ratio is not None:
            found.append(ratio)
    if len(found) < rounds / 2:
        return None
    return tuple(numpy.quantile(found, (0.025, 0.975)))
