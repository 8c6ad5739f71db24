"""The numbers by which an organisation is registered, and the addresses at which it receives electronic invoices."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from pbr_ledger.errors import Problem

VAT_NUMBER = r"^GB([0-9]{9}([0-9]{3})?|GD[0-4][0-9]{2}|HA[5-9][0-9]{2})$"
"""Of a British business, with or without its branch; of a government department; of a health authority."""
COMPANY_NUMBER = r"^([0-9]{8}|[A-Z]{2}[0-9]{6})$"
"""As Companies House gives them."""
_EAS = (
    "0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190 "
    "0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 "
    "0217 0218 0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 9920 9922 "
    "9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 "
    "9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 AN AQ AS AU EM"
)
ELECTRONIC_SCHEMES = tuple(_EAS.split())
"""The code list of electronic address schemes (EAS), as rule BR-CL-25 of EN 16931 has it."""
GLN, VAT_SCHEME = "0088", "9932"
SCHEME_NAMES: Mapping[str, str] = MappingProxyType(
    {
        GLN: "Global Location Number (GLN)",
        VAT_SCHEME: "United Kingdom VAT number",
        "0060": "D-U-N-S number",
        "0199": "Legal Entity Identifier (LEI)",
        "EM": "E-mail address",
    }
)
"""What those are called that a British organisation is likely to have, the likeliest first."""

LONGEST_IDENTIFIER = 50
_VAT_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)


def compact(text: str) -> str:
    """A number without its spaces, in capitals: as it is kept."""
    return "".join(text.split()).upper()


def vat_number_of(text: str) -> str:
    """A British VAT number as it is kept: without spaces, `GB` before it. Empty for nothing."""
    number = compact(text)
    return number if not number or number.startswith("GB") else f"GB{number}"


def vat_number_problems(number: str) -> Iterator[Problem]:
    """What is wrong with a VAT number as kept: its form, or check digits that a slip of the pen would upset."""
    if not re.fullmatch(VAT_NUMBER, number):
        yield Problem("vat_number", "has to be GB and nine digits, or twelve with a branch: GB123456782")
    elif number[2:11].isdigit() and not _vat_digits_fit(number[2:11]):
        yield Problem("vat_number", f"is no VAT number: the check digits of {number} do not fit the others")


def _vat_digits_fit(digits: str) -> bool:
    """The weighted sum and the last two digits are divisible by 97; of newer numbers, with 55 added."""
    total = _weighted(digits, _VAT_WEIGHTS) + int(digits[7:9])
    return total % 97 == 0 or (total + 55) % 97 == 0


def electronic_address_problems(scheme: str, identifier: str) -> Iterator[Problem]:
    """What is wrong with an electronic address: half of it missing, a scheme out of the list, an identifier unlike it.

    Both may be empty.
    """
    if not scheme and not identifier:
        return
    if scheme not in ELECTRONIC_SCHEMES:
        yield Problem("electronic_scheme", "has to be a code of the EAS list, such as 0088 for a GLN")
    if not identifier:
        yield Problem("electronic_identifier", "must not be empty beside a scheme")
    elif len(identifier) > LONGEST_IDENTIFIER or not identifier.isprintable() or " " in identifier:
        yield Problem("electronic_identifier", f"has to be at most {LONGEST_IDENTIFIER} signs without spaces")
    elif scheme == GLN and not _is_gln(identifier):
        yield Problem("electronic_identifier", "is no GLN: thirteen digits, the last of which checks the others")
    elif scheme == VAT_SCHEME and any(vat_number_problems(identifier)):
        yield Problem("electronic_identifier", "is no British VAT number, as scheme 9932 wants it: GB123456782")


def _is_gln(identifier: str) -> bool:
    if not re.fullmatch("[0-9]{13}", identifier):
        return False
    total = _weighted(identifier[:12], (1, 3) * 6)
    return (total + int(identifier[12])) % 10 == 0


def _weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of the first digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
