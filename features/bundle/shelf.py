"""Where bundles stand: `SHOP/VERSION/…` below one fsspec URL, and the pointers beside them.

`SHOP/live.json` says which version serves, `SHOP/canary.json` which one a share of the visitors tries,
`SHOP/shadow.json` which one scores alongside and is never shown.
"""

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import fsspec
import orjson

from features.bundle.contents import MANIFEST, NEEDED, Bundle
from features.bundle.files import put
from features.manifest import BundleError, Manifest, checked_shop, checked_version, is_version, read_manifest

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

LIVE: Final = "live"
CANARY: Final = "canary"
SHADOW: Final = "shadow"
NEXT_ITEMS: Final = "next_items"  # the branch of the models that recommend


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version of a shop serves, since when (Unix seconds), and which one did before (None: none)."""

    version: str
    previous: str | None
    at: float


class Shelf:
    """The bundles of all shops. Bundles are immutable; only the pointers move.

    With a `branch`, those of another kind of model: they stand in a directory of that name in the shop's.

    Names come from outside: each is checked before it becomes part of a path. Errors of the file system
    other than a missing file are passed on as OSError.
    """

    def __init__(self, url: str, branch: str = "") -> None:
        fs, root = fsspec.core.url_to_fs(url)
        self._fs: AbstractFileSystem = fs
        self._root: str = root.rstrip("/")
        self._branch = f"/{branch}" if branch else ""

    def write(self, bundle: Bundle) -> None:
        """Put a bundle on the shelf; it is there when its manifest is, which is written last.

        Raises BundleError where the version is there already.
        """
        shop, version = bundle.manifest.shop, bundle.manifest.version
        if self._fs.exists(self._path(shop, version, MANIFEST)):
            raise BundleError(f"{version} of {shop} exists; a bundle never changes")
        for name, content in bundle.files().items():
            put(self._fs, self._path(shop, version, name), content)

    def read(self, shop: str, version: str) -> Bundle:
        """Return a bundle, verified file by file. Raises BundleError, in one line, for one that cannot be used."""
        manifest = self.manifest(shop, version)
        names = {MANIFEST, *NEEDED, *(name for name in manifest.sha256 if "/" not in name)}
        files = {name: self._bytes(self._path(shop, version, name)) for name in names}
        bundle = Bundle.of({name: content for name, content in files.items() if content is not None})
        if (bundle.manifest.shop, bundle.manifest.version) != (shop, version):
            raise BundleError(
                f"it is {bundle.manifest.version} of {bundle.manifest.shop}, put in another's place"
            )
        return bundle

    def manifest(self, shop: str, version: str) -> Manifest:
        """Return the manifest of a version. Raises BundleError where there is none."""
        text = self._bytes(self._path(shop, version, MANIFEST))
        if text is None:
            raise BundleError(f"shop {shop} has no model {version}")
        return read_manifest(text)

    def versions(self, shop: str) -> list[str]:
        """Return the versions of a shop, the newest first; none where it has no model."""
        directory = self._home(shop)
        self._fs.invalidate_cache(directory)
        found = self._fs.glob(f"{directory}/*/{MANIFEST}")
        return sorted(filter(is_version, (path.split("/")[-2] for path in found)), reverse=True)

    def live(self, shop: str) -> Pointer | None:
        """Return which version serves; None where nothing was promoted yet."""
        return self.pointer(shop, LIVE)

    def pointer(self, shop: str, name: str) -> Pointer | None:
        """Return what a pointer says; None where there is none. Raises BundleError where it cannot be read."""
        text = self._bytes(f"{self._home(shop)}/{name}.json")
        if text is None:
            return None
        try:
            said = orjson.loads(text)
            previous = said["previous"]
            return Pointer(
                checked_version(said["version"]), previous and checked_version(previous), float(said["at"])
            )
        except (ValueError, TypeError, KeyError):
            raise BundleError(f"{name}.json of shop {shop} cannot be read") from None

    def point(self, shop: str, name: str, version: str, at: float) -> Pointer:
        """Let a pointer other than `live` say a version, after its files were verified. Raises BundleError."""
        self.read(shop, version)
        return self._point(shop, name, Pointer(version, None, at))

    def unpoint(self, shop: str, name: str) -> None:
        """Take a pointer away; nothing where there is none."""
        path = f"{self._home(shop)}/{name}.json"
        with suppress(FileNotFoundError):
            self._fs.rm_file(path)

    def promote(self, shop: str, version: str, at: float) -> Pointer:
        """Let a version serve, after its files were verified; the one that served becomes `previous`.

        A version that already serves stays as it is; a pointer that cannot be read is replaced. Raises BundleError for
        a version that is not there or not whole.
        """
        self.read(shop, version)
        try:
            live = self.live(shop)
        except BundleError:
            live = None
        if live is not None and live.version == version:
            return live
        return self._point(shop, LIVE, Pointer(version, None if live is None else live.version, at))

    def rollback(self, shop: str, at: float) -> Pointer:
        """Let the previous version serve again; a second rollback undoes the first.

        Raises BundleError where there is no previous one, or it is not whole.
        """
        live = self.live(shop)
        if live is None or live.previous is None:
            raise BundleError(f"shop {shop} has no previous model to go back to")
        return self.promote(shop, live.previous, at)

    def _point(self, shop: str, name: str, pointer: Pointer) -> Pointer:
        put(self._fs, f"{self._home(shop)}/{name}.json", orjson.dumps(asdict(pointer)))
        return pointer

    def _home(self, shop: str) -> str:
        return f"{self._root}/{checked_shop(shop)}{self._branch}"

    def _path(self, shop: str, version: str, name: str) -> str:
        return f"{self._home(shop)}/{checked_version(version)}/{name}"

    def _bytes(self, path: str) -> bytes | None:
        try:
            content: bytes = self._fs.cat_file(path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        return content


@dataclass(frozen=True, slots=True)
class Following:
    """A shelf seen through another pointer: what it says is what is `live` here, for whoever loads what serves."""

    shelf: Shelf
    name: str

    def live(self, shop: str) -> Pointer | None:
        """Return which version the pointer says."""
        return self.shelf.pointer(shop, self.name)

    def read(self, shop: str, version: str) -> Bundle:
        """Return a bundle."""
        return self.shelf.read(shop, version)
