"""The table on the terminal and the plot for the docs."""

COLUMNS = f"{'workload':15} {'stock':>9} {'ours':>9} {'ratio':>6} {'bar':>5}  {'':4} {'ops/s stock':>11} {'ours':>9} {'p50 ms':>13} {'p99 ms':>13}"


def header(scale, rounds):
    return f"scale {scale}, {rounds} rounds; a bar holds when ours/stock is at most that\n{COLUMNS}\n{'-' * len(COLUMNS)}"


def _pair(row, name, form):
    if name not in row["ours"]:
        return ""
    return f"{row['stock'][name]:{form}}/{row['ours'][name]:{form}}"


def line(row):
    """One row of the table; the unit follows because it changes from row to row."""
    rates = [f"{row[side]['per_second']:.0f}" if "per_second" in row[side] else "" for side in ("stock", "ours")]
    figures = f"{row['stock']['figure']:9.3f} {row['ours']['figure']:9.3f} {row['ratio']:6.2f} {row['bar']:5.2f}"
    verdict = "ok" if row["pass"] else "MISS"
    latencies = f"{_pair(row, 'p50_ms', '.3f'):>13} {_pair(row, 'p99_ms', '.3f'):>13}"
    return f"{row['name']:15} {figures}  {verdict:4} {rates[0]:>11} {rates[1]:>9} {latencies}  {row['unit']}"


def plot(result, path):
    """Ratio to the stock server for every workload, with its bar."""
    import matplotlib

    matplotlib.use("Agg")
    # Without these the file would change with every run even when the figures do not.
    matplotlib.rcParams["svg.hashsalt"] = "inkstone"
    from matplotlib import pyplot

    rows = result["rows"][::-1]
    figure, axes = pyplot.subplots(figsize=(9, 0.45 * len(rows) + 1.4))
    positions = range(len(rows))
    colours = ["#3b7a57" if row["pass"] else "#b5543c" for row in rows]
    axes.barh(positions, [row["ratio"] for row in rows], height=0.55, color=colours)
    for position, row in zip(positions, rows):
        axes.plot([row["bar"]] * 2, [position - 0.38, position + 0.38], color="black", linewidth=1.5)
        text = f"{row['ratio']:.2f}  ({row['ours']['figure']:.3g} / {row['stock']['figure']:.3g} {row['unit']})"
        axes.text(row["ratio"] + 0.01, position, text, va="center", fontsize=7)
    axes.axvline(1.0, color="grey", linewidth=0.8, linestyle=":")
    axes.set_yticks(list(positions), [row["title"] for row in rows], fontsize=8)
    axes.set_xlim(0, max(1.5, *(row["ratio"] + 0.5 for row in rows)))
    axes.set_xlabel("ratio to stock redis-server (lower is better); black: the bar", fontsize=8)
    axes.set_title(f"Inkstone against stock redis-server, scale {result['scale']}", fontsize=9)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)
