"""Much of everything: pictures without bytes and votes without voters, to measure pages with.

Rows are written in bulk, past the use cases, in states that the use cases leave behind: batches
of a hundred, two voters and a third where the first two differ, some settled, some closed, the
last tenth not cut yet. The same size and seed give the same story in an empty database.
"""
