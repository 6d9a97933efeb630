"""The environment names the adapters of the shared modules and the mail server."""

import pytest

from portal.environment import ConfigurationError, hooks, mail, read


def test_what_the_environment_names_is_taken_and_the_rest_stays_embedded():
    named = {"IDENTITY_ADAPTER": "city.adapters.ProvinceIdentity", "INTAKE_ADAPTER": ""}
    assert hooks(named) == {"identity": "city.adapters.ProvinceIdentity"}


def test_a_mail_address_becomes_settings():
    found = mail("smtp://me%40city.cn:p%3Aw@mail.city.cn:587/?from=no-reply@city.cn&tls=starttls")

    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.city.cn", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@city.cn", "p:w")
    assert mail("") == {}


@pytest.mark.parametrize("url", ["mail.city.cn", "http://mail.city.cn", "smtp://", "smtp://mail.city.cn/?tls=yes"])
def test_a_wrong_mail_address_stops_the_start_with_a_sentence(url):
    with pytest.raises(ConfigurationError, match="EMAIL_URL"):
        mail(url)


def test_the_platform_signs_under_its_host_or_the_name_it_is_given():
    assert read({"PUBLIC_URL": "https://trade.city.cn/"}).platform_name == "trade.city.cn"
    assert read({"PUBLIC_URL": "https://trade.city.cn", "PLATFORM_NAME": "city"}).platform_name == "city"


@pytest.mark.parametrize("name", ["a+b", "a b", "a/b", "x" * 61])
def test_a_name_that_no_signature_can_carry_stops_the_start(name):
    with pytest.raises(ConfigurationError, match="PLATFORM_NAME"):
        read({"PLATFORM_NAME": name})
