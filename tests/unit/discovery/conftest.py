import pytest
from tests.unit.discovery.sample import Authority, Memory, Sample, made, make_authority, sample


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def facts() -> Sample:
    return sample()


@pytest.fixture(scope="session")
def made_once(facts: Sample, authority: Authority) -> Memory:
    return made(facts, authority)[0]


@pytest.fixture(scope="session")
def small_once(authority: Authority) -> Memory:
    return made(sample(calls=1, digital=False, seconds=0.1), authority)[0]


@pytest.fixture
def package(made_once: Memory) -> Memory:
    """A package of two calls, a chat and e-mails, for a test to spoil."""
    return made_once.copy()


@pytest.fixture
def small(small_once: Memory) -> Memory:
    """A package of one call."""
    return small_once.copy()
