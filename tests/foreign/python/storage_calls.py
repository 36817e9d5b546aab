"""Uploads."""

import fal_client


def settings(life: dict | None) -> fal_client.StorageSettings | None:
    """`{"expires_in", "default", "rules": [[user, decision], …]}` in the client's own types."""
    if life is None:
        return None
    rules = [fal_client.StorageACLRule(user, decision) for user, decision in life.get("rules", [])]
    acl = fal_client.StorageACL(life.get("default"), rules) if rules or "default" in life else None
    return fal_client.StorageSettings(expires_in=life.get("expires_in"), initial_acl=acl)


def upload(text: str, content_type: str, file_name: str | None = None, life: dict | None = None, **options) -> str:
    return fal_client.upload(text.encode(), content_type, file_name, lifecycle=settings(life), **options)


def upload_file(path: str) -> str:
    return fal_client.upload_file(path)


def upload_many(texts: list[str]) -> list[str]:
    client = fal_client.SyncClient()
    return [client.upload(text, "text/plain", f"{at}.txt") for at, text in enumerate(texts)]
