"""The scoreboard as Markdown and plots."""
import pathlib

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "scaleops"  # the same figures give the same file
from matplotlib import pyplot  # noqa: E402

import bars  # noqa: E402
import frontier  # noqa: E402

RESOURCES = (("CPU", 0, "overrun usage"), ("memory", 1, "OOM kills per 100 series-days"))
DEFAULT = 0.5


def labelled(sums, prefix, resource):
    """Scores of all labels that begin with the prefix, in order."""
    out = [(label, frontier.totals(s, resource)) for label, s in sums.items() if label.startswith(prefix)]
    return [(label, score) for label, score in out if score]


def risk_text(score, resource):
    return f"{score['risk']:.1f}" if resource else f"{100 * score['risk']:.2f} %"


def interval_text(pair):
    return "–" if pair is None else f"{pair[0]:.2f}–{pair[1]:.2f}"


def ratio_text(value):
    return "–" if value is None else f"{value:.3f}"


def waste_rows(found, mode):
    """Per set and resource: waste ratio, its interval, changes a day of ours at the default and of the VPA's."""
    rows, means = [], {}
    for name, sums in found.items():
        for title, resource, _ in RESOURCES:
            ours, vpa = labelled(sums, mode, resource), labelled(sums, "VPA", resource)
            if not ours or not vpa:
                continue
            ratio = frontier.waste_ratio([s for _, s in ours], [s for _, s in vpa])
            spread = frontier.bootstrap([sums[l] for l, _ in ours], [sums[l] for l, _ in vpa], resource)
            if ratio is not None:
                means.setdefault(title, []).append(ratio)
            default = dict(ours)[f"{mode} {DEFAULT}"]
            rows.append(f"| {name} | {title} | {ratio_text(ratio)} | {interval_text(spread)} | "
                        f"{default['changes']:.2f} | {vpa[0][1]['changes']:.2f} |")
    return rows, {title: sum(v) / len(v) for title, v in means.items()}


def default_rows(found):
    rows = []
    for name, sums in found.items():
        for title, resource, _ in RESOURCES:
            vpa = frontier.totals(sums["VPA 0.90"], resource)
            ours = frontier.totals(sums[f"in-place {DEFAULT}"], resource)
            if not vpa or not ours:
                continue
            leaner, safer = ours["footprint"] <= vpa["footprint"], ours["risk"] <= vpa["risk"]
            verdict = "both" if leaner and safer else "leaner" if leaner else "safer" if safer else "neither"
            cells = [f"{s['footprint']:.3f} at {risk_text(s, resource)}" for s in (ours, vpa)]
            others = [frontier.totals(sums[p], resource) for p in ("KRR", "Crane")]
            cells += [f"{s['footprint']:.3f} at {risk_text(s, resource)}" if s else "–" for s in others]
            geo = [frontier.geometric(sums[l], resource) for l in (f"in-place {DEFAULT}", "VPA 0.90")]
            rows.append(f"| {name} | {title} | {' | '.join(cells)} | {geo[0]:.2f} / {geo[1]:.2f} | {verdict} |")
    return rows


def oom_rows(found):
    """The knob's leanest position that has at most a fifth of the VPA's kills, where those are many."""
    rows = []
    for name, sums in found.items():
        vpa = frontier.totals(sums["VPA 0.90"], 1)
        if not vpa or vpa["risk"] <= 20:
            continue
        fit = [(l, s) for l, s in labelled(sums, "in-place", 1) if s["risk"] <= 0.2 * vpa["risk"]]
        if not fit:
            rows.append(f"| {name} | {vpa['risk']:.1f} | – | – | – |")
            continue
        label, best = min(fit, key=lambda pair: pair[1]["footprint"])
        rows.append(f"| {name} | {vpa['risk']:.1f} | {best['risk']:.1f} | {label.split()[1]} | "
                    f"{best['footprint'] / vpa['footprint']:.3f} |")
    return rows


def frontier_rows(found):
    rows = []
    for name, sums in found.items():
        for title, resource, _ in RESOURCES:
            for prefix in ("in-place", "restart", "VPA", "KRR", "Crane"):
                for label, s in labelled(sums, prefix, resource):
                    rows.append(f"| {name} | {title} | {label} | {s['footprint']:.3f} | {risk_text(s, resource)} | "
                                f"{s['changes']:.2f} |")
    return rows


