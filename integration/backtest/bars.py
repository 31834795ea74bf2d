"""What our default is held to beside the VPA's default, set by set: met or missed."""
import frontier

DEFAULT = 0.5
RESOURCES = (("CPU", 0), ("memory", 1))
MANY_KILLS = 20      # per 100 series-days: from here on the VPA's kills are to be cut to a fifth
FIFTH, DEARER = 0.2, 1.15
IN_PLACE_A_DAY = 4


def verdict(met):
    return "met" if met else "**missed**"


def both_axes(ours, vpa):
    """The default lies at or left of the VPA's: no fatter and no riskier. By how much, in percent."""
    leaner, safer = ours["footprint"] <= vpa["footprint"], ours["risk"] <= vpa["risk"]
    delta = f"{100 * (ours['footprint'] / vpa['footprint'] - 1):+.1f} %"
    risk = f"{100 * (ours['risk'] / vpa['risk'] - 1):+.0f} %" if vpa["risk"] > 0 else "none"
    return leaner and safer, f"{verdict(leaner and safer)} (footprint {delta}, risk {risk})"


def a_fifth(frontier_of_ours, vpa):
    """Footprint of our frontier at a fifth of the VPA's kills, against the VPA's; None: it has few kills."""
    if vpa["risk"] <= MANY_KILLS:
        return None, "few kills"
    at = frontier.footprint_at([(s["risk"], s["footprint"]) for s in frontier_of_ours], FIFTH * vpa["risk"])
    if at is None:
        return False, "**missed** (out of reach)"
    ratio = at / vpa["footprint"]
    return ratio <= DEARER, f"{verdict(ratio <= DEARER)} ({ratio:.3f} ×)"


def rows(found):
    """Rows of the table and a line per bar that counts them."""
    table, counts, in_place = [], {}, {}

    def count(bar, met):
        if met is not None:
            have, of = counts.get(bar, (0, 0))
            counts[bar] = (have + bool(met), of + 1)

    for name, sums in found.items():
        together = []  # changes by restart of both resources: ours, the VPA's
        for title, resource in RESOURCES:
            vpa = frontier.totals(sums["VPA 0.90"], resource)
            ours = frontier.totals(sums[f"in-place {DEFAULT}"], resource)
            restart = frontier.totals(sums[f"restart {DEFAULT}"], resource)
            if not (vpa and ours and restart):
                continue
            left, left_text = both_axes(ours, vpa)
            count("left of the VPA's default on both axes", left)
            fifth_text = "–"
            if resource:
                scores = [frontier.totals(s, 1) for label, s in sums.items() if label.startswith("in-place ")]
                fifth, fifth_text = a_fifth(scores, vpa)
                count("a fifth of the kills at 1.15 × its footprint, where the VPA has many", fifth)
            few = restart["changes"] <= vpa["changes"]
            count("by restart no more changes a day than the VPA", few)
            together.append((restart["changes"], vpa["changes"]))
            table.append(f"| {name} | {title} | {left_text} | {fifth_text} | "
                         f"{verdict(few)} ({restart['changes']:.2f} / {vpa['changes']:.2f}) | "
                         f"{ours['changes']:.2f} |")
            in_place.setdefault(title, []).append(ours["changes"])
        count("sets on which, by restart, each resource changes no more often than with the VPA",
              all(mine <= theirs for mine, theirs in together))
        count("sets on which, by restart, both together change no more often than with the VPA",
              sum(mine for mine, _ in together) <= sum(theirs for _, theirs in together))
    lines = [f"- {bar}: {have} of {of}" for bar, (have, of) in counts.items()]
    for title, changes in in_place.items():
        mean = sum(changes) / len(changes)
        lines.append(f"- in place at most {IN_PLACE_A_DAY} {title} changes a day: {verdict(mean <= IN_PLACE_A_DAY)} "
                     f"(mean over the sets {mean:.2f})")
    return table, lines
