"""PNG and JPEG: as many points as a person looks at, and whole."""

import warnings
from collections.abc import Mapping
from typing import Any, BinaryIO

from PIL import Image, UnidentifiedImageError

from commons.uploads.domain import PictureTooLarge, UploadUnreadable

MOST_POINTS = 60_000_000
Image.MAX_IMAGE_PIXELS = MOST_POINTS


def look(file: BinaryIO, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Format and size in points; the picture is decoded once. Raises `PictureTooLarge`, `UploadUnreadable`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=("PNG", "JPEG")) as picture:
                width, height = picture.size
                if width * height > MOST_POINTS:
                    raise PictureTooLarge(most=str(MOST_POINTS // 1_000_000))
                picture.load()
                return {"format": picture.format, "width": width, "height": height}
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise PictureTooLarge(most=str(MOST_POINTS // 1_000_000)) from None
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            raise UploadUnreadable() from None
