#!/usr/bin/env python3
"""The benchmarks, printed as ratios: `run.py [NAME …]`; without names, all. `--quick` makes one short round of each.

Every figure stands beside a yardstick that was measured in the same run, in turns with it: medians of the rounds with
the smallest and the largest. Run it through the launcher with fsync on: `make bench`, or
`scripts/with_services.py --durable -- python benchmarks/run.py rooms`.
"""

import argparse
import os
import resource
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="lc-bench-"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names",
        nargs="*",
        help="rooms, english, ack, crowd, many, fanout, slow, idle, storm, pages, seal, seal-national, uploads, rush, "
        "opening, sign, log, signups, peak, hall, room-keys, national-in-browser",
    )
    parser.add_argument("--quick", action="store_true", help="one short round: shows that it runs, proves nothing")
    arguments = parser.parse_args()
    if not os.environ.get("LUOCHUI_SERVICES"):
        sys.exit("Run me through scripts/with_services.py --durable, so that I have a PostgreSQL and a Redis.")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))

    import django

    django.setup()
    from benchmarks import (
        envelopes,
        evidence_log,
        fanout,
        halls,
        pages,
        peak,
        rooms,
        sealing,
        signing,
        signups,
        sockets,
        stage,
        suites,
    )
    from benchmarks.figures import Rounds

    stage.prepare_database()
    rounds = Rounds(1, 2.0) if arguments.quick else Rounds(3, 5.0)
    subjects = (rooms, fanout, sockets, pages, sealing, envelopes, signing, evidence_log, signups, peak, halls, suites)
    known = {name: run for subject in subjects for name, run in subject.BENCHMARKS.items()}
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        sys.exit(f"There is no benchmark called {', '.join(unknown)}; there are {', '.join(known)}.")
    missed = 0
    for name in arguments.names or known:
        print(f"\n== {name}: {known[name].__doc__}", flush=True)
        for line in known[name](rounds):
            print(f"   {line}", flush=True)
            missed += line.reached is False
    print(f"\n{missed} target(s) missed" if missed else "\nevery target reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
