"""Streams, and realtime over a socket."""

import fal_client


def stream(endpoint: str, arguments: dict) -> list:
    return list(fal_client.stream(endpoint, arguments))


def stream_at(endpoint: str, path: str, arguments: dict) -> list:
    return list(fal_client.stream(endpoint, arguments, path=path))


def realtime(endpoint: str, inputs: list[dict], results: int, **options) -> list:
    """What comes back over one connection."""
    with fal_client.realtime(endpoint, **options) as connection:
        for arguments in inputs:
            connection.send(arguments)
        return [connection.recv() for _ in range(results)]
