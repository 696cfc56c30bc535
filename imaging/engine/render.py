"""One frame as a picture people can look at: decode, rescale, window, scale, JPEG or PNG."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from imaging.engine import syntaxes
from imaging.engine.elements import Json
from imaging.engine.scan import number, text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_EDGE: Final = 8_192
MAX_PIXELS: Final = 200_000_000


class Undecodable(ValueError):
    """No codec of this house reads the frame, or the frame is damaged."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is wanted: window centre and width in stored units after rescaling, greatest edges in pixels."""

    centre: float | None = None
    width: float | None = None
    most_wide: int | None = None
    most_high: int | None = None
    quality: int = 90
    media: str = "image/jpeg"


def rendered(frame: bytes, *, metadata: Json, transfer_syntax: str, look: Look) -> bytes:
    """The encoded picture. Raises Undecodable."""
    from PIL import Image  # lazy: only doors that draw need it

    pixels = decode(frame, metadata=metadata, transfer_syntax=transfer_syntax)
    picture = Image.fromarray(_colour(pixels) if pixels.ndim == 3 else _grey(pixels, metadata, look))
    wide, high = look.most_wide or MAX_EDGE, look.most_high or MAX_EDGE
    if picture.width > wide or picture.height > high:
        picture.thumbnail((wide, high))
    out = io.BytesIO()
    if look.media == "image/png":
        picture.save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=look.quality)
    return out.getvalue()


def decode(frame: bytes, *, metadata: Json, transfer_syntax: str) -> "NDArray[np.generic]":
    """Pixels of one frame: (rows, columns) or (rows, columns, 3) RGB. Raises Undecodable."""
    from pydicom.encaps import encapsulate  # lazy: pydicom is heavy and only drawing needs its codecs
    from pydicom.pixels.decoders.base import get_decoder  # lazy: as above
    from pydicom.uid import UID  # lazy: as above

    options = _options(metadata)
    if options["rows"] * options["columns"] * options["samples_per_pixel"] > MAX_PIXELS:
        raise Undecodable("too many pixels")
    native = transfer_syntax in syntaxes.NATIVE
    known = UID(syntaxes.EXPLICIT_LE) if transfer_syntax == syntaxes.DEFLATED_LE else UID(transfer_syntax)
    try:
        decoder = get_decoder(known)
        source = frame if native else encapsulate([frame], has_bot=False)
        pixels, _meta = decoder.as_array(source, index=0, raw=False, **options)
    except Exception as error:
        raise Undecodable(str(error)[:200]) from error
    if options["photometric_interpretation"] == "PALETTE COLOR":
        raise Undecodable("palette colours")
    return pixels


def decodes(transfer_syntax: str) -> bool:
    """Whether this house has a codec for frames of the transfer syntax."""
    from pydicom.pixels.decoders.base import get_decoder  # lazy: heavy, and only drawing needs its codecs
    from pydicom.uid import UID  # lazy: as above

    if transfer_syntax in syntaxes.NATIVE:
        return True
    try:
        return bool(get_decoder(UID(transfer_syntax)).is_available)
    except NotImplementedError:
        return False


def _options(metadata: Json) -> dict[str, Any]:
    allocated = number(metadata, "00280100") or 0
    options: dict[str, Any] = {
        "rows": number(metadata, "00280010") or 0,
        "columns": number(metadata, "00280011") or 0,
        "samples_per_pixel": number(metadata, "00280002") or 1,
        "photometric_interpretation": text(metadata, "00280004") or "MONOCHROME2",
        "bits_allocated": allocated,
        "bits_stored": number(metadata, "00280101") or allocated,
        "pixel_representation": number(metadata, "00280103") or 0,
        "number_of_frames": 1,
        "pixel_keyword": "PixelData",
    }
    if options["samples_per_pixel"] > 1:
        options["planar_configuration"] = number(metadata, "00280006") or 0
    return options


def _colour(pixels: "NDArray[np.generic]") -> "NDArray[np.uint8]":
    import numpy as np  # lazy: only doors that draw need it

    return pixels.astype(np.uint8) if pixels.dtype.itemsize == 1 else (pixels >> 8).astype(np.uint8)  # type: ignore[operator]  # integers by now


def _grey(pixels: "NDArray[np.generic]", metadata: Json, look: Look) -> "NDArray[np.uint8]":
    import numpy as np  # lazy: only doors that draw need it

    values = pixels.astype(np.float32) * _factor(metadata, "00281053", 1.0) + _factor(
        metadata, "00281052", 0.0
    )
    centre, width = window(metadata, look)
    if centre is None or width is None:
        low, high = (float(edge) for edge in np.percentile(values, (0.5, 99.5)))
        centre, width = (low + high) / 2, max(high - low, 1.0)
    scaled = np.clip((values - (centre - 0.5)) / max(width - 1, 1.0) + 0.5, 0, 1) * 255
    if text(metadata, "00280004") == "MONOCHROME1":
        scaled = 255 - scaled
    grey: NDArray[np.uint8] = scaled.astype(np.uint8)
    return grey


def window(metadata: Json, look: Look) -> tuple[float | None, float | None]:
    """The asked window, else the device's first, else (None, None)."""
    if look.centre is not None and look.width is not None:
        return look.centre, look.width
    centre, width = (_first(metadata, tag) for tag in ("00281050", "00281051"))
    return (centre, width) if centre is not None and width else (None, None)


def _first(metadata: Json, tag: str) -> float | None:
    value = (metadata.get(tag, {}).get("Value") or [None])[0]
    return float(value) if isinstance(value, int | float) else None


def _factor(metadata: Json, tag: str, default: float) -> float:
    value = _first(metadata, tag)
    return default if value is None else value
