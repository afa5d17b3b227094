"""`python -m tests.letters` draws the letters of docs/letters.md anew; it needs the browser chromium."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from events.catalogue.notices import Language
from events.testing import NOW, an_id
from notifier.delivery import Delivery
from notifier.language import LANGUAGES
from notifier.watched import Answered
from notifier.wording import Letter, Scene, letter

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DUE = NOW + timedelta(hours=1)
ZONES: dict[Language, str] = {"en": "Europe/Berlin", "vi": "Asia/Ho_Chi_Minh", "fil": "Asia/Manila"}
CUSTOMERS: dict[Language, str] = {"en": "Ms Novak", "vi": "Nguyễn Thị Mai", "fil": "Gng. Santos"}
WORDS: dict[Language, str] = {
    "en": "I will call you back about the invoice.",
    "vi": "Em sẽ gọi lại cho chị về hóa đơn.",
    "fil": "Tatawagan ko po kayo tungkol sa resibo.",
}
LINK = "https://kept.example/v1/commitments/7"
ACKNOWLEDGE = "https://kept.example/v1/acknowledgements/7"
ANSWER = "https://kept.example/v1/answers/7"


def _scene(language: Language, notice: str, **said: object) -> Scene:
    delivery = Delivery(
        id=an_id("delivery"),
        commitment=an_id("commitment"),
        case=an_id("case"),
        revision=1,
        notice=notice,
        recipient="an",
        owner="an",
        due=DUE,
        at=NOW,
        actor="an",
        cause=an_id("cause"),
        correlation=an_id("chain"),
    ).model_copy(update=said)
    state = "lapsed" if notice == "lapsed" else "open"
    answered = Answered(state=state, revision=1, owner="an", told_due=DUE, words=WORDS[language])
    now = DUE if notice == "lapsed" else NOW
    theirs = delivery.is_for_customer
    return Scene(
        delivery,
        answered,
        now,
        LINK,
        ZONES[language],
        None if theirs else "Asia/Tokyo",
        language,
        None if theirs else ACKNOWLEDGE,
        ANSWER if theirs else None,
        CUSTOMERS[language] if theirs else None,
    )


def letters(language: Language) -> Iterator[Letter]:
    """Return a reminder, a notice of a lapse, and a letter to the customer."""
    yield letter([_scene(language, "rung-1")])
    yield letter([_scene(language, "lapsed", role="lead", recipient="kim")])
    moved = {"was": DUE, "due": DUE + timedelta(days=1), "recipient": "customer"}
    yield letter([_scene(language, "rescheduled_customer", **moved)])


def draw(browser: str, language: Language, folder: Path) -> None:
    """Draw the letters of a language beside each other."""
    frames = "".join(f'<iframe srcdoc="{escape(each.html)}"></iframe>' for each in letters(language))
    style = "body{margin:0;display:flex;background:#f3f4f1}iframe{border:0;width:440px;height:770px}"
    sheet = folder / f"{language}.html"
    sheet.write_text(f'<!doctype html><meta charset="utf-8"><style>{style}</style>{frames}')
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-device-scale-factor=0.9",
        "--window-size=1320,770",
    ]
    picture = f"--screenshot={PICTURES / f'letters-{language}.png'}"
    subprocess.run([browser, *options, picture, sheet.as_uri()], check=True, timeout=120, capture_output=True)


def main() -> None:
    """Draw them all."""
    browser = shutil.which("chromium") or sys.exit("chromium is missing: install it, then run this again")
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        for language in LANGUAGES:
            draw(browser, language, Path(folder))


if __name__ == "__main__":
    main()
