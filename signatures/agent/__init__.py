"""The reference agent for keys on tokens: a program of the holder's computer, `python -m signatures.agent --help`.

It listens on the loopback address only, speaks with listed pages only, takes only orders that the platform signed,
shows each order, and asks for the PIN itself. The protocol is docs/signing-agent.md.
"""
