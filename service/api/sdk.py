"""/sdk/: the storefront script, as a script, as an ES module, and its types."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from flask import Response, request

from service.api.auth import Access
from service.api.endpoint import Endpoint
from service.deps import Deps

# Pages name no version: an hour is how long a fix takes to reach everyone, and an old copy serves while it is fetched.
_CACHING: Final = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
_SCRIPT: Final = "text/javascript; charset=utf-8"
_TYPES: Final = "text/plain; charset=utf-8"
# No text of the script holds any of these; a browser runs what is served in tests/browser.
_BLANK: Final = re.compile(
    r"(?<=[,{]) | (?=[{}(])| (?=[<*] )|(?<=[<*]) | (?==>)|(?<==>) | (?=(?:[=!]==?|&&|\|\||\?\?|[=?:]) )|(?<=[=&|?:]) "
)
# Chromium compiles all functions at once, off the main thread, which is spared a fifth of the time.
_HINT: Final = "//# allFunctionsCalledOnLoad\n"
_EXPORTS: Final = (
    'balad.url??=import.meta.url.split("/sdk/")[0];export default balad;'
    "export const{init,rank,next,track,consent,flush}=balad;\n"
)


@dataclass(frozen=True, slots=True)
class Served:
    """A file as it travels."""

    plain: bytes
    packed: bytes
    tag: str


@cache
def served(name: str) -> Served:
    """Return a file of `service/sdk`; `balad.mjs` is the script with its exports.

    Comments, indentation and the blanks beside braces, commas, arrows and operators stay in the source: no build step.
    """
    folder = files("service.sdk")
    if name == "balad.d.ts":
        plain = folder.joinpath(name).read_bytes()
    else:
        lines = (line.strip() for line in folder.joinpath("balad.js").read_text("utf-8").splitlines())
        code = _BLANK.sub("", "\n".join(line for line in lines if line and not line.startswith("//")))
        plain = f"{_HINT}{code}\n{_EXPORTS if name.endswith('.mjs') else ''}".encode()
    return Served(plain, gzip.compress(plain, 9, mtime=0), sha256(plain).hexdigest()[:16])


def balad_js(_: Deps) -> Response:
    """Return the script."""
    return _sent("balad.js", _SCRIPT)


def balad_mjs(_: Deps) -> Response:
    """Return the script as an ES module."""
    return _sent("balad.mjs", _SCRIPT)


def balad_d_ts(_: Deps) -> Response:
    """Return the types of both."""
    return _sent("balad.d.ts", _TYPES)


def _sent(name: str, content_type: str) -> Response:
    file = served(name)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(file.packed if packed else file.plain, content_type=content_type)
    response.headers.update(
        {
            "Cache-Control": _CACHING,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(file.tag, weak=True)  # weak: the same whether packed or not
    response.make_conditional(request.environ)
    return response


ENDPOINTS: Final = (
    Endpoint("GET", "/sdk/balad.js", balad_js, Access.NONE, "The storefront script"),
    Endpoint("GET", "/sdk/balad.mjs", balad_mjs, Access.NONE, "The storefront script as an ES module"),
    Endpoint("GET", "/sdk/balad.d.ts", balad_d_ts, Access.NONE, "The types of both"),
)
