"""A prediction server for Label Studio: its machine-learning protocol of health, setup and predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from tasrih import __version__
from tasrih.formats import label_studio
from tasrih.formats.label_studio.config import TEXT
from tasrih.model import Annotation, Document, Labels, Layer
from tasrih.store import Corpus, Misuse
from tasrih.suggest import Draft, Suggest
from tasrih.text.canonical import NotText, canonical, sha256

# A server sends a page of tasks at most; articles are short.
MAX_BODY = 16 << 20
_EXTRA = "the prediction server needs an extra: pip install 'tasrih[label-studio]'"


def app(corpus: Corpus, name: str, suggest: Suggest) -> Any:
    """The server as an ASGI application; `name` is the version that its predictions bear.

    Texts that are empty, not canonical (offsets would be others in the editor) or no texts get no prediction.
    """
    try:
        from starlette.applications import Starlette
        from starlette.requests import Request
        from starlette.responses import JSONResponse, Response
        from starlette.routing import Route
    except ImportError:
        raise Misuse(_EXTRA) from None

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "UP", "model_class": name})

    async def setup(request: Request) -> Response:
        return JSONResponse({"model_version": name})

    async def predict(request: Request) -> Response:
        body = await _body(request)
        try:
            tasks = orjson.loads(body)["tasks"] if body is not None else None
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"detail": "the body is no request for predictions"}, status_code=400)
        if tasks is None:
            return JSONResponse({"detail": f"more than {MAX_BODY:,} bytes"}, status_code=413)
        if not isinstance(tasks, list):
            return JSONResponse({"detail": "«tasks» is no list"}, status_code=400)
        return JSONResponse({"results": predictions(tasks, corpus.settings["labels"], name, suggest)})

    async def done(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    routes = [
        Route("/", health),
        Route("/health", health),
        Route("/setup", setup, methods=["POST"]),
        Route("/predict", predict, methods=["POST"]),
        # Events of the server (an annotation was made): nothing is trained here.
        Route("/webhook", done, methods=["POST"]),
    ]
    return Starlette(routes=routes)


async def _body(request: Any) -> bytes | None:
    """The body of a request; None where it is larger than the bound."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def predictions(tasks: Sequence[Any], labels: Labels, name: str, suggest: Suggest) -> list[dict[str, Any]]:
    """One prediction a task, in their order."""
    texts = [_text(task) for task in tasks]
    found = iter(suggest([Draft(text) for text in texts if text]))
    return [_prediction(text, next(found) if text else [], labels, name) for text in texts]


def _text(task: Any) -> str:
    data = task.get("data") if isinstance(task, dict) else None
    text = data.get(TEXT) if isinstance(data, dict) else None
    try:
        return text if isinstance(text, str) and canonical(text.encode()) == text else ""
    except (NotText, UnicodeEncodeError):
        return ""


def _prediction(text: str, annotations: Sequence[Annotation], labels: Labels, name: str) -> dict[str, Any]:
    if not annotations:
        return {"result": [], "score": 0.0, "model_version": name}
    digest = sha256(text)
    header: Layer = {
        "type": "layer",
        "article": "suggestion",
        "text_sha256": digest,
        "annotator": name,
        "guidelines": "0.0",
        "created": "1970-01-01T00:00:00Z",
        "tool": f"tasrih {__version__}",
    }
    article: Any = {"id": "suggestion", "text_sha256": digest}
    document: Document = {"article": article, "text": text, "layers": {name: [header, *annotations]}}
    task = next(label_studio.write([document], labels, layer=name, corpus_version="", as_predictions=True))
    sure = [float(one.get("confidence", 1.0)) for one in annotations]
    result = task["predictions"][0]["result"]
    return {"result": result, "score": round(sum(sure) / len(sure), 3), "model_version": name}


def serve(application: Any, host: str, port: int) -> None:
    """Serves until it is interrupted."""
    try:
        import uvicorn
    except ImportError:
        raise Misuse(_EXTRA) from None
    uvicorn.run(application, host=host, port=port, log_level="warning", server_header=False)
