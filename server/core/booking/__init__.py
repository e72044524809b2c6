"""Booking places in slots, and the time of units such as counters. Knows no domain.

Owns the tables of slots and bookings, of calendars, claims and steps. A domain keeps the id of a slot or a calendar in
its own row, calls these functions inside its transaction and writes its own events about the results. Places are taken
by one conditional UPDATE that must change its row, backed by the table's CHECK; several slots or calendars are locked
in the order of their ids.

slots       open, lock, change and cancel a slot; take and free its places
places      book, cancel, offer to the waiting list, accept, expire offers
checkin     check people in, walk-ins, and the number of people without a name
reading     a booking by its code, the check-in list; fragments for a domain's own queries
day         a day of units: who serves what in each step, and what is free (pure)
board       a day being rearranged, each claim with one unit if a way is found (pure)
times       the time of units: supply it, take it, give it back
matching    which units serve which claims in one step (pure)
"""
