"""The folder that Chainlit serves from: a copy of ours in a temporary place, with this process's model and data source filled in."""

import json
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from string import Template

from tools.parameters import Source

_PACKAGED = Path(__file__).with_name("assets")
_DATA = {"live": "LIVE data", "simulated": "SIMULATED data", "replay": "REPLAYED data"}
_DATA_SENTENCE = {
    "live": "Order books come live from the exchanges.",
    "simulated": "Order books come from **simulated exchanges on this machine**: realistic, but not real, and not to be traded on.",
    "replay": "Order books are **recordings being replayed**: real, but of the past.",
}


@dataclass(frozen=True)
class About:
    """What the page always shows: which model answers, where the books come from, and what leaves the machine."""

    model: str
    source: Source
    privacy: str

    @property
    def author(self) -> str:
        """The badge, and who answers."""
        return f"{self.model} · {_DATA[self.source]}"


def lay_out(about: About) -> Path:
    """A new folder with everything the page needs; Chainlit adds to it, so that nothing is written beside the package or the user's files."""
    folder = Path(tempfile.mkdtemp(prefix="liquidity-chat-"))
    for source in (path for path in _PACKAGED.rglob("*") if path.is_file()):
        copy = folder / source.relative_to(_PACKAGED)
        copy.parent.mkdir(parents=True, exist_ok=True)
        # Bytes alone: a package installed read-only would hand down its permissions too.
        copy.write_bytes(source.read_bytes())
    welcome = Template((_PACKAGED / "chainlit.md").read_text(encoding="utf-8"))
    (folder / "chainlit_en-US.md").write_text(welcome.substitute(model=about.model, data=_DATA_SENTENCE[about.source], privacy=about.privacy), encoding="utf-8")
    public = {"badge": about.author, "source": about.source, "privacy": about.privacy}
    (folder / "public" / "about.json").write_text(json.dumps(public), encoding="utf-8")
    translations = folder / ".chainlit" / "translations"
    translations.mkdir()
    (translations / "en-US.json").write_text(json.dumps(_wording(about)), encoding="utf-8")
    return folder


def _wording(about: About) -> dict[str, dict[str, object]]:
    """Chainlit's own English with our words where its own do not fit."""
    spec = find_spec("chainlit")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("chainlit")
    words = json.loads((Path(spec.origin).parent / "translations" / "en-US.json").read_text(encoding="utf-8"))
    words["chat"]["input"]["placeholder"] = "Ask about cost, depth, walls, alerts, or what is normal"
    words["chat"]["input"]["actions"]["stop"] = "Stop"
    words["chat"]["messages"]["status"] = {"using": "Calling", "used": "Called"}
    words["chat"]["watermark"] = about.privacy
    words["navigation"]["header"]["readme"] = "About"
    words["auth"]["login"]["title"] = "Market Liquidity Monitor"
    words["auth"]["login"]["form"]["email"] = {"label": "Your name", "required": "Give any name", "placeholder": "any name"}
    words["auth"]["login"]["form"]["password"] = {"label": "API token", "required": "Give one of this server's API tokens"}
    words["auth"]["login"]["errors"]["credentialsSignin"] = "That is not one of this server's API tokens."
    words["navigation"]["newChat"]["dialog"]["description"] = "This clears the conversation on screen and starts a new one."
    return words
