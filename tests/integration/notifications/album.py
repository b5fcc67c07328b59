"""Portal as far as notifications asks it: it answers with the photos it is given, and refuses others."""

import json
import threading
from typing import Any, Self
from uuid import UUID

from amqp import Message as Delivery

from libs.chassis.rpc import refusal
from libs.chassis.wire import connect
from libs.contracts.portal import GetPhotoV1, PhotoV1


class Album:
    """Answers from a thread of its own, over the queue that portal's workers would read."""

    def __init__(self, broker_url: str) -> None:
        self.photos: dict[UUID, bytes] = {}
        self._link = connect(broker_url, "test.album")
        self._channel = self._link.channel()
        self._channel.auto_decode = False
        self._channel.queue_declare(GetPhotoV1.queue(), durable=False, auto_delete=True)
        self._channel.basic_consume(GetPhotoV1.queue(), no_ack=True, callback=self._answer)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Go away, as portal would: its queue goes with it."""
        if not self._closed.is_set():
            self._closed.set()
            self._thread.join(5)
            self._link.close()

    def _read(self) -> None:
        while not self._closed.is_set():
            try:
                self._link.drain_events(timeout=0.05)
            except TimeoutError:
                continue

    def _answer(self, delivery: Any) -> None:
        photo_id = UUID(json.loads(delivery.body)["data"]["photo_id"])
        content = self.photos.get(photo_id)
        kind, body = "refused", refusal("portal.not_found", "there is no such photo")
        if content is not None:
            photo = PhotoV1(photo_id=photo_id, media_type="image/webp", content=content)
            kind, body = "answer", photo.model_dump_json().encode()
        asked = delivery.properties
        answer = Delivery(body, type=kind, correlation_id=asked["correlation_id"], delivery_mode=1)
        self._channel.basic_publish(answer, "", asked["reply_to"])
