"""Rule parameters: every number of the law and of local practice as data, with its source and the day it holds from.

`queries.value(key, trade_type=…, region=…, on=…)` picks the value of the nearest region (city, province, country), of
the trade before all trades, and of those the newest that is in force. `queries.snapshot(…)` gives all of them, to be
stored in a project when its notice is published; from then on the project goes by its snapshot.
"""
