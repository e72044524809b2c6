"""Tables of the day of the visit: kiosks and displays, ticket numbers, tickets, calls, and who is at which counter."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from tracking.visits.models.places import Counter, CounterService, Office
from tracking.visits.states import CounterState, DeviceKind, Printer, PrintState, TicketState


class Device(Model):
    """A kiosk or a display of an office, enrolled with a code that an administrator hands out."""

    id = fields.IntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="devices", db_index=True
    )
    office_id: int
    kind = fields.CharEnumField(DeviceKind, max_length=10)
    name = fields.CharField(max_length=80)
    code_hash = fields.CharField(max_length=64, null=True, unique=True)
    """Of the code with which it is enrolled; None once it was used."""
    code_until = fields.DatetimeField(null=True)
    token_hash = fields.CharField(max_length=64, null=True, unique=True)
    enrolled_at = fields.DatetimeField(null=True)
    seen_at = fields.DatetimeField(null=True)
    """When it last asked for something, to the minute."""
    printer = fields.CharEnumField(Printer, max_length=10, default=Printer.NONE)
    paper_mm = fields.IntField(default=80)
    """Width of its paper: 58 or 80."""
    active = fields.BooleanField(default=True)

    class Meta:
        table = "device"


class TicketSeries(Model):
    """The ticket numbers of an office for one class of services, each day from the first on."""

    id = fields.IntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="series", db_index=False
    )
    office_id: int
    class_code = fields.CharField(max_length=20, default="")
    """Empty: the services whose class has no series of its own."""
    prefix = fields.CharField(max_length=3, default="")
    lowest = fields.IntField(default=1)
    highest = fields.IntField(default=999)
    most_daily = fields.IntField(default=0)
    """Walk-in tickets of a day; 0 for as many as there are numbers. Who booked always gets one."""

    class Meta:
        table = "ticket_series"
        unique_together = (("office", "class_code"), ("office", "prefix"))


class QueueDay(Model):
    """The queue of an office on a day. Its row is the lock for whatever changes the queue."""

    id = fields.BigIntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="queues", db_index=False
    )
    office_id: int
    date = fields.DateField()
    version = fields.IntField(default=0)
    """Grows with every change: what pages and displays show is read again only then."""
    closed_at = fields.DatetimeField(null=True)
    """When the queue was closed for the day."""

    class Meta:
        table = "queue_day"
        unique_together = (("office", "date"),)


class SeriesDay(Model):
    """How many numbers of a series were given on a day, and how many of them to walk-ins."""

    id = fields.BigIntField(primary_key=True)
    day: fields.ForeignKeyRelation[QueueDay] = fields.ForeignKeyField(
        "visits.QueueDay", on_delete=fields.CASCADE, related_name="series", db_index=False
    )
    day_id: int
    prefix = fields.CharField(max_length=3)
    given = fields.IntField(default=0)
    walk_ins = fields.IntField(default=0)

    class Meta:
        table = "series_day"
        unique_together = (("day", "prefix"),)


class NumberBlock(Model):
    """Ticket numbers of a day that are reserved for one kiosk, which gives them out while it has no network."""

    id = fields.BigIntField(primary_key=True)
    day: fields.ForeignKeyRelation[QueueDay] = fields.ForeignKeyField(
        "visits.QueueDay", on_delete=fields.CASCADE, related_name="blocks", db_index=False
    )
    day_id: int
    device: fields.ForeignKeyRelation[Device] = fields.ForeignKeyField(
        "visits.Device", on_delete=fields.CASCADE, related_name="blocks", db_index=False
    )
    device_id: int
    prefix = fields.CharField(max_length=3)
    lowest = fields.IntField()
    highest = fields.IntField()
    reserved_at = fields.DatetimeField()
    """A kiosk that was enrolled anew since is not told them again: it may have given some out and lost its storage."""

    class Meta:
        table = "number_block"
        unique_together = (("day", "prefix", "lowest"),)
        indexes = (Index(fields=("device_id", "day_id"), name="number_block_device"),)


class Ticket(Model):
    """A place in the queue of a day: a visitor who is here, from the kiosk to the end of their matters."""

    id = fields.BigIntField(primary_key=True)
    day: fields.ForeignKeyRelation[QueueDay] = fields.ForeignKeyField(
        "visits.QueueDay", on_delete=fields.CASCADE, related_name="tickets", db_index=False
    )
    day_id: int
    number = fields.CharField(max_length=12)
    """As it is called: ``A12``."""
    code = fields.CharField(max_length=16, unique=True)
    """Who knows it can follow the ticket."""
    visit_id = fields.BigIntField(null=True)
    state = fields.CharEnumField(TicketState, max_length=10)
    language = fields.CharField(max_length=5)
    arrived_at = fields.DatetimeField()
    booked_for = fields.DatetimeField(null=True)
    """The booked time of a visitor who is on time; None for walk-ins and those who came too late."""
    urgent = fields.CharField(max_length=300, default="")
    """Why it goes first; empty if it does not."""
    not_before = fields.DatetimeField(null=True)
    """Not called again before: they were not there a moment ago."""
    returned_at = fields.DatetimeField(null=True)
    """When they came back with their papers, or were forwarded: they are near the front."""
    for_counter = fields.IntField(null=True)
    """Forwarded to this counter."""
    counter = fields.IntField(null=True, unique=True)
    """The counter that calls or serves it: one ticket each."""
    last_counter = fields.IntField(null=True)
    calls = fields.IntField(default=0)
    first_called_at = fields.DatetimeField(null=True)
    called_at = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    print_state = fields.CharEnumField(PrintState, max_length=10, default=PrintState.NOT_NEEDED)
    contact = fields.CharField(max_length=254, default="")
    """A mail address or phone number, given to be told when it is nearly their turn; erased at closing."""
    told_at = fields.DatetimeField(null=True)
    """When they were told that it is nearly their turn."""
    note = fields.CharField(max_length=300, default="")
    """For colleagues."""
    case_reference = fields.CharField(max_length=16, default="")
    """The petition that was filed at the counter."""
    forwarded_from = fields.BigIntField(null=True)
    """The ticket at another office that it continues."""
    device_id = fields.IntField(null=True)
    press_id = fields.CharField(max_length=64, null=True)
    """The press at the kiosk: repeating it gives the same ticket."""

    class Meta:
        table = "ticket"
        unique_together = (("day", "number"), ("device_id", "press_id"))
        indexes = (
            Index(fields=("day_id", "state", "arrived_at"), name="ticket_queue"),
            Index(fields=("visit_id",), name="ticket_visit"),
            Index(fields=("contact", "day_id"), name="ticket_contact"),
        )


class TicketMatter(Model):
    """One service for which a ticket's visitor came."""

    id = fields.BigIntField(primary_key=True)
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "visits.Ticket", on_delete=fields.CASCADE, related_name="matters", db_index=False
    )
    ticket_id: int
    service: fields.ForeignKeyRelation[CounterService] = fields.ForeignKeyField(
        "visits.CounterService", on_delete=fields.RESTRICT, related_name="tickets", db_index=False
    )
    service_id: int
    position = fields.IntField()
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    """None until it is settled."""

    class Meta:
        table = "ticket_matter"
        unique_together = (("ticket", "position"),)


