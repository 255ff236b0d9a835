from argon2 import Parameters, Type, extract_parameters

from shiftline.identity.operations import passwords


async def test_hash_of_nobody_costs_what_a_persons_costs_and_no_password_has_it() -> None:
    real = extract_parameters(await passwords.hash_password("correct horse"))
    nobody = extract_parameters(passwords.NOBODY)
    assert nobody == real
    assert real == Parameters(
        type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=2, memory_cost=19456, parallelism=1
    )
    assert not await passwords.is_right_password("nobody has this password", passwords.NOBODY)


async def test_only_the_right_password_opens() -> None:
    hashed = await passwords.hash_password("correct horse")
    assert await passwords.is_right_password("correct horse", hashed)
    assert not await passwords.is_right_password("correct horse ", hashed)
    assert not await passwords.is_right_password("correct horse", "no hash at all")
