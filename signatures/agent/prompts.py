"""Showing the holder an order and asking for the PIN, where no page can read along."""

import getpass
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, unquote

from signatures.crypto.tickets import Action, Ticket

WORDS = {Action.SIGN: "签名 / Sign", Action.UNWRAP: "解密 / Open"}


@dataclass(frozen=True, slots=True)
class Order:
    """What the holder decides on."""

    ticket: Ticket
    holder: str
    """The certificate's subject."""
    token: str
    digest_name: str = "SHA-256"

    def lines(self) -> list[str]:
        """The order in words, the same in every prompt."""
        ticket = self.ticket
        digest = " ".join(ticket.digest[start : start + 8] for start in range(0, len(ticket.digest), 8))
        amount = f"金额 / Amount: ¥ {ticket.amount}  {ticket.amount_in_capitals}" if ticket.amount else ""
        lines = [
            f"{WORDS[ticket.action]}: {ticket.title}",
            amount,
            f"身份 / As: {ticket.role}",
            f"网站 / Page: {ticket.origin}",
            f"证书 / Certificate: {self.holder}",
            f"{self.digest_name}: {digest}",
        ]
        return [line for line in lines if line]


class Prompt(Protocol):
    """Asks the holder. None: the holder said no."""

    def pin_for(self, order: Order) -> str | None: ...


class Terminal:
    """On the terminal in which the agent runs."""

    def pin_for(self, order: Order) -> str | None:
        print("", *order.lines(), sep="\n", file=sys.stderr)  # noqa: T201  # the prompt is the program's output
        try:
            return getpass.getpass(f"PIN ({order.token}), 空 = 拒绝 / empty = refuse: ") or None
        except (EOFError, KeyboardInterrupt):
            return None


class Pinentry:
    """In the window of a `pinentry` program (GnuPG's), which keeps other programs from reading along."""

    def __init__(self, program: str = "pinentry") -> None:
        found = shutil.which(program)
        if found is None:
            raise FileNotFoundError(f"there is no program “{program}”; install pinentry or use --prompt terminal")
        self._program = found

    def pin_for(self, order: Order) -> str | None:
        script = [
            f"SETDESC {quote(chr(10).join(order.lines()), safe=' ')}",
            f"SETPROMPT {quote(f'PIN ({order.token})', safe=' ')}",
            "GETPIN",
            "BYE",
        ]
        ran = subprocess.run(  # noqa: S603  # the operator named the program
            [self._program], input="\n".join(script) + "\n", capture_output=True, text=True, timeout=120, check=False
        )
        pins = [line[2:] for line in ran.stdout.splitlines() if line.startswith("D ")]
        return unquote(pins[-1]) if pins and pins[-1] else None
