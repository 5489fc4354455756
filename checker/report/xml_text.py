"""XML as text that every strict parser reads back, and that is harmless where it is printed into a log."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, indent, tostring

# NOTE: what XML 1.0 calls Char, without the carriage return, which no parser gives back as it was.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(root: Element) -> str:
    """Write *root* with its declaration, indented."""
    for element in root.iter():
        element.text = _cleaned(element.text)
        for name, value in element.attrib.items():
            element.set(name, _NOT_XML.sub("\ufffd", value))
    indent(root)
    # NOTE: references instead of characters, which is lossless: no runner finds a command in a line of the file.
    text = tostring(root, encoding="unicode").replace("##", "&#35;&#35;").replace("::", ":&#58;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _cleaned(text: str | None) -> str | None:
    return None if text is None else _NOT_XML.sub("\ufffd", text)
