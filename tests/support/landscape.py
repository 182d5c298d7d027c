"""What docs/landscape.md says of each client, read back from its tables."""

from tools import landscape

WORDS = ("success", "transient", "fatal")


def rows(heading: str) -> dict[str, list[str]]:
    """Return the cells of the first table below a heading, by its first column."""
    section = (
        landscape.PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    )
    lines = [line.strip("| ").split("|") for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("*") for cell in line] for line in lines[2:]]
    return {name: rest for name, *rest in cells}


def ranges(client: str) -> list[tuple[int, int, str]]:
    """Return the first and the last code of each range of a client, and what it does there."""
    found = []
    for word, cell in zip(WORDS, rows("Every code")[client], strict=False):
        for part in filter(None, cell.split(", ")):
            first, _, last = part.partition("-")
            found.append((int(first), int(last or first), word))
    return sorted(found)


def outcomes(client: str) -> dict[int, str]:
    """Return what a client does at each code."""
    return {code: word for first, last, word in ranges(client) for code in range(first, last + 1)}
