"""What Django's own fields say of a wrong value, in the words of a desk: our catalogue overrides its Chinese.

Django speaks to programmers ("确保该变量包含不超过 200 字符"); a doctor is told what to type.
"""

from collections.abc import Sequence
from typing import Final

SENTENCES: Final[Sequence[str]] = (
    "This field is required.",
    "Enter a number.",
    "Enter a whole number.",
    "Enter a valid date.",
    "Enter a valid date/time.",
    "Enter a valid UUID.",
    "The submitted file is empty.",
    "Null characters are not allowed.",
    "Select a valid choice. %(value)s is not one of the available choices.",
    "Select a valid choice. That choice is not one of the available choices.",
    "Ensure this value is less than or equal to %(limit_value)s.",
    "Ensure this value is greater than or equal to %(limit_value)s.",
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
    "Ensure that there are no more than %(max)s digit in total.",
    "Ensure that there are no more than %(max)s decimal place.",
    "Ensure that there are no more than %(max)s digit before the decimal point.",
)
"""Message ids of Django; the singular names a message of two forms."""
