"""Detecting personal numbers in text, and masking personal data.

Citizens type a resident number or a telephone number into a petition by mistake: it has to be found before the
text is stored, and masked before it is published. Every page, mail and export uses the masks defined here.
"""

from server.core.privacy.finding import OF_OFFICIALS, REFUSED, Finding, NumberKind, find, refused
from server.core.privacy.masks import mask, mask_address, mask_email, mask_name, mask_phone, mask_text

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
    "mask_text",
    "refused",
]
