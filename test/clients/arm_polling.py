"""Long-running calls through the Azure SDK for Python, as the Azure CLI makes them.

Reads one call a line as JSON {id, method, url, body?, via, isLocationOnly} and writes one line {id, ok, body | code, message}
as soon as each has ended; calls run side by side.
"""

import json
import sys
import threading

from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import HeadersPolicy, RequestIdPolicy, RetryPolicy
from azure.core.polling import LROPoller
from azure.core.pipeline.transport import HttpRequest
from azure.core.polling.base_polling import LocationPolling
from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.policies import ARMHttpLoggingPolicy
from azure.mgmt.core.polling.arm_polling import ARMPolling

output = threading.Lock()


def new_client():
    # The client's own list without its bearer token, which it does not send over plain HTTP.
    policies = [RequestIdPolicy(), HeadersPolicy(), RetryPolicy(retry_backoff_max=1), ARMHttpLoggingPolicy()]
    return ARMPipelineClient(base_url="http://127.0.0.1", policies=policies)


def body_of(response):
    text = response.text()
    return json.loads(text) if text else None


def run(call):
    client = new_client()
    options = {"final-state-via": call["via"]} if call["via"] != "default" else None
    request = HttpRequest(call["method"], call["url"])
    if "body" in call:
        request.headers["Content-Type"] = "application/json"
        request.set_json_body(call["body"])
    # What generated clients do: the pipeline itself, so that the poller gets the whole exchange.
    initial = client._pipeline.run(request)
    if initial.http_response.status_code >= 400:
        raise HttpResponseError(response=initial.http_response)
    # The first clients knew no status address.
    algorithms = [LocationPolling()] if call["isLocationOnly"] else None
    polling = ARMPolling(1, lro_algorithms=algorithms, lro_options=options)
    poller = LROPoller(client, initial, lambda pipeline: body_of(pipeline.http_response), polling)
    result = poller.result(timeout=60)
    if not poller.done():
        raise RuntimeError("The operation does not end")
    return result


def answer(call):
    try:
        said = {"ok": True, "body": run(call)}
    except HttpResponseError as error:
        named = error.error
        said = {"ok": False, "code": named.code if named else None, "message": error.message}
    except Exception as error:  # A broken poller must be told from a failed operation.
        said = {"ok": False, "code": type(error).__name__, "message": str(error)}
    with output:
        print(json.dumps({"id": call["id"], **said}), flush=True)


for line in sys.stdin:
    threading.Thread(target=answer, args=(json.loads(line),)).start()
