"""Edit a template in LibreOffice as people do; run by the system's Python, which knows UNO.

Words are replaced, a paragraph is put in, letters get another size, and the file is saved as DOCX.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]


def option(name: str, value: object) -> PropertyValue:
    """A named argument."""
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def desktop(port: str) -> Any:
    """The office that listens on a port of this machine, as soon as it does."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    address = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
    for _ in range(600):
        try:
            there = resolver.resolve(address)
        except NoConnectException:
            time.sleep(0.1)
        else:
            return there.ServiceManager.createInstance("com.sun.star.frame.Desktop")
    raise SystemExit("the office did not begin to listen")


def main(port: str, source: str, target: str) -> None:
    """Open *source*, edit it, store it as *target*, end the office."""
    office = desktop(port)
    file = office.loadComponentFromURL(f"file://{source}", "_blank", 0, (option("Hidden", True),))
    change = file.createReplaceDescriptor()
    change.SearchString, change.ReplaceString = "Nơi nhận:", "Kính gửi:"
    print(file.replaceAll(change), "replaced")
    search = file.createSearchDescriptor()
    search.SearchString = "BÁO CÁO"
    title = file.findFirst(search)
    title.CharHeight = 16.0
    text = title.getText()
    cursor = text.createTextCursorByRange(title.getEnd())
    text.insertControlCharacter(cursor, 0, False)
    text.insertString(cursor, "(Kèm theo Công văn số …)", False)
    file.storeToURL(f"file://{target}", (option("FilterName", "Office Open XML Text"),))
    file.close(True)
    office.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
