"""The JSON Schema of the policy document, for editors that check it while it is written: `make policy-schema`."""

import json
import sys
from typing import Any

from services.rules.policy import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema, which says all that a schema can; what parts say to each other is checked when it is read."""
    return {"$schema": DIALECT, "title": "Homeward policy"} | Document.model_json_schema()


def page() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
