import gzip
import json
from pathlib import Path

import pytest
from graphql import build_client_schema, parse, validate

from services.orders.outside.documents import definitions, document

OFFICIAL = Path(__file__).parents[4] / "shared" / "shopify"


@pytest.mark.parametrize("version", ["2026-07", "2026-10"])
def test_every_document_is_valid_for_shopify_itself(version):
    file = OFFICIAL / f"admin_{version}.json.gz"
    if not file.exists():
        pytest.skip("the official schemas in ../shared are absent")
    schema = build_client_schema(json.loads(gzip.decompress(file.read_bytes()))["data"], assume_valid=True)
    operations = [name for name, text in definitions().items() if not text.startswith("fragment")]

    faults = {name: validate(schema, parse(document(name))) for name in operations}

    assert {name: found for name, found in faults.items() if found} == {}
    assert len(operations) > 20
