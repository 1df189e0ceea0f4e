"""`--show`: a window with each frame, of Tk's, as OpenCV without a window system has none."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from PIL import Image

from blazemesh.errors import InputError
from blazemesh.seen import Seen
from blazemesh.sinks import Take

if TYPE_CHECKING:
    import tkinter

ROOM = 0.9
"""Of the screen's width and height, for larger frames."""
PAUSE = 0.02
"""Seconds between two looks at the keyboard."""


class WindowClosed(Exception):  # noqa: N818  it is no error
    """Whoever watched has seen enough."""


class Screen(Protocol):
    """What shows a picture. `key` is the last key that was pressed since it was last asked for, "" for none."""

    def show(self, picture: Image.Image) -> None:
        """Put the picture in the place of the one before."""

    def key(self) -> str:
        """See to the window; WindowClosed if it was closed, or by Escape or q."""

    def close(self) -> None:
        """Remove the window."""


@contextmanager
def window(title: str, wait: bool, open_screen: Callable[[str], Screen]) -> Iterator[Take]:
    """Shows each frame with its faces; with `wait` until a key is pressed. WindowClosed ends the run."""
    screen = open_screen(title)

    def take(seen: Seen) -> bool:
        screen.show(seen.drawn)
        while not screen.key() and wait:
            time.sleep(PAUSE)
        return True

    try:
        yield take
    finally:
        screen.close()


class TkScreen:
    """A window of Tk's. InputError where there is no Tk, or no display."""

    def __init__(self, title: str) -> None:
        try:
            import tkinter
        except ImportError as error:
            raise InputError("--show needs tkinter, which this Python lacks; install it, or use --save OUT") from error
        try:
            self._root = tkinter.Tk()
        except tkinter.TclError as error:
            said = " ".join(str(error).split())
            raise InputError(f"--show finds no display ({said}); use --save OUT instead") from error
        self._root.title(title)
        self._label = tkinter.Label(self._root, borderwidth=0)
        self._label.pack()
        self._pressed, self._closed = "", False
        self._root.protocol("WM_DELETE_WINDOW", self._end)
        self._root.bind("<Key>", self._press)

    def show(self, picture: Image.Image) -> None:
        """The picture, made smaller if the screen is."""
        from PIL import ImageTk

        fitted = picture.copy()
        fitted.thumbnail((round(self._root.winfo_screenwidth() * ROOM), round(self._root.winfo_screenheight() * ROOM)))
        self._photo = ImageTk.PhotoImage(fitted)  # Tk itself keeps no reference
        self._label.configure(image=self._photo)

    def key(self) -> str:
        """The last key pressed; WindowClosed if that was Escape or q, or the window is closed."""
        if not self._closed:
            self._root.update()
        if self._closed or self._pressed in ("Escape", "q"):
            raise WindowClosed
        pressed, self._pressed = self._pressed, ""
        return pressed

    def close(self) -> None:
        """Remove the window."""
        self._root.destroy()

    def _press(self, event: "tkinter.Event[tkinter.Misc]") -> None:
        self._pressed = event.keysym

    def _end(self) -> None:
        self._closed = True