class Call(Model):
    """A call of a ticket at a counter: what displays show, and the evidence of a no-show."""

    id = fields.BigIntField(primary_key=True)
    day: fields.ForeignKeyRelation[QueueDay] = fields.ForeignKeyField(
        "visits.QueueDay", on_delete=fields.CASCADE, related_name="calls", db_index=False
    )
    day_id: int
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "visits.Ticket", on_delete=fields.CASCADE, related_name="called", db_index=False
    )
    ticket_id: int
    counter: fields.ForeignKeyRelation[Counter] = fields.ForeignKeyField(
        "visits.Counter", on_delete=fields.CASCADE, related_name="calls", db_index=False
    )
    counter_id: int
    at = fields.DatetimeField()
    because = fields.CharField(max_length=20, default="")
    """Why this ticket was next."""
    press_id = fields.CharField(max_length=64, null=True)
    """The press at the counter: repeating it gives the same ticket."""
    since = fields.DatetimeField(null=True)
    """From when its visitor counted as waiting, if they may have gone before walk-ins who had waited longer."""
    counters: dict[str, int] | None = fields.JSONField(null=True)
    """Then by service that the counter does: how many counters were open for it."""
    seconds = fields.IntField(null=True)
    """Then for how long the counter was taken; None until the call is over."""

    class Meta:
        table = "ticket_call"
        unique_together = (("counter", "press_id"),)
        indexes = (
            Index(fields=("day_id", "id"), name="ticket_call_day"),
            Index(fields=("ticket_id",), name="ticket_call_ticket"),
        )


