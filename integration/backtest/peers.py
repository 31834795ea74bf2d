"""Published rules of other recommenders, re-implemented from their formulas, as decision logs of the back-test.

KRR (robusta-dev/krr, strategies/simple.py): CPU request = P95 of the last 14 days; memory = maximum of the last 14 days
+ 15 %, and at least 1.25 x the limit at an OOM kill of that window (its opt-in); floors 10m and 100 MB.
Crane (gocrane/crane, pkg/recommendation): P99 + 15 % of decaying histograms, half-life 24 h for CPU (buckets of 0.1
core) and 48 h for memory (buckets of 100 MB); an OOM kill counts as a sample of max(1.2 x, + 100 MB).
Both are reports that somebody applies: here once a day, the kindest reading. The loop is closed for memory as in the
back-test: limit = request, demand above it is seen as the limit plus one OOM kill.
"""
import csv
import gzip
from bisect import bisect_left, insort
from collections import deque

DAY = 86400
MB = 1e6


class Krr:
    """A sorted window of 14 days for CPU; a maximum and the kills of 14 days for memory."""

    def __init__(self):
        self.window, self.ordered = deque(), []
        self.memory, self.kills = deque(), deque()  # memory: falling maxima (time, bytes)

    def see(self, at, cpu, memory):
        if cpu is not None:
            self.window.append((at, cpu))
            insort(self.ordered, cpu)
        while self.window and self.window[0][0] < at - 14 * DAY:
            self.ordered.pop(bisect_left(self.ordered, self.window.popleft()[1]))
        if memory is not None:
            while self.memory and self.memory[-1][1] <= memory:
                self.memory.pop()
            self.memory.append((at, memory))
        for line in (self.memory, self.kills):
            while line and line[0][0] < at - 14 * DAY:
                line.popleft()

    def kill(self, at, limit):
        self.kills.append((at, limit))

    def target(self, at):
        cpu = max(0.01, self.ordered[min(len(self.ordered) - 1, int(0.95 * len(self.ordered)))]) if self.ordered else None
        memory = None
        if self.memory:
            memory = max([self.memory[0][1] * 1.15, 100 * MB] + [1.25 * limit for _, limit in self.kills])
        return cpu, memory


class Histogram:
    """Linear buckets whose samples lose half their weight every half_life seconds."""

    def __init__(self, width, half_life):
        self.width, self.half_life, self.reference = width, half_life, None
        self.weights, self.total = {}, 0.0

    def add(self, at, value):
        if self.reference is None:
            self.reference = at
        exponent = (at - self.reference) / self.half_life
        if exponent > 100:
            self.weights = {b: w * 2.0 ** -exponent for b, w in self.weights.items()}
            self.total *= 2.0 ** -exponent
            self.reference, exponent = at, 0.0
        weight, bucket = 2.0 ** exponent, int(value / self.width)
        self.weights[bucket] = self.weights.get(bucket, 0.0) + weight
        self.total += weight

    def percentile(self, share):
        if not self.weights:
            return None
        left = share * self.total
        for bucket in sorted(self.weights):
            left -= self.weights[bucket]
            if left <= 0:
                break
        return (bucket + 1) * self.width


class Crane:
    def __init__(self):
        self.cpu, self.memory = Histogram(0.1, DAY), Histogram(100 * MB, 2 * DAY)

    def see(self, at, cpu, memory):
        if cpu is not None:
            self.cpu.add(at, cpu)
        if memory is not None:
            self.memory.add(at, memory)

    def kill(self, at, limit):
        self.memory.add(at, max(1.2 * limit, limit + 100 * MB))

    def target(self, at):
        cpu, memory = self.cpu.percentile(0.99), self.memory.percentile(0.99)
        return (None if cpu is None else cpu * 1.15), (None if memory is None else memory * 1.15)


PEERS = {"KRR": Krr, "Crane": Crane}


def replay(peer, trace, warm_s, out):
    """Plays one trace file and writes the decisions. A kill is answered at once, all else once a day."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["series", "timestamp_s", "cpu_cores", "memory_bytes"])
    with gzip.open(trace, "rt") as file:
        rows = csv.reader(file)
        next(rows)
        name = None
        for series, ts, cpu, memory in rows:
            at = int(ts)
            if series != name:
                name, engine, first, decided, force = series, peer(), at, None, (None, None)
            seen = float(memory) if memory else None
            limit = force[1]
            killed = limit is not None and seen is not None and seen > limit
            engine.see(at, float(cpu) if cpu else None, limit if killed else seen)
            if killed:
                engine.kill(at, limit)
            if at - first < warm_s or not (killed or decided is None or at - decided >= DAY):
                continue
            target = engine.target(at)
            if killed:  # restarted: only memory is answered at once
                target = (force[0] if force[0] is not None else target[0], target[1])
            if not killed or decided is None:
                decided = at
            if target != force:
                force = target
                writer.writerow([name, at, "" if force[0] is None else f"{force[0]:.4f}",
                                 "" if force[1] is None else f"{force[1]:.0f}"])
