"""Runs scenarios of the client: one JSON line in, one JSON line out."""

import json
import sys

import fal_client
import httpx

import queue_calls
import storage_calls
import stream_calls

MODULES = [queue_calls, storage_calls, stream_calls]


def told(error: Exception) -> dict:
    """What an exception of the client carries, by its attributes' names."""
    names = ["status_code", "error_type", "timeout", "request_id", "error", "reason"]
    facts = {name: getattr(error, name) for name in names if hasattr(error, name)}
    bases = [fal_client.FalClientError, fal_client.FalClientHTTPError, TimeoutError, httpx.HTTPError]
    kinds = [base.__name__ for base in bases if isinstance(error, base)]
    message = getattr(error, "message", None) or str(error)
    return {"type": type(error).__name__, "is": kinds, "message": message, **facts}


def answer(line: str) -> dict:
    """The value of one scenario, or what it raised."""
    call = json.loads(line)
    scenario = next(getattr(module, call["scenario"]) for module in MODULES if hasattr(module, call["scenario"]))
    try:
        return {"value": scenario(**call["arguments"])}
    except Exception as error:
        return {"error": told(error)}


for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
