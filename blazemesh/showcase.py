"""README's picture of what `blazemesh run --draw` draws; `python -m blazemesh.showcase` draws it again."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from blazemesh.files import write_atomically
from blazemesh.landmarker import FaceLandmarker
from blazemesh.pictures import astronaut
from blazemesh.sinks import encoded
from runtime.overlay import Style, draw_faces

OUTPUT = Path("docs/pictures/run.jpg")
HEAD = (140, 32, 310, 202)
"""The part of the astronaut's picture that is shown: left, top, right, bottom."""
SIDE, GAP, CAPTION = 300, 8, 34
BACKGROUND, TEXT = (17, 24, 39), (243, 244, 246)
PANELS = (("boxes",), ("mesh", "contours", "irises"), ("axes",), ("shaded",), ("textured",))


def showcase() -> Image.Image:
    """One panel for each of PANELS, side by side."""
    head = Image.fromarray(astronaut().pixels).crop(HEAD).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    faces = FaceLandmarker(mesh="attention", geometry=True, backend="litert").detect(head)
    sheet = Image.new("RGB", (len(PANELS) * (SIDE + GAP) + GAP, SIDE + GAP + CAPTION), BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    for column, layers in enumerate(PANELS):
        left = GAP + column * (SIDE + GAP)
        sheet.paste(draw_faces(head, faces, Style(layers)), (left, GAP))
        pen.text((left + 2, SIDE + GAP + 6), f"--draw {','.join(layers)}", TEXT, ImageFont.load_default(17))
    return sheet


def main() -> None:
    """Draw the picture into docs/."""
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(OUTPUT, encoded(showcase(), OUTPUT))
    print(OUTPUT)


if __name__ == "__main__":
    main()
