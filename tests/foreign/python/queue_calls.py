"""The queue and synchronous runs, as the client's documentation shows them."""

import asyncio
from dataclasses import asdict

import fal_client


def shown(status: fal_client.Status) -> dict:
    """A status object, with the name of its class."""
    return {"type": type(status).__name__, **asdict(status)}


def subscribe(endpoint: str, arguments: dict, **options) -> dict:
    enqueued, updates = [], []
    result = fal_client.subscribe(
        endpoint,
        arguments,
        with_logs=True,
        interval=0.03,
        on_enqueue=enqueued.append,
        on_queue_update=lambda status: updates.append(shown(status)),
        **options,
    )
    return {"result": result, "enqueued": enqueued, "updates": updates}


def submit_and_iterate(endpoint: str, arguments: dict, options: dict) -> dict:
    handle = fal_client.submit(endpoint, arguments, **options)
    events = [shown(status) for status in handle.iter_events(with_logs=True, interval=0.03)]
    urls = [handle.response_url, handle.status_url, handle.cancel_url]
    return {"request_id": handle.request_id, "urls": urls, "events": events, "result": handle.get()}


def cancel_in_line(endpoint: str, arguments: dict) -> dict:
    """Three jobs, the positions of the two that wait, and the last one once all are cancelled, from the end of the line."""
    handles = [fal_client.submit(endpoint, arguments) for _ in range(3)]
    positions = [shown(handle.status()).get("position") for handle in handles[1:]]
    for handle in reversed(handles):
        handle.cancel()
    return {"positions": positions, "request_id": handles[-1].request_id, "last": shown(handles[-1].status())}


def by_id(method: str, endpoint: str, request_id: str):
    """`status`, `result` or `cancel` with nothing but an id."""
    value = getattr(fal_client, method)(endpoint, request_id)
    return shown(value) if isinstance(value, fal_client.Status) else value


def end_of(endpoint: str, request_id: str) -> dict:
    """The status of a job that is over; waits for that."""
    handle = fal_client.sync_client.get_handle(endpoint, request_id)
    return [shown(status) for status in handle.iter_events(interval=0.03)][-1]


def subscribe_for(endpoint: str, arguments: dict, seconds: float) -> dict:
    return fal_client.subscribe(endpoint, arguments, client_timeout=seconds)


def with_key(key: str, endpoint: str, arguments: dict) -> str:
    return fal_client.SyncClient(key=key).submit(endpoint, arguments).request_id


def run(endpoint: str, arguments: dict) -> dict:
    return fal_client.run(endpoint, arguments)


def together(endpoint: str, inputs: list) -> list:
    """Several jobs at once, by the asynchronous client."""

    async def one(client: fal_client.AsyncClient, arguments: dict) -> dict:
        handle = await client.submit(endpoint, arguments)
        kinds = [type(status).__name__ async for status in handle.iter_events(interval=0.03)]
        return {"request_id": handle.request_id, "kinds": kinds, "result": await handle.get()}

    async def all_of_them() -> list:
        client = fal_client.AsyncClient()
        return await asyncio.gather(*(one(client, arguments) for arguments in inputs))

    return asyncio.run(all_of_them())
