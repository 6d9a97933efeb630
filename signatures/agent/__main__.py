"""`python -m signatures.agent --module LIB --page ORIGIN=KEY`: serve a PKCS #11 module's tokens to listed pages."""

import argparse
import asyncio
import logging
import sys

from commons.evidence.domain.notes import BadNote, VerifierKey
from signatures.agent.prompts import Pinentry, Prompt, Terminal
from signatures.agent.server import PORT, Agent
from signatures.agent.tokens import Pkcs11Tokens


def page(text: str) -> tuple[str, VerifierKey]:
    """`https://trade.example.cn=<verifier key>`."""
    origin, _, key = text.partition("=")
    try:
        return origin.rstrip("/"), VerifierKey.parse(key)
    except BadNote as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m signatures.agent", description=__doc__)
    parser.add_argument("--module", required=True, help="the token maker's PKCS #11 library")
    parser.add_argument("--page", required=True, action="append", type=page, metavar="ORIGIN=KEY", help=page.__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--prompt", default="terminal", help="“terminal”, or the name of a pinentry program")
    return parser.parse_args(given)


async def run(options: argparse.Namespace) -> None:
    prompt: Prompt = Terminal() if options.prompt == "terminal" else Pinentry(options.prompt)
    agent = Agent(dict(options.page), Pkcs11Tokens(options.module), prompt)
    server = await agent.listen(options.port)
    logging.info("listening on 127.0.0.1:%s for %s", options.port, ", ".join(origin for origin, _ in options.page))
    await server.serve_forever()


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        asyncio.run(run(arguments(sys.argv[1:])))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        logging.error("%s", error)  # a program of its own
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
