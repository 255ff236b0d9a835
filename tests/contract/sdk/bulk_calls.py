"""CORE operations on many recordings at once: batch requests, integrations, recording jobs."""

from datetime import timedelta
from typing import Any

from contract.sdk.calls import Call, Given, given
from contract.sdk.centre import Centre, made, until
from contract.sdk.telephones import recorded_call

BULK_ACTIONS = "aws-s3-recording-bulk-actions-integration"
UNUSED = "http://127.0.0.1:9"


def _asked(centre: Centre) -> Given:
    call = recorded_call(centre)
    wanted = [
        made("BatchDownloadRequest", conversation_id=call.conversation.id),
        made("BatchDownloadRequest", conversation_id=call.conversation.id, recording_id=call.recordings[0].id),
        made("BatchDownloadRequest", conversation_id="no-such-conversation"),
    ]
    return given(made("BatchDownloadJobSubmission", batch_download_request_list=wanted))


def new_batch(centre: Centre) -> str:
    """A batch request of a recorded call that is completed; its id."""
    batch = centre.call("postRecordingBatchrequests", *_asked(centre)[0]).id
    assert until(lambda: centre.call("getRecordingBatchrequest", batch).status == "Completed")
    return batch


def _fetched(batch: Any, centre: Centre) -> bool:
    whole, again, single, none = batch.results
    sounds = [centre.fetched(each.result_url) for each in (whole, again, single)]
    counts = (batch.expected_result_count, batch.result_count, batch.error_count)
    return all(each.startswith(b"OggS") for each in sounds) and counts == (4, 4, 1) and bool(none.error_msg)


BATCHES = (
    Call("postRecordingBatchrequests", _asked, lambda a, _: a.id and a.self_uri.endswith(a.id)),
    Call("getRecordingBatchrequest", lambda c: given(new_batch(c)), _fetched),
)


def _secret(centre: Centre) -> Any:
    fields = {"accessKeyId": "key", "secretAccessKey": "never-shown"}
    kind = made("CredentialType", id="awsAccessKey")
    return made("Credential", name=centre.fresh("Key"), type=kind, credential_fields=fields)


def new_credential(centre: Centre) -> str:
    """A credential that opens nothing; its id."""
    return centre.call("postIntegrationsCredentials", body=_secret(centre)).id


def _drafted(centre: Centre) -> Any:
    return made("CreateIntegrationRequest", name=centre.fresh("Bucket"), integration_type={"id": BULK_ACTIONS})


def new_integration(centre: Centre) -> str:
    """An integration that is not configured; its id."""
    return centre.call("postIntegrations", body=_drafted(centre)).id


def configuration(bucket: str, endpoint: str, credential_id: str) -> Any:
    """The first configuration of an integration."""
    properties = {"bucket": bucket, "endpoint": endpoint}
    return made(
        "IntegrationConfiguration",
        version=1,
        properties=properties,
        advanced={},
        credentials={"awsAccessKey": made("CredentialInfo", id=credential_id)},
    )


def _configured(centre: Centre) -> Given:
    body = configuration("recordings", UNUSED, new_credential(centre))
    return given(new_integration(centre), body=body)


def _enabled(centre: Centre) -> Given:
    (integration,), more = _configured(centre)
    centre.call("putIntegrationConfigCurrent", integration, **more)
    return given(integration, body=made("Integration", intended_state="ENABLED"))


INTEGRATIONS = (
    Call(
        "postIntegrationsCredentials",
        lambda c: given(body=_secret(c)),
        lambda a, _: a.id and a.type.id == "awsAccessKey" and "never-shown" not in str(a),
    ),
    Call(
        "postIntegrations",
        lambda c: given(body=_drafted(c)),
        lambda a, _: (a.intended_state, a.reported_state.code) == ("DISABLED", "INACTIVE"),
    ),
    Call(
        "getIntegrations",
        lambda c: given(ids=[new_integration(c)]),
        lambda a, _: [each.integration_type.id for each in a.entities] == [BULK_ACTIONS],
    ),
    Call(
        "putIntegrationConfigCurrent",
        _configured,
        lambda a, _: a.version == 2 and a.properties["bucket"] == "recordings" and a.credentials["awsAccessKey"].id,
    ),
    Call(
        "patchIntegration",
        _enabled,
        lambda a, _: (
            (a.intended_state, a.reported_state.code) == ("ENABLED", "ERROR")
            and UNUSED in a.reported_state.detail.message
        ),
    ),
)


def _archiving(centre: Centre) -> Any:
    conversation = recorded_call(centre).conversation
    begun = conversation.start_time
    query = made(
        "AsyncConversationQuery",
        interval=f"{begun.isoformat()}/{(begun + timedelta(hours=1)).isoformat()}",
        conversation_filters=[
            {
                "type": "and",
                "predicates": [{"type": "dimension", "dimension": "conversationId", "value": conversation.id}],
            }
        ],
    )
    date = centre.now().replace(microsecond=0) + timedelta(days=200)
    return made("RecordingJobsQuery", action="ARCHIVE", action_date=date, conversation_query=query)


def new_job(centre: Centre) -> str:
    """A recording job whose selection is frozen; its id."""
    job = centre.call("postRecordingJobs", _archiving(centre)).id
    assert until(lambda: centre.call("getRecordingJob", job).state == "READY")
    return job


def _kind_of(job: str, centre: Centre) -> str:
    return centre.call("getRecordingJob", job).recording_jobs_query.action


def ended_job(centre: Centre, job: str) -> Any:
    """A job that was begun, once it is through."""
    return until(lambda: (found := centre.call("getRecordingJob", job)).state != "PROCESSING" and found, 60)


def _fulfilled(job: Any, centre: Centre) -> bool:
    ended = ended_job(centre, job.id)
    return (ended.state, ended.total_recordings, ended.total_processed_recordings) == ("FULFILLED", 2, 2)


JOBS = (
    Call("postRecordingJobs", lambda c: given(_archiving(c)), lambda a, _: a.state == "PENDING" and a.user.id),
    Call(
        "getRecordingJob",
        lambda c: given(new_job(c)),
        lambda a, _: (a.total_conversations, a.total_recordings) == (1, 2),
    ),
    Call(
        "getRecordingJobs",
        lambda c: given(page_size=25, job_type=_kind_of(new_job(c), c)),
        lambda a, _: a.entities[0].recording_jobs_query.action == "ARCHIVE",
    ),
    Call(
        "putRecordingJob",
        lambda c: given(new_job(c), made("ExecuteRecordingJobsQuery", state="PROCESSING")),
        _fulfilled,
    ),
    Call(
        "getRecordingJobFailedrecordings", lambda c: given(new_job(c)), lambda a, _: a.total == 0 and a.entities == []
    ),
)
