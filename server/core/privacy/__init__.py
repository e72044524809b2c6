"""Personal numbers in what people write, and what of a person may be shown.

A citizen types a resident number or a telephone number into a petition by mistake: it has to be found before
it is kept, and hidden before it is public. Every screen, mail and export takes its masks from here.
"""

from server.core.privacy.finding import OF_OFFICIALS, REFUSED, Finding, NumberKind, find, refused
from server.core.privacy.masks import mask, mask_address, mask_email, mask_name, mask_phone

__all__ = [
    "OF_OFFICIALS",
    "REFUSED",
    "Finding",
    "NumberKind",
    "find",
    "mask",
    "mask_address",
    "mask_email",
    "mask_name",
    "mask_phone",
    "refused",
]
