#!/usr/bin/env python3
"""Our recommendations against the VPA's, KRR's and Crane's on recorded usage; writes docs/scoreboard.md from one run.

usage: scoreboard.py --shared FOLDER [--only SET] [--work FOLDER] [--out FOLDER]

The shared folder holds traces/ and backtest/ (evaluate.py, the judge; vpa-replay/, the VPA's own recommender as a Go
program). Decisions are kept in the work folder and made anew each time. Needs go, numpy and matplotlib.
"""
import argparse
import datetime
import os
import pathlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, ProcessPoolExecutor

import frontier
import peers
import report

SETS = {"bitbrains_rnd_90d": 24, "bitbrains_rnd_30d": 24, "google2011_jobs": 24, "google2019_borg": 6,
        "google2019_borg_peak": 6, "planetlab2011": 6, "nab_cloudwatch": 24}  # hours of warm-up
KNOB = [round(0.1 * i, 1) for i in range(11)]
PERCENTILES = ["0.90", "0.95", "0.98"]


def build_vpa(shared, work):
    source = work / "vpa"
    source.mkdir(parents=True, exist_ok=True)
    for file in (shared / "backtest/vpa-replay").iterdir():
        (source / file.name).write_bytes(file.read_bytes())
    subprocess.run(["go", "build", "-o", "vpa-replay", "."], cwd=source, check=True)
    return source / "vpa-replay"


def run_to(path, command):
    with open(path, "w") as out:
        began = time.monotonic()
        subprocess.run([str(c) for c in command], stdout=out, stderr=subprocess.PIPE, check=True)
        return time.monotonic() - began


def run_peer(name, trace, warm_h, path):
    with open(path, "w") as out:
        peers.replay(peers.PEERS[name], trace, warm_h * 3600, out)


def play(engine, vpa, trace, warm_h, folder):
    """All decision logs of one set: label -> path."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs, logs = [], {}

    def add(label, command):
        logs[label] = str(folder / f"{label}.csv")
        jobs.append((logs[label], command))

    for p in PERCENTILES:
        add(f"VPA {p}", [vpa, "-warm", f"{warm_h}h", "-percentile", p, trace])
    for mode in ("in-place", "restart"):
        for a in KNOB:
            add(f"{mode} {a}", [engine, "replay", "--warm", f"{warm_h}h", "--apply", mode, "--aggressiveness", a,
                                "--json", os.devnull, trace])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: run_to(*job), jobs))
    for name in peers.PEERS:
        logs[name] = str(folder / f"{name}.csv")
        run_peer(name, str(trace), warm_h, logs[name])
    return logs


def judge_set(shared, name, warm_h, trace, logs):
    judge = frontier.load_judge(shared / "backtest/evaluate.py")
    return name, frontier.per_series(judge, str(trace), logs, warm_h)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--shared", type=pathlib.Path, default=root.parent / "shared")
    parser.add_argument("--work", type=pathlib.Path, default=root / "build/scoreboard")
    parser.add_argument("--out", type=pathlib.Path, default=root / "docs")
    parser.add_argument("--engine", type=pathlib.Path, default=root / "build/release/scaleops")
    parser.add_argument("--only", help="one set by name")
    args = parser.parse_args()
    for needed in (args.shared / "traces", args.shared / "backtest/evaluate.py", args.engine):
        if not needed.exists():
            parser.error(f"{needed} is not there: give --shared FOLDER with traces/ and backtest/, build the engine")
    sets = {n: w for n, w in SETS.items() if args.only in (None, n)}
    if not sets:
        parser.error(f"--only: unknown set {args.only}; known are {', '.join(SETS)}")
    vpa = build_vpa(args.shared.resolve(), args.work)
    logs = {}
    for name, warm_h in sets.items():
        print(f"replaying {name}", file=sys.stderr, flush=True)
        logs[name] = play(args.engine, vpa, args.shared / f"traces/{name}.csv.gz", warm_h, args.work / name)
    print("judging", file=sys.stderr, flush=True)
    with ProcessPoolExecutor(2) as pool:
        found = dict(pool.map(judge_set, *zip(*[(args.shared, n, w, args.shared / f"traces/{n}.csv.gz", logs[n])
                                                for n, w in sets.items()])))
    stamp = datetime.date.today().isoformat()
    report.write(found, args.out, stamp)
    print(f"wrote {args.out / 'scoreboard.md'}", file=sys.stderr)


if __name__ == "__main__":
    main()
