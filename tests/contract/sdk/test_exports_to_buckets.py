"""The vendor's SDK exports a recorded call of the running demo into a bucket of a real S3 server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.seaweed import KEY, SECRET, Seaweed, seaweed

from contract.sdk.bulk_calls import configuration, ended_job, new_integration
from contract.sdk.centre import GROUP, Centre, made, until
from contract.sdk.telephones import recorded_call

pytestmark = GROUP


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with seaweed(tmp_path_factory.mktemp("s3")) as running:
        yield running


def enabled(centre: Centre, bucket: str, server: Seaweed) -> Any:
    fields = {"accessKeyId": KEY, "secretAccessKey": SECRET}
    kind = made("CredentialType", id="awsAccessKey")
    credential = centre.call(
        "postIntegrationsCredentials",
        body=made("Credential", name=centre.fresh("Key"), type=kind, credential_fields=fields),
    )
    integration = new_integration(centre)
    centre.call("putIntegrationConfigCurrent", integration, body=configuration(bucket, server.endpoint, credential.id))
    return centre.call("patchIntegration", integration, body=made("Integration", intended_state="ENABLED"))


def test_a_recorded_call_is_exported_into_a_bucket(centre: Centre, server: Seaweed) -> None:
    call, bucket = recorded_call(centre), server.bucket("recordings")
    integration = enabled(centre, bucket, server)
    assert integration.reported_state.code == "ACTIVE", integration.reported_state
    begun = call.conversation.start_time
    predicate = {
        "type": "dimension",
        "dimension": "conversationId",
        "operator": "matches",
        "value": call.conversation.id,
    }
    query = made(
        "AsyncConversationQuery",
        interval=f"{begun.isoformat()}/{centre.now().isoformat()}",
        conversation_filters=[{"type": "or", "predicates": [predicate]}],
    )
    wanted = made(
        "RecordingJobsQuery",
        action="EXPORT",
        action_date=centre.now(),
        integration_id=integration.id,
        conversation_query=query,
        include_recordings_with_sensitive_data=True,
    )
    job = centre.call("postRecordingJobs", wanted)
    assert until(lambda: centre.call("getRecordingJob", job.id).state == "READY")
    centre.call("putRecordingJob", job.id, made("ExecuteRecordingJobsQuery", state="PROCESSING"))
    ended = ended_job(centre, job.id)
    assert (ended.state, ended.total_processed_recordings, ended.percent_progress) == ("FULFILLED", 2, 100), ended
    client = server.client()
    keys = [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]]
    folder = f"{centre.ready['organizationId']}/year={begun:%Y}/month={begun:%m}/day={begun:%d}/hour={begun:%H}"
    names = [f"{each.id}{ending}" for each in call.recordings for ending in ("", "_metadata.json")]
    assert sorted(keys) == sorted(f"{folder}/conversation_id={call.conversation.id}/{name}" for name in names)
    for recording in call.recordings:
        key = f"{folder}/conversation_id={call.conversation.id}/{recording.id}"
        sound = client.get_object(Bucket=bucket, Key=key)["Body"].read()
        told = json.loads(client.get_object(Bucket=bucket, Key=f"{key}_metadata.json")["Body"].read())
        assert len(sound) == recording.output_size_in_bytes == told["sizeBytes"]
        assert told["conversationId"] == call.conversation.id
