"""A resource's life through the generic client of the Azure SDK for Python, as `az resource` leads it.

Arguments: base address, subscription, group, name, api-version, the resource as JSON. Writes one line of JSON for each step:
{step, body}.
"""

import json
import sys

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.mgmt.resource.resources.v2022_09_01 import ResourceManagementClient

base, subscription, group, name, version, wanted = sys.argv[1:]
wanted = json.loads(wanted)
resource = "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Backup.Admin/backupLocations/%s" % (
    subscription,
    group,
    name,
)


class AnyToken:
    def get_token(self, *scopes, **options):
        return AccessToken("a-token", 4102444800)


client = ResourceManagementClient(
    AnyToken(), subscription, base_url=base, credential_scopes=[base + "/.default"], polling_interval=1
).resources


def tell(step, body):
    print(json.dumps({"step": step, "body": body}), flush=True)


def shown(made):
    return {"id": made.id, "location": made.location, "tags": made.tags, "properties": made.properties}


tell("exists before", client.check_existence_by_id(resource, version))
# Without a parent its address has two slashes.
made = client.begin_create_or_update(
    group, "Microsoft.Backup.Admin", "", "backupLocations", name, version, wanted
).result()
tell("create", shown(made))
tell("exists", client.check_existence_by_id(resource, version))
read = client.get(group, "Microsoft.Backup.Admin", "", "backupLocations", name, version)
# What update and tag do: everything that was read goes back, read-only values and all, and no secret.
read.tags = {"site": "north"}
tell("write back", shown(client.begin_create_or_update_by_id(resource, version, read).result()))
if version not in ("2016-05-01", "2018-09-01"):
    tags = {"site": "south"}
    tell("patch", shown(client.begin_update_by_id(resource, version, {"tags": tags}).result()))
if version == "2026-12-01":
    tell("delete", client.begin_delete_by_id(resource, version).result())
    tell("exists after", client.check_existence_by_id(resource, version))
    tell("delete again", client.begin_delete_by_id(resource, version).result())
    try:
        client.get_by_id(resource, version)
    except HttpResponseError as error:
        tell("get", {"status": error.status_code, "code": error.error.code})
