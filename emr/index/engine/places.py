"""Addresses and telephones as they are shown."""

import re

PHONE = re.compile(r"1\d{10}")


def village(address: str) -> str:
    """青禾县柳溪镇杨家湾村12号 → 柳溪镇杨家湾村; the first ten characters where no village is named."""
    tail = re.sub(r"^.*?[县区]", "", address, count=1)
    found = re.match(r".*?(?:村|社区|居委会|牧场)", tail)
    return found.group() if found else tail[:10]


def clean_phone(text: str) -> str:
    """Digits only, without the country code 86."""
    digits = re.sub(r"\D", "", text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def mask_phone(phone: str) -> str:
    """First three and last four digits stay."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def mask_address(address: str) -> str:
    """The village, and that there is more: 柳溪镇杨家湾村***."""
    shown = village(address)
    return f"{shown}***" if address and not address.endswith(shown) else shown
