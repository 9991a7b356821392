"""Tables protected and attacked by tau-ARGUS, by the optimal method of Fischetti and Salazar.

Run in an environment with ``pytauargus`` 0.6.0 (EUPL-1.2; engine of Statistics Netherlands, solver
HiGHS). Writes ``suppression_tables.csv``: a line for each number of a table of counts with its
margins. A number is sensitive below the limit, and its possible values have to stretch over the
limit; withholding an inner number costs 1, a margin 2; the total is always published. ``low`` and
``high`` are the ends of the possible values of what tau-ARGUS withholds.
"""

from __future__ import annotations

import csv
import os
import random
import tempfile
from pathlib import Path

from pytauargus._tauargus import HiTaSCtrl, audit_jj

#: The example of Fischetti and Salazar (2001): three activities in three regions.
TABLES = [([[20, 50, 10], [8, 19, 22], [17, 32, 12]], 9)]
TARGET = Path(__file__).resolve().with_name("suppression_tables.csv")
SHAPES = [(2, 3), (3, 3), (3, 4), (4, 4), (5, 3)]
REPEATS, MOST = 8, 12


def numbers_of(inner):
    """Inner numbers row by row, row totals, column totals, total; and what adds up to what."""
    rows, columns = len(inner), len(inner[0])
    cells = [n for row in inner for n in row]
    margins = [sum(row) for row in inner] + [sum(column) for column in zip(*inner, strict=True)]
    first = rows * columns
    sums = [(first + i, range(i * columns, (i + 1) * columns)) for i in range(rows)]
    sums += [(first + rows + j, range(j, first, columns)) for j in range(columns)]
    total = first + rows + columns
    sums += [(total, range(first, first + rows)), (total, range(first + rows, total))]
    return [*cells, *margins, sum(cells)], sums, first


def write(path, numbers, sums, first, status, limit):
    total = numbers[-1]
    lines = ["0", str(len(numbers))]
    for i, n in enumerate(numbers):
        # Without a step up, however small, the solver does not look at the sliding width.
        up, sliding = (1, limit) if status[i] == "u" else (0, 0)
        cost = 1 if i < first else 2
        lines.append(f"{i} {n} {cost} {status[i]} 0 {total} 0 {up} {sliding}")
    lines.append(str(len(sums)))
    for whole, parts in sums:
        terms = " ".join(f"{i} (1)" for i in parts)
        lines.append(f"0 {len(parts) + 1} : {whole} (-1) {terms}")
    path.write_text("\n".join(lines) + "\n")


def protect(inner, limit):
    numbers, sums, first = numbers_of(inner)
    status = ["u" if n < limit else "s" for n in numbers]
    status[-1] = "z"
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder, "in.jj"), Path(folder, "out.jj")
        write(asked, numbers, sums, first, status, limit)
        if HiTaSCtrl().full_jj(in_file_jj=str(asked), out_file=str(answer), max_time=60) > 1:
            return None
        for line in answer.read_text().splitlines():
            if line.strip():
                place = int(line.split()[0])
                status[place] = "m" if status[place] == "s" else status[place]
        write(asked, numbers, sums, first, status, limit)
        ends = {one["cell"]: (one["min"], one["max"]) for one in audit_jj(str(asked))}
    return numbers, status, ends


def main():
    rng = random.Random(2001)
    for shape in SHAPES:
        for repeat in range(REPEATS):
            draw = [[rng.randint(0, MOST) for _ in range(shape[1])] for _ in range(shape[0])]
            TABLES.append((draw, 2 + repeat % 3))
    # The solver leaves its logs where it is started.
    os.chdir(tempfile.mkdtemp())
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["table", "rows", "columns", "limit", "place", "n", "withheld", "low", "high"])
        for table, (inner, limit) in enumerate(TABLES):
            found = protect(inner, limit)
            if found is None:
                continue
            for place, (n, status) in enumerate(zip(*found[:2], strict=True)):
                ends = [f"{end:g}" for end in found[2].get(place, ())] or ["", ""]
                withheld = {"u": "sensitive", "m": "for others"}.get(status, "")
                row = [table, len(inner), len(inner[0]), limit, place, n, withheld, *ends]
                out.writerow(row)


if __name__ == "__main__":
    main()
