"""Deployments: queues opened to messages from the web."""

from litestar import get, post, put

from shiftline.foundation.context import Context
from shiftline.messaging.operations import deployments
from shiftline.messaging.wire.own import (
    DeploymentBody,
    DeploymentChangeBody,
    WireDeployment,
    WireDeployments,
    read_deployment,
    show_deployment,
)
from shiftline.messaging.wire.vendor import OURS

TAGS = ["Shiftline Messaging"]
DEPLOYMENTS = f"{OURS}/deployments"
DEPLOYMENT = f"{DEPLOYMENTS}/{{deployment_id:str}}"


@get(DEPLOYMENTS, operation_id="getShiftlineMessagingDeployments", tags=TAGS)
async def get_deployments(context: Context) -> WireDeployments:
    """All deployments by name."""
    return WireDeployments(entities=[show_deployment(each) for each in await deployments.list_deployments(context)])


@post(DEPLOYMENTS, operation_id="postShiftlineMessagingDeployments", status_code=201, tags=TAGS)
async def post_deployment(context: Context, data: DeploymentBody) -> WireDeployment:
    """Open a queue to messages from the web."""
    return show_deployment(await deployments.create_deployment(context, read_deployment(data)))


@get(DEPLOYMENT, operation_id="getShiftlineMessagingDeployment", tags=TAGS)
async def get_deployment(context: Context, deployment_id: str) -> WireDeployment:
    """One deployment."""
    return show_deployment(await deployments.get_deployment(context, deployment_id))


@put(DEPLOYMENT, operation_id="putShiftlineMessagingDeployment", tags=TAGS)
async def put_deployment(context: Context, deployment_id: str, data: DeploymentChangeBody) -> WireDeployment:
    """Make a deployment so, given the version that was read; ``enabled`` false closes it to new conversations."""
    changed = await deployments.change_deployment(context, deployment_id, data.version, read_deployment(data))
    return show_deployment(changed)


ROUTES = [get_deployments, post_deployment, get_deployment, put_deployment]
