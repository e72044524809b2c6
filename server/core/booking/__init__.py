"""Places in slots: capacity, a waiting list with timed offers, check-in. Knows no domain.

Owns the tables of slots and bookings. A domain keeps a slot's id beside its own row, and calls these functions inside
its transaction; it writes its own events about what they return. Capacity is taken by one conditional UPDATE that must
hit its row, with the table's CHECK behind it; whoever locks several slots does so in the order of their ids.

    slots       open, lock, change and cancel a slot; take and free its places
    places      book, give back, offer to who waits, accept, let offers lapse
    checkin     who came, who came without a booking, how many came without a name
    reading     a booking by its code, the list at the door; fragments for a domain's own queries
"""
