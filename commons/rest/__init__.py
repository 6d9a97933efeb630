"""What every REST interface of the house stands on: keys with scopes, requests that are answered once, versions, pages.

A subject's `api.py` takes `Key`, `effectful`, `tag`, `require_match`, `PageIn` and `page_out` from `commons.rest.api`
(docs/rest.md shows one endpoint of each sort); refusals rise and leave as RFC 9457 problems.
"""
