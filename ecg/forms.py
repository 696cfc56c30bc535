"""What people send: recordings, and the request a lost one belongs to."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kernel.web.forms import OrderForm

MOST = 10


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One to ten files. The content is judged by the reader, never by the name."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = (data if isinstance(data, list | tuple) else [data]) or [None]
        if len(given) > MOST:
            raise forms.ValidationError(_("At most ten files at once."))
        return [super(FilesField, self).clean(one, initial) for one in given]


class UploadForm(OrderForm):
    recordings = FilesField(
        allow_empty_file=True,
        label=_("ECG files"),
        help_text=_("DICOM, SCP-ECG, HL7 aECG, MUSE XML, Philips XML, Contec; at most 20 MB each."),
    )
    request_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def uploads(self) -> "Sequence[UploadedFile[Any]]":
        files: Sequence[UploadedFile[Any]] = self.cleaned_data["recordings"]
        return files


class TakeBackForm(OrderForm):
    """Why a recording is not this patient's."""

    reason = forms.CharField(
        label=_("How do you know that it is another person's?"),
        max_length=300,
        widget=forms.TextInput(attrs={"required": True}),
    )


class MatchForm(OrderForm):
    accession_number = forms.CharField(label=_("Request number"), max_length=16)
