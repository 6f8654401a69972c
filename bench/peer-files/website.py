"""Makes a mixed website in the given folder: about 3,000 files and 150 MB, the same ones each time, with times in whole seconds that lie in the past."""
import os
import random
import sys

root = sys.argv[1]
chance = random.Random(7)
block = chance.randbytes(8 * 1024 * 1024)
kinds = [("html", 1200, 14_000, 0.8), ("css", 150, 20_000, 1.0), ("js", 350, 35_000, 1.1), ("jpg", 1000, 60_000, 0.9), ("woff2", 40, 40_000, 0.3), ("php", 250, 6_000, 0.9), ("pdf", 20, 900_000, 0.7)]
number = 0
for kind, count, middle, spread in kinds:
    for _ in range(count):
        size = min(6_000_000, int(middle * chance.lognormvariate(0, spread)))
        folder = os.path.join(root, *[f"{kind}-{chance.randrange(5)}" for _ in range(chance.randrange(3))])
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, f"page {number}.{kind}")
        start = chance.randrange(len(block) - size)
        with open(path, "wb") as file:
            file.write(block[start:start + size])
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        number += 1
