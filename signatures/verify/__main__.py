"""`python -m signatures.verify KIND FILE`: check evidence without Django, without a database, without the network.

    log          an exported log, `luochui-log/v1`
    receipt      one receipt, or a list of receipts; `--consistency FILE` proves that the log grew out of the head
                 that each receipt names
    consistency  two checkpoints and the proof between them, `luochui-consistency/v1`
    draw         a draw computed again, `luochui-draw/v1`; `--beacon FILE` compares the value of its public beacon
    document     a signed PDF; `--roots PEM` says whom to trust, `--log FILE` what may register it
    guarantee    an electronic guarantee with its status, `luochui-guarantee-bundle/v1`; `--roots PEM` says
                 whose certificates you believe for issuers. Revocation cannot be seen offline: the status tells it
    guarantee-feed  pages of the feed of guarantees' statuses, as `GET /api/v1/guarantees/feed` gives them

FILE may be `-`. `--keys FILE` names the platform's published keys (`luochui-keys/v1`), fetched once and kept; without
them the answer says `"keys_trusted": false`: the file agrees with itself, whoever made it. The answer is JSON. The exit
code is 0 when everything holds, 1 when it does not, 2 with a sentence when the input cannot be read.

Needs this folder, `commons/evidence/domain`, `signatures/draws/domain`, the standard library and `cryptography`; for
guarantees also `commons/domain` and `signatures/guarantees/domain`, and `tongsuopy` for those signed with SM2.
"""

import sys

from signatures.verify.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
