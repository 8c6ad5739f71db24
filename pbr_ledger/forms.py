"""Forms as the GOV.UK Design System draws them, and how they say what a service refuses.

Every field has words of its own for what is wrong with it; what a service refuses stands at the field that it is about.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import Http404

from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Refused

LARGEST_AMOUNT = Decimal("9999999999.99")
STYLES = (
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (forms.ClearableFileInput, "govuk-file-upload"),
    (forms.TextInput, "govuk-input"),
    (forms.EmailInput, "govuk-input"),
    (forms.PasswordInput, "govuk-input"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
)


class GovukRenderer(TemplatesSetting):
    """Draws forms with the templates below `templates/forms/`."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class LedgerBoundField(BoundField):
    """A field in its form, with GOV.UK's classes, and where a link to it leads."""

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> dict[str, Any]:
        """The attributes of the input: GOV.UK's class for its kind, and for an error."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        style = next((style for kind, style in STYLES if isinstance(widget or self.field.widget, kind)), "")
        if style:
            wanted = [style, self.field.widget.attrs.get("class", ""), f"{style}--error" if self.errors else ""]
            built["class"] = " ".join(filter(None, wanted))
        return built

    @property
    def first_id(self) -> str:
        """The id of the first thing to fill in: where the error summary leads."""
        grouped = isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget)
        return f"{self.auto_id}_0" if grouped else str(self.auto_id)

    @property
    def template_kind(self) -> str:
        """How the field is framed: `single` (a tick box), `money`, or plain."""
        if isinstance(self.field.widget, forms.CheckboxInput):
            return "single"
        return "money" if isinstance(self.field, MoneyField) else "plain"


def name_of(field: forms.Field) -> str:
    """What a message calls the field: its label, without the remark that it may stay empty."""
    return str(field.label).removesuffix(" (optional)")


class LedgerForm(forms.Form):
    """A form whose fields are drawn as GOV.UK's, and which says at its fields what a service refuses.

    `places` maps the places of a refusal to fields: `{"facts[0].from": "start"}`. A place that ends in `*` stands for
    all that begin with the rest. What has no field is said above all fields.
    """

    bound_field_class = LedgerBoundField
    use_required_attribute = False
    places: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def attempt(self, act: Callable[[], object]) -> bool:
        """Whether the act was done. If it was refused, the form says why, at its fields.

        What the person may not do at all is forbidden, and what does not exist for them is not found.
        """
        try:
            act()
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except NotFound as refusal:
            raise Http404(str(refusal)) from refusal
        except Refused as refusal:
            for problem in refusal.problems:
                self._say(problem.place, problem.message)
        except LedgerError as refusal:
            self.add_error(None, str(refusal))
        else:
            return True
        return False

    def _say(self, place: str, message: str) -> None:
        field = self._field_of(place)
        if field:
            self.add_error(field, f"{name_of(self.fields[field])}: {message}")
        else:
            self.add_error(None, message)

    def _field_of(self, place: str) -> str | None:
        for known, field in self.places.items():
            if place == known or (known.endswith("*") and place.startswith(known[:-1])):
                return field
        return place if place in self.fields else None


class DayInput(forms.MultiWidget):
    """Day, month and year, each typed into a box of its own."""

    template_name = "forms/day.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([forms.TextInput(), forms.TextInput(), forms.TextInput()], attrs)

    def decompress(self, value: date | None) -> list[str]:
        """A date as three numbers."""
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds which box is which, and whether something is wrong with what stands in them."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["is_wrong"] = (attrs or {}).get("aria-invalid") == "true"
        boxes = (("Day", "2"), ("Month", "2"), ("Year", "4"))
        for widget, (label, width) in zip(context["widget"]["subwidgets"], boxes, strict=True):
            widget["label"], widget["width"] = label, width
        return context


class DayField(forms.MultiValueField):
    """A date. `missing` is what is said when it is not filled in: “Enter the date the child moved”."""

    widget = DayInput

    def __init__(self, *, missing: str = "Enter a date", **kwargs: Any) -> None:
        self.missing = missing
        texts = [forms.CharField(required=False, max_length=9) for _ in range(3)]
        super().__init__(fields=texts, require_all_fields=False, error_messages={"required": missing}, **kwargs)

    def compress(self, data_list: list[str]) -> date | None:
        """The date. Refuses one of which a part is missing, and a day that never was."""
        parts = [part.strip() for part in data_list] if data_list else []
        if not any(parts):
            return None
        names = [name for name, part in zip(("day", "month", "year"), parts, strict=True) if not part]
        if names:
            raise ValidationError(f"{name_of(self)} must include a {' and '.join(names)}", "incomplete")
        return self._day(parts)

    def _day(self, parts: list[str]) -> date:
        try:
            day, month, year = (int(part) for part in parts)
            if year < 1000:
                raise ValidationError(f"{name_of(self)}: write the year with four numbers", "invalid")
            return date(year, month, day)
        except ValueError as error:
            raise ValidationError(f"{name_of(self)} must be a real date, like 27 3 2026", "invalid") from error


class MoneyField(forms.DecimalField):
    """An amount in pounds and pence, as people write it: `£1,234.50` is one. Never below `min_value`, 0 if not said."""

    def __init__(self, *, missing: str = "Enter an amount", **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "decimal"}))
        super().__init__(max_value=LARGEST_AMOUNT, decimal_places=2, **kwargs)
        wrong = "Enter an amount in pounds and pence, like 1,234.50"
        for key in ("invalid", "max_decimal_places", "max_digits", "max_whole_digits", "max_value"):
            self.error_messages[key] = wrong
        self.error_messages["required"] = missing
        self.error_messages.setdefault("min_value", "The amount must not be below zero")

    def to_python(self, value: Any) -> Any:
        """The amount, without pound sign and thousands separators."""
        text = value.replace("£", "").replace(",", "").strip() if isinstance(value, str) else value
        if isinstance(text, str) and ("e" in text.lower() or "_" in text):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(text)