def plot(found, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for title, resource, axis in RESOURCES:
        names = [n for n in found if frontier.totals(found[n]["VPA 0.90"], resource)]
        if not names:
            continue
        columns = min(4, len(names))
        lines = -(-len(names) // columns)
        figure, axes = pyplot.subplots(lines, columns, figsize=(3.6 * columns, 3.1 * lines), squeeze=False)
        for cell in axes.flat[len(names):]:
            cell.axis("off")
        for cell, name in zip(axes.flat, names):
            for prefix, style in (("in-place", "o-"), ("restart", "s--"), ("VPA", "^-"), ("KRR", "D"), ("Crane", "v")):
                points = [s for _, s in labelled(found[name], prefix, resource)]
                if points:
                    cell.plot([p["footprint"] for p in points], [max(p["risk"], 1e-4) for p in points], style,
                              label=prefix if prefix in ("VPA", "KRR", "Crane") else f"ours, {prefix}", markersize=4)
            cell.set_yscale("log")
            cell.set_title(name, fontsize=9)
            cell.set_xlabel("footprint (request / usage)", fontsize=8)
            cell.set_ylabel(axis, fontsize=8)
        axes.flat[0].legend(fontsize=7)
        figure.tight_layout()
        figure.savefig(folder / f"{title.lower()}.svg", metadata={"Date": None})
        pyplot.close(figure)


def write(found, out, stamp):
    plot(found, out / "scoreboard")
    in_place, means = waste_rows(found, "in-place")
    restart, restart_means = waste_rows(found, "restart")
    held_to, counted = bars.rows(found)
    mean = lambda m: ", ".join(f"{title} **{value:.3f}**" for title, value in m.items())  # noqa: E731
    text = f"""# Scoreboard

Written by `make scoreboard` on {stamp} from one run over the open traces; do not edit. The judge is the back-test's own
`evaluate.py`; the VPA is its Go module v1.8.1 (`vpa-replay`), KRR and Crane are their published rules
(`integration/backtest/peers.py`), applied once a day. Ours is `scaleops replay --policy production`, the knob
`--aggressiveness` from 0 (safest) to 1 (leanest), 0.5 is the default. Further left and lower is better.

![CPU](scoreboard/cpu.svg)
![memory](scoreboard/memory.svg)

## What our default is held to

Beside the VPA's default (P90), set by set: no fatter and no riskier; where the VPA has more than 20 OOM kills per 100
series-days, a fifth of them at no more than 1.15 times its footprint (read off our frontier between its points: each
set may ask for another position of the knob); by restart no more changes a day (ours / the VPA's).

| set | resource | left of the VPA on both axes | a fifth of the kills | changes by restart | changes in place |
|---|---|---|---|---|---|
{chr(10).join(held_to)}

{chr(10).join(counted)}

## Waste at equal risk

Waste = footprint − 1. Ours divided by the VPA's, at the risk that the VPA has with its percentile at 0.90, 0.95 and 0.98;
mean of the three. Below 1 is leaner. The interval is a bootstrap over series (95 %). Changes a day: ours at the default,
the VPA's at its default.

### Changes in place: mean {mean(means)}

| set | resource | waste ratio | interval | our changes a day | VPA's |
|---|---|---|---|---|---|
{chr(10).join(in_place)}

### Changes by restart: mean {mean(restart_means)}

| set | resource | waste ratio | interval | our changes a day | VPA's |
|---|---|---|---|---|---|
{chr(10).join(restart)}

## Defaults

Footprint at risk (CPU: usage above the request; memory: OOM kills per 100 series-days), summed over the set's series;
geometric mean of the footprint over series, ours / VPA's. The last column says in which sense our default is at or
left of the VPA's.

| set | resource | ours | VPA | KRR | Crane | geometric | ours is |
|---|---|---|---|---|---|---|---|
{chr(10).join(default_rows(found))}

## A fifth of the OOM kills

Where the VPA has more than 20 OOM kills per 100 series-days: the leanest position of our knob with at most a fifth of
them, and its footprint relative to the VPA's.

| set | VPA's kills | ours | knob | relative footprint |
|---|---|---|---|---|
{chr(10).join(oom_rows(found))}

## All points

| set | resource | engine | footprint | risk | changes a day |
|---|---|---|---|---|---|
{chr(10).join(frontier_rows(found))}
"""
    pathlib.Path(out / "scoreboard.md").write_text(text)
