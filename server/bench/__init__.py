"""``sinmungo bench``: how much this program costs beside the floor, which is the least that does the same work.

A run makes a scratch database, serves it by this program and by the floor (Starlette, the database's driver and a
template of the same bytes, on the same tables), asks both in turn for the same pages, and says how often each answered
in a second and how much processor time that took. Rates of two machines cannot be compared, ratios to the floor can.
"""
