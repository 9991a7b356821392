"""The two contexts that a crate names, kept where the validator looks instead of the network.

They hold the terms that our crates use, as https://w3id.org/ro/crate/1.1/context and
https://w3id.org/ro/terms/workflow-run/context define them. A term that is not among them makes the
crate invalid, so one that is new has to be added here with its definition there.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

_SCHEMA = (
    *("CreateAction", "CreativeWork", "Dataset", "Organization", "PropertyValue"),
    *("SoftwareApplication", "about", "actionStatus", "additionalProperty", "alternateName"),
    *("author", "contentSize", "creativeWorkStatus", "datePublished", "description"),
    *("encodingFormat", "hasPart", "identifier", "instrument", "license", "mentions", "name"),
    *("object", "result", "softwareRequirements", "temporal", "url", "value", "version"),
)
_CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": {
        **{term: f"http://schema.org/{term}" for term in _SCHEMA},
        "File": "http://schema.org/MediaObject",
        "conformsTo": "http://purl.org/dc/terms/conformsTo",
    },
    "https://w3id.org/ro/terms/workflow-run/context": {
        "sha256": "https://w3id.org/ro/terms/workflow-run#sha256",
    },
}


def keep_contexts(folder: Path) -> Path:
    """Write the cache that roc-validator reads with ``--offline``, and return its path."""
    import requests
    import requests_cache
    import urllib3

    class Kept(requests.adapters.BaseAdapter):
        def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
            body = json.dumps({"@context": _CONTEXTS[str(request.url)]}).encode()
            made = requests.Response()
            made.status_code, made.url, made.request = 200, str(request.url), request
            made.headers["Content-Type"] = "application/ld+json"
            made.raw = urllib3.HTTPResponse(
                io.BytesIO(body), dict(made.headers), 200, preload_content=False
            )
            return made

        def close(self) -> None:
            pass

    path = folder / "contexts"
    with requests_cache.CachedSession(str(path), backend="sqlite", expire_after=-1) as session:
        session.mount("https://", Kept())
        for url in _CONTEXTS:
            session.get(url)
    return path