class CounterSitting(Model):
    """A counter that is open now, and who sits there."""

    counter: fields.OneToOneRelation[Counter] = fields.OneToOneField(
        "visits.Counter", on_delete=fields.CASCADE, related_name="sitting", primary_key=True
    )
    counter_id: int
    account_id = fields.IntField()
    state = fields.CharEnumField(CounterState, max_length=10)
    since = fields.DatetimeField()

    class Meta:
        table = "counter_sitting"


class VisitorPass(Model):
    """A visitor's pass of a building with a reception: why they came, that they agreed, and whether it is back."""

    id = fields.BigIntField(primary_key=True)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "visits.Office", on_delete=fields.CASCADE, related_name="passes_issued", db_index=False
    )
    office_id: int
    ticket: fields.ForeignKeyRelation[Ticket] = fields.ForeignKeyField(
        "visits.Ticket", on_delete=fields.CASCADE, related_name="passes", db_index=False
    )
    ticket_id: int
    number = fields.CharField(max_length=20)
    in_use = fields.CharField(max_length=20, null=True)
    """Its number until it is returned, so that no pass is issued twice."""
    purpose = fields.CharField(max_length=300)
    consented_at = fields.DatetimeField()
    screened_at = fields.DatetimeField(null=True)
    """When the security step was passed."""
    issued_at = fields.DatetimeField()
    issued_by = fields.IntField()
    returned_at = fields.DatetimeField(null=True)
    returned_to = fields.IntField(null=True)

    class Meta:
        table = "visitor_pass"
        unique_together = (("office", "in_use"),)
        indexes = (Index(fields=("ticket_id",), name="visitor_pass_ticket"),)


class EmergencyCall(Model):
    """A clerk at a counter silently asks colleagues for help."""

    id = fields.BigIntField(primary_key=True)
    counter: fields.ForeignKeyRelation[Counter] = fields.ForeignKeyField(
        "visits.Counter", on_delete=fields.CASCADE, related_name="emergencies", db_index=True
    )
    counter_id: int
    raised_by = fields.IntField()
    raised_at = fields.DatetimeField()
    accepted_by = fields.IntField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    report = fields.CharField(max_length=1000, default="")
    """What happened, in the words of whoever ended it."""

    class Meta:
        table = "emergency_call"


class WaitEstimate(Model):
    """What a ticket was told when it was given, to be compared with what happened. Minutes to the first call."""

    ticket: fields.OneToOneRelation[Ticket] = fields.OneToOneField(
        "visits.Ticket", on_delete=fields.CASCADE, related_name="estimate", primary_key=True
    )
    ticket_id: int
    made_at = fields.DatetimeField()
    p10 = fields.FloatField()
    p50 = fields.FloatField()
    p90 = fields.FloatField()

    class Meta:
        table = "wait_estimate"
