"""Phone numbers: how people write them, how they are shown, and which of them a text message can reach."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
"""An international number (ITU-T E.164), such as ``+821012345678``."""
_SHORT = re.compile(r"(?:\(?0[0-9]{1,2}\)?[-. ]?)?(1[0-9]{2,3})")
"""A short code, such as 120, or 02-120."""
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_KOREAN_050 = re.compile(r"(050[2-8])([0-9]{3,4})([0-9]{4})")
"""Numbers that hide another one (안심번호), written 0507-1234-5678; the library writes 050-71234-5678."""
_KOREA, _KOREAN_010 = 82, re.compile(r"10[0-9]{8}")
"""010 numbers have eight more digits; the library also takes seven, as the retired 011 to 019 had."""


def _parse(written: str, country: str) -> PhoneNumber | None:
    """A number; 00 can stand for the +, as in most countries, though Korea and Japan dial abroad otherwise."""
    digits = written.lstrip()
    abroad = _valid(f"+{digits.removeprefix('00')}", country) if digits.startswith("00") else None
    return abroad or _valid(written, country)


def _valid(written: str, country: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    national = phonenumbers.national_significant_number(number)
    if number.country_code == _KOREA and national.startswith("10") and not _KOREAN_010.fullmatch(national):
        return None
    return number


def readable(written: str, country: str) -> str:
    """A number of the country in its national form, another one in its international form; empty if it is none.

    Short codes such as 120 are none: nobody can be reached at them.
    """
    number = _parse(written, country)
    if number is None:
        return ""
    own = phonenumbers.region_code_for_country_code(number.country_code or 0) == country
    if own and (personal := _KOREAN_050.fullmatch(f"0{number.national_number}")):
        return "-".join(personal.groups())
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if own else PhoneNumberFormat.INTERNATIONAL)


def is_office(written: str, country: str) -> bool:
    """Whether people can call an office at a number: one that exists, or a short code, also after an area code."""
    if readable(written, country):
        return True
    short = _SHORT.fullmatch(written)
    code = phonenumbers.country_code_for_region(country)
    return short is not None and phonenumbers.is_valid_short_number_for_region(
        PhoneNumber(code, int(short[1])), country
    )


def for_texts(written: str, country: str) -> str:
    """A mobile number in the form of E.164; empty if text messages cannot reach it: fixed lines, short codes, typos."""
    number = _parse(written, country)
    if number is None or phonenumbers.number_type(number) not in _MOBILE:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
