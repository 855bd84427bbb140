"""A model's birth certificate: what it was trained on, by whom and how, and what its files must hash to."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, FiniteFloat, StringConstraints, ValidationError

FORMAT: Final = 1  # raise it when older readers cannot read a bundle any more
_VERSION_PATTERN: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}Z-[0-9a-f]{4,16}"
_SHOP_PATTERN: Final = "[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?"

Version: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{_VERSION_PATTERN}$")]
Digest: TypeAlias = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class BundleError(Exception):
    """A bundle that cannot be used, or a name that no bundle can have; the message is one line."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Window(_Record):
    """The part of the log that was seen, in Unix seconds; `until` is not in it."""

    since: FiniteFloat
    until: FiniteFloat


class Measure(_Record):
    """A figure with its 95 % interval; the ends are None where none was computed."""

    value: FiniteFloat
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None


class Gate(_Record):
    """What one gate said before the model could serve."""

    name: str
    passed: bool
    says: str


class Trial(_Record):
    """Parameters that were tried beside the usual ones, and their mean NDCG on the folds."""

    parameters: Mapping[str, Any]
    ndcg: FiniteFloat


class Tuning(_Record):
    """How better parameters were looked for, before the judged window; without trials, `says` tells why."""

    objective: str
    folds: int
    usual: FiniteFloat | None  # the mean NDCG of the usual parameters; None: not known
    trials: tuple[Trial, ...]  # in the order in which they were tried
    chosen: int | None  # which of them, from 0; None: the usual parameters stayed
    ended_by: Literal["trials", "time", "nothing to tune"]
    says: str


class Manifest(_Record):
    """What `manifest.json` says. `sha256` is by file name, of every other file of the bundle."""

    format: Literal[1] = FORMAT
    shop: str
    version: Version
    created_at: FiniteFloat
    parent: Version | None  # the version that was live when this one was trained
    features: tuple[str, ...]  # in the order of the columns
    table_hash: str
    attributes: tuple[str, ...]  # as declared: NAME:KIND
    window: Window
    counts: Mapping[str, int]  # listings, rows, positives, …
    parameters: Mapping[str, Any]
    seed: int
    libraries: Mapping[str, str]
    metrics: Mapping[str, Measure]
    gates: tuple[Gate, ...] = ()  # none in bundles of earlier versions
    tuning: Tuning | None = None  # None: not asked for
    commit: str | None = None  # of the code that trained it, where known
    sha256: Mapping[str, Digest] = {}

    def sealed(self, files: Mapping[str, bytes]) -> bytes:
        """Return the text of `manifest.json` for these files."""
        digests = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
        unsaid = {"tuning"} if self.tuning is None else None  # so that a service before it reads the others
        return seal(self.model_copy(update={"sha256": digests}).model_dump(mode="json", exclude=unsaid))


def seal(said: Mapping[str, Any]) -> bytes:
    """Return the text of a manifest, with a hash of itself in it, so that a flipped byte shows."""
    return orjson.dumps({**said, "seal": _seal(said)}, option=orjson.OPT_INDENT_2)


def read_manifest(text: bytes) -> Manifest:
    """Return what a `manifest.json` says. Raises BundleError for one that was changed, cut or never was one."""
    try:
        said = orjson.loads(text)
        seal = said.pop("seal")
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        raise BundleError("manifest.json is cut or no manifest") from None
    if said.get("format") != FORMAT:
        raise BundleError(f"manifest.json has format {said.get('format')!r}; this Balad reads {FORMAT}")
    if seal != _seal(said):
        raise BundleError("manifest.json was changed after it was written")
    try:
        return Manifest.model_validate_json(orjson.dumps(said))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise BundleError(f"manifest.json: {where}: {first['msg']}") from None


def version_of(created_at: float, model: bytes) -> str:
    """Name a version by when it was made (Unix seconds) and what it is.

    >>> version_of(1795341600.0, b"tree")
    '2026-11-22T10-00-00Z-dc9c'
    """
    at = datetime.fromtimestamp(int(created_at), UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    return f"{at}-{sha256(model).hexdigest()[:4]}"


def made_at(version: str) -> float | None:
    """When a version was made, in Unix seconds, as its name says it; None for a name of another shape.

    >>> made_at("2026-11-22T10-00-00Z-dc9c")
    1795341600.0
    >>> made_at("by-price")
    """
    try:
        return datetime.strptime(version[:20], "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def checked_shop(shop: str) -> str:
    """Return a shop's name if it can be a directory of its own, and nothing else.

    >>> checked_shop("../acme")
    Traceback (most recent call last):
    features.manifest.BundleError: '../acme' is no name of a shop
    """
    if not re.fullmatch(_SHOP_PATTERN, shop):
        raise BundleError(f"{shop!r} is no name of a shop")
    return shop


def is_version(text: str) -> bool:
    """Whether a text can be a version's name, such as 2026-11-22T10-00-00Z-4f2a."""
    return re.fullmatch(_VERSION_PATTERN, text) is not None


def checked_version(version: str) -> str:
    """Return a version's name if it is one, and nothing else."""
    if not is_version(version):
        raise BundleError(f"{version!r} is no version of a model; they look like 2026-11-22T10-00-00Z-4f2a")
    return version


def _seal(said: Mapping[str, Any]) -> str:
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
